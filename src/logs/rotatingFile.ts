/**
 * A file of lines that never grows beyond its bounds; rotating-file-stream underneath.
 *
 * That stream ends for good at its first error, so there is a small queue before it: while the disk is full the newest lines wait here,
 * and a new stream is tried every half minute. A failure is told once, and what found no room is counted.
 */
import { appendFileSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { createStream, type RotatingFileStream } from "rotating-file-stream";
import type { LogStream } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { codeOf, reasonOf } from "../model/errors.ts";
import { makeDirectory, refusesToWrite } from "../spool/durable.ts";

/** Settings of a file. */
export interface RotatingFileOptions {
  readonly path: string;
  /** Larger than this it becomes `<path>.1`, that `<path>.2`, and so on. */
  readonly maxBytes: number;
  /** So many files at most, the newest included; 2 at least. */
  readonly maxFiles: number;
  readonly clock: Clock;
  /** Even a path that is not ours to write is waited for: its owner says so elsewhere. Else it is an error at the start. */
  readonly waitsForPermission?: boolean;
  readonly onFailure: (reason: string) => void;
  /** It works again; so many lines were lost meanwhile. */
  readonly onRecovery: (lost: number) => void;
}

const mostWaiting = 1000;
const mostWaitingBytes = 1024 * 1024;
const againSeconds = 30;
const closeSeconds = 3;
/** Whether somebody has removed the file is looked at this often at most. */
const lookSeconds = 2;
/** What only a person can put right, who must be told at once. */
const denials: ReadonlySet<unknown> = new Set(["EACCES", "EPERM"]);

/** The file; writing never waits and never throws. */
export class RotatingFile implements LogStream {
  readonly #options: RotatingFileOptions;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #stream: RotatingFileStream | undefined;
  #isWriting = false;
  #lookedAtSeconds = 0;
  /** Half a line is at the end of the file, from a crash or a full disk. */
  #isTorn = false;
  #lastWritten: string | undefined;
  #isFailing = false;
  #isClosed = false;
  #dropped = 0;
  /** As it was when a line was last written. */
  #droppedBefore = 0;
  #cancelTimer: Cancel = () => undefined;
  #onIdle: (() => void) | undefined;

  private constructor(options: RotatingFileOptions) {
    this.#options = options;
  }

  /** Opens the file and makes its folder. @throws a sentence when the path cannot be one; a full disk is waited for instead */
  static async open(options: RotatingFileOptions): Promise<RotatingFile> {
    const file = new RotatingFile(options);
    try {
      await file.#connect();
    } catch (error) {
      const reason = reasonOf(error);
      if ((!options.waitsForPermission && denials.has(codeOf(error))) || !refusesToWrite(error))
        throw new Error(`${options.path}: cannot be used, expected a file that can be written: ${reason}`, { cause: error });
      file.#failed(reason);
    }
    return file;
  }

  /** Lines that wait, and lines that were lost for want of room. */
  get figures(): { readonly length: number; readonly dropped: number } {
    return { length: this.#waiting.length, dropped: this.#dropped };
  }

  write(line: string): void {
    if (this.#isClosed) return;
    this.#put(line, "behind");
    while (this.#waiting.length > mostWaiting || this.#waitingBytes > mostWaitingBytes) this.#dropOldest();
    this.#pump();
  }

  /** Puts everything that waits into the file before it returns: for the last moment of a process that crashes. */
  flushNow(): void {
    if (this.#waiting.length === 0) return;
    try {
      // what is being written at this moment may come twice, which is better than not at all
      appendFileSync(this.#options.path, `${this.#isTorn ? "\n" : ""}${this.#waiting.join("")}`);
      this.#waiting = [];
      this.#waitingBytes = 0;
    } catch {
      // the process is ending: there is no place left to report it
    }
  }

  /** Writes what waits, for a few seconds at most, and takes no more. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelTimer();
    if (this.#stream !== undefined && this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(closeSeconds, resolve);
        this.#onIdle = () => {
          cancel();
          resolve();
        };
      });
    }
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream !== undefined) await new Promise<void>((resolve) => void stream.end(resolve));
  }

  async #connect(): Promise<void> {
    const { path, maxBytes, maxFiles } = this.#options;
    // again each time: somebody may have removed it
    await makeDirectory(dirname(path));
    this.#isTorn = await endsTorn(path);
    // the disk took the first half of it, and that was called a success
    if (this.#isTorn && this.#lastWritten !== undefined) this.#put(this.#lastWritten, "before");
    this.#lastWritten = undefined;
    const stream = createStream(basename(path), {
      path: dirname(path),
      size: `${maxBytes}B`,
      rotate: Math.max(1, maxFiles - 1),
      mode: 0o640,
    });
    stream.on("error", (error) => this.#lost(stream, error));
    this.#stream = stream;
    this.#lookedAtSeconds = this.#options.clock.monotonicSeconds();
    this.#pump();
  }

  /** One line at a time: an error then belongs to the line that is to be written again. */
  #pump(): void {
    const stream = this.#stream;
    const [line] = this.#waiting;
    if (line === undefined) this.#onIdle?.();
    if (line === undefined || stream === undefined || this.#isWriting) return;
    this.#isWriting = true;
    const nowSeconds = this.#options.clock.monotonicSeconds();
    if (nowSeconds - this.#lookedAtSeconds < lookSeconds) {
      this.#write(stream, line);
      return;
    }
    this.#lookedAtSeconds = nowSeconds;
    // a stream goes on writing into a file that has no name any more
    stat(this.#options.path).then(
      () => this.#write(stream, line),
      () => this.#begin(stream),
    );
  }

  /** Somebody has removed the file: another one is begun. */
  #begin(stream: RotatingFileStream): void {
    this.#isWriting = false;
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    stream.end();
    this.#lastWritten = undefined;
    this.#connect().catch((error: unknown) => this.#failed(reasonOf(error)));
  }

  #write(stream: RotatingFileStream, line: string): void {
    stream.write(this.#isTorn ? `\n${line}` : line, (error) => {
      this.#isWriting = false;
      if (error != null) {
        this.#lost(stream, error);
        return;
      }
      this.#isTorn = false;
      this.#lastWritten = line;
      if (this.#waiting[0] === line) this.#takeOldest();
      this.#recovered();
      this.#pump();
    });
  }

  #lost(stream: RotatingFileStream, error: Error): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    stream.destroy();
    this.#failed(error.message);
  }

  #failed(reason: string): void {
    this.#onIdle?.();
    if (this.#isClosed) return;
    this.#cancelTimer = this.#options.clock.after(againSeconds, () => {
      this.#connect().catch((error: unknown) => this.#failed(reasonOf(error)));
    });
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#options.onFailure(reason);
  }

  #recovered(): void {
    const lost = this.#dropped - this.#droppedBefore;
    this.#droppedBefore = this.#dropped;
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#options.onRecovery(lost);
  }

  #put(line: string, where: "before" | "behind"): void {
    if (where === "before") this.#waiting.unshift(line);
    else this.#waiting.push(line);
    this.#waitingBytes += Buffer.byteLength(line);
  }

  #dropOldest(): void {
    this.#takeOldest();
    this.#dropped++;
  }

  #takeOldest(): void {
    this.#waitingBytes -= Buffer.byteLength(this.#waiting.shift() ?? "");
  }
}

/** Makes the file if there is none. True when its last line has no end. */
async function endsTorn(path: string): Promise<boolean> {
  const file = await open(path, "a+", 0o640);
  try {
    const { size } = await file.stat();
    if (size === 0) return false;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return bytesRead === 1 && buffer[0] !== 10;
  } finally {
    await file.close();
  }
}
