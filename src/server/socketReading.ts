/**
 * Reading from a connection, and not reading from it.
 *
 * A connection that is only paused reads ahead: 64 KiB that nobody has asked for and nobody counts, of each of a thousand. So its handle
 * is told to stop as well, as Node itself does for those that bring a buffer of their own.
 */
import type { Socket } from "node:net";

/** What Node reads by. */
interface Handle {
  reading: boolean;
  readStop(): void;
}

/** Starts and stops it. */
export class SocketReading {
  readonly #socket: Socket;
  #isStopped = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    const read = socket._read;
    // a stream fills its buffer while it is paused
    socket._read = (size) => {
      if (!this.#isStopped) read.call(socket, size);
    };
  }

  get isOn(): boolean {
    return !this.#isStopped && !this.#socket.isPaused();
  }

  stop(): void {
    this.#isStopped = true;
    this.#socket.pause();
    const handle = handleOf(this.#socket);
    if (handle === undefined || !handle.reading) return;
    handle.reading = false;
    handle.readStop();
  }

  start(): void {
    this.#isStopped = false;
    this.#socket.resume();
    // the stream believes that it is being read already
    this.#socket._read(0);
  }
}

function handleOf(socket: Socket): Handle | undefined {
  return "_handle" in socket ? ((socket._handle as Handle | null) ?? undefined) : undefined;
}
