/** What the helper says: records are gathered, and written when there are many or when there is nothing more to say. */
import { readSync, writeSync } from "node:fs";
import { headBytes, writeHead } from "./protocol.ts";

const bufferBytes = 256 * 1024;
const flushBytes = 64 * 1024;

/** Answers on their way to a descriptor; writing waits until they are taken. */
export class Output {
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafeSlow(bufferBytes);
  #length = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Answers with what one read of an open file gives: straight into the buffer. */
  read(question: number, descriptor: number, most: number): void {
    if (this.#length + headBytes + most > bufferBytes) this.flush();
    const start = this.#length + headBytes;
    const length = readSync(descriptor, this.#buffer, start, Math.min(most, bufferBytes - start), 0);
    writeHead(this.#buffer, this.#length, question, false, length);
    this.#length = start + length;
    if (this.#length > flushBytes) this.flush();
  }

  give(question: number, bytes: Uint8Array, isError = false): void {
    const record = Buffer.allocUnsafe(headBytes + bytes.length);
    writeHead(record, 0, question, isError, bytes.length);
    record.set(bytes, headBytes);
    if (this.#length + record.length > bufferBytes) this.flush();
    if (record.length > bufferBytes) writeAll(this.#descriptor, record);
    else this.#length += record.copy(this.#buffer, this.#length);
  }

  say(question: number, facts: unknown): void {
    this.give(question, Buffer.from(JSON.stringify(facts)));
  }

  complain(question: number, error: unknown): void {
    const { code = "", message } = error as NodeJS.ErrnoException;
    this.give(question, Buffer.from(JSON.stringify({ code, message })), true);
  }

  flush(): void {
    writeAll(this.#descriptor, this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}
