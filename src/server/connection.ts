/**
 * One connection: one request at a time.
 *
 * Node reads ahead and starts every request that a client has sent in one go. Here what comes is handed to its parser in small pieces, and
 * nothing while a request is being answered: pipelined requests wait as bytes, and a client that sends more is not read from.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { HeldBytes } from "./heldBytes.ts";
import { SocketReading } from "./socketReading.ts";

/** A request and the answer to it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What a connection reports to its owner. */
export interface ConnectionOwner {
  nowSeconds(): number;
  /** Told of each request, one after the other: the next one comes when the response is closed. */
  begin(exchange: Exchange): void;
  /** Told by how many bytes more or fewer wait unread; false when there is no room for them. */
  hold(bytes: number): boolean;
  /** Calls back in a later turn of the event loop, when it is this connection's turn to be read from. */
  later(callback: () => void, isFirst: boolean): void;
}

/** So much may wait before the client is not read from any more. Until then its going away is noticed. */
const mostHeldBytes = 64 * 1024;

/** What Node's own listener reads; it may not be called while Node has paused the connection itself. */
type Parse = (this: Socket, piece: Buffer) => void;

/** One open connection. */
export class Connection {
  readonly socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #reading: SocketReading;
  readonly #parse: Parse | undefined;
  readonly #waiting: Exchange[] = [];
  #current: Exchange | undefined;
  readonly #held = new HeldBytes();
  #isParsing = false;
  #isResting = false;
  #isLeft = false;
  #sinceSeconds: number;
  #unsentBytes = 0;
  #unsentSinceSeconds: number;

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.socket = socket;
    this.#owner = owner;
    this.#reading = new SocketReading(socket);
    this.#sinceSeconds = owner.nowSeconds();
    this.#unsentSinceSeconds = this.#sinceSeconds;
    this.#parse = socket.listeners("data")[0] as Parse | undefined;
    if (this.#parse === undefined) return;
    socket.off("data", this.#parse);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("resume", () => this.#goOn());
    socket.once("end", () => this.#drop());
    socket.once("close", () => this.#drop());
    this.#rest();
  }

  /** The request that is being answered. */
  get current(): Exchange | undefined {
    return this.#current;
  }

  /** Since when it is the client's turn: to send a request, the rest of one, or to read its answer. Undefined while it is ours. */
  waitsForClientSince(): number | undefined {
    if (this.#current?.request.complete !== true) return this.#sinceSeconds;
    return this.socket.writableLength > 0 ? this.#unreadSince() : undefined;
  }

  /** A request of this connection was read. */
  receive(exchange: Exchange): void {
    if (this.#current === undefined) this.#begin(exchange);
    else this.#waiting.push(exchange);
  }

  /** The server closes: whoever is being answered is told, and whoever has never said anything goes. */
  windDown(): void {
    // Node counts a connection that never said anything as busy
    if (this.#current === undefined && this.socket.bytesRead === 0) this.socket.destroy();
    else if (this.#current !== undefined) announceClose(this.#current.response);
  }

  /** What still comes is nobody's any more. */
  readNoMore(): void {
    this.#isLeft = true;
    this.#drop();
    this.#reading.stop();
  }

  #begin(exchange: Exchange): void {
    const { request, response } = exchange;
    this.#current = exchange;
    this.#sinceSeconds = this.#owner.nowSeconds();
    this.#held.expectBody(request.headers);
    // Koa, a stream, the work for it and this server itself all listen for its end
    response.setMaxListeners(30);
    response.once("close", () => {
      this.#current = undefined;
      this.#sinceSeconds = this.#owner.nowSeconds();
      // its last answer said `Connection: close`
      if (this.socket.destroyed || this.socket.writableEnded) return;
      const next = this.#waiting.shift();
      if (next !== undefined) this.#begin(next);
      this.#goOn();
    });
    this.#owner.begin(exchange);
  }

  /** Since when the bytes that Node still has to send have not become fewer. */
  #unreadSince(): number {
    const { writableLength } = this.socket;
    if (writableLength !== this.#unsentBytes) {
      this.#unsentBytes = writableLength;
      this.#unsentSinceSeconds = this.#owner.nowSeconds();
    }
    return Math.max(this.#unsentSinceSeconds, this.#sinceSeconds);
  }

  #take(chunk: Buffer): void {
    this.#held.add(chunk);
    if (!this.#owner.hold(chunk.length)) {
      this.socket.destroy();
      return;
    }
    this.#goOn();
    this.#rest();
  }

  /** One piece at a time: a thousand connections that send at once must not be read in one turn. */
  #rest(): void {
    if (this.#isResting || this.socket.destroyed) return;
    this.#isResting = true;
    this.#reading.stop();
    this.#owner.later(() => {
      this.#isResting = false;
      this.#goOn();
    }, this.socket.bytesRead === 0);
  }

  /** Parses what may be parsed now, and reads on or does not. */
  #goOn(): void {
    const { socket } = this;
    if (this.#isParsing || socket.destroyed) return;
    this.#isParsing = true;
    while (this.#held.bytes > 0 && this.#mayParse()) this.#parse?.call(socket, this.#slice());
    this.#isParsing = false;
    if (socket.destroyed || isStoppedByNode(socket)) return;
    const readsOn = !this.#isLeft && !this.#isResting && this.#held.bytes <= mostHeldBytes && !this.#isBodyFull();
    if (readsOn && !this.#reading.isOn) this.#reading.start();
    else if (!readsOn) this.#reading.stop();
  }

  #mayParse(): boolean {
    if (this.#isLeft || this.socket.destroyed || this.#waiting.length > 0 || isStoppedByNode(this.socket)) return false;
    return this.#current === undefined || (!this.#current.request.complete && !this.#isBodyFull());
  }

  /** Nobody takes the body, or not so fast: Node resumes the connection when there is room again. */
  #isBodyFull(): boolean {
    const request = this.#current?.request;
    return request !== undefined && !request.complete && request.readableLength >= request.readableHighWaterMark;
  }

  #slice(): Buffer {
    const piece = this.#held.take();
    this.#owner.hold(-piece.length);
    return piece;
  }

  #drop(): void {
    this.#owner.hold(-this.#held.bytes);
    this.#held.clear();
    this.#waiting.length = 0;
  }
}

/** Says that the connection ends with this answer. */
export function announceClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("Connection", "close");
}

/** Node marks a connection whose answers are not read, and must not be given anything to parse then. */
function isStoppedByNode(socket: Socket): boolean {
  return "_paused" in socket && socket._paused === true;
}
