/**
 * A connection's bytes for a parser that takes whatever it gets: in small pieces, one in a turn of the connection's own.
 *
 * A piece of 16 KiB can begin and reset six hundred streams of HTTP/2. Of a piece as small as here each is counted before the next comes.
 */
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { SocketReading } from "./socketReading.ts";

const pieceBytes = 1024;

/** Who says when it is whose turn. */
interface Pacer {
  /** Told by how many bytes more or fewer wait unread; false when there is no room for them. */
  hold(bytes: number): boolean;
  later(callback: () => void, isFirst: boolean): void;
}

type Done = (error?: Error | null) => void;

/** What the parser reads from and writes to. */
export class PacedStream extends Duplex {
  readonly #socket: Socket;
  readonly #pacer: Pacer;
  readonly #reading: SocketReading;
  readonly #mayPass: (piece: Buffer) => boolean;
  #held: Buffer = Buffer.alloc(0);
  #isWanted = false;
  #isResting = false;
  #isOver = false;

  /** `mayPass` looks at each piece before the parser gets it. */
  constructor(socket: Socket, pacer: Pacer, mayPass: (piece: Buffer) => boolean) {
    super({ readableHighWaterMark: pieceBytes });
    this.#socket = socket;
    this.#pacer = pacer;
    this.#mayPass = mayPass;
    this.#reading = new SocketReading(socket);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.once("end", () => {
      this.#isOver = true;
      this.#goOn();
    });
    socket.on("error", () => this.destroy());
    socket.once("close", () => this.destroy());
    this.#reading.stop();
    this.#rest();
  }

  override _read(): void {
    this.#isWanted = true;
    this.#goOn();
  }

  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    this.#socket.write(chunk, done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this.#socket.cork();
    for (const [index, { chunk }] of chunks.entries()) this.#socket.write(chunk, index === chunks.length - 1 ? done : undefined);
    this.#socket.uncork();
  }

  override _final(done: Done): void {
    this.#socket.end(done);
  }

  override _destroy(_error: Error | null, done: Done): void {
    this.#pacer.hold(-this.#held.length);
    this.#held = Buffer.alloc(0);
    this.#socket.destroy();
    done();
  }

  #take(chunk: Buffer): void {
    if (this.destroyed) return;
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#reading.stop();
    if (this.#pacer.hold(chunk.length)) this.#goOn();
    else this.destroy();
  }

  #goOn(): void {
    if (this.#isResting || !this.#isWanted || this.destroyed) return;
    if (this.#held.length > 0) {
      const piece = Buffer.from(this.#held.subarray(0, pieceBytes));
      this.#held = this.#held.subarray(piece.length);
      this.#pacer.hold(-piece.length);
      this.#isWanted = false;
      this.#rest();
      if (this.#mayPass(piece)) this.push(piece);
    } else if (this.#isOver) this.push(null);
    else if (!this.#reading.isOn) this.#reading.start();
  }

  #rest(): void {
    this.#isResting = true;
    this.#pacer.later(() => {
      this.#isResting = false;
      this.#goOn();
    }, this.#socket.bytesRead === 0);
  }
}
