/** Remembers what did not answer, so that it is not asked again, and says so once. */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { Silent } from "./slowReads.ts";

/** A file whose read still hangs is not asked again; any other is, after so long. */
const askedAgainSeconds = 600;
/** Nobody reads a thousand lines of it. */
const mostTold = 20;
/** Processes end without being removed here, so the oldest are dropped. */
const mostRemembered = 10_000;

interface Kept {
  /** The helper in which the read still hangs; undefined once that is gone. */
  reader: object | undefined;
  untilSeconds: number;
}

/** What is silent now. */
export class Silence {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #silent = new Map<string, Kept>();
  #told = 0;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  get size(): number {
    return this.#silent.size;
  }

  /** The answer for what must not be asked now; undefined where it may be. */
  answerFor(of: string): Silent | undefined {
    const known = this.#silent.get(of);
    if (known === undefined) return undefined;
    const isPending = known.reader !== undefined;
    if (isPending || this.#clock.monotonicSeconds() < known.untilSeconds) return { silent: "it did not answer before", isPending };
    this.#silent.delete(of);
    return undefined;
  }

  /** It had its time; `reader` still waits. */
  add(of: string, path: string, reader: object, waitedSeconds: number): void {
    this.#silent.set(of, { reader, untilSeconds: this.#clock.monotonicSeconds() + askedAgainSeconds });
    for (const oldest of this.#silent.keys()) {
      if (this.#silent.size <= mostRemembered) break;
      this.#silent.delete(oldest);
    }
    if (this.#told === mostTold) this.#log.warn("still more files do not answer; no more of them are told of");
    if (this.#told++ >= mostTold) return;
    this.#log.warn("a file does not answer: what it would tell is left out until it does", { file: path, waitedSeconds });
  }

  /** It has answered after all. */
  end(of: string, path: string): void {
    if (!this.#silent.delete(of)) return;
    this.#told = Math.max(0, this.#told - 1);
    this.#log.info("a file that did not answer has answered", { file: path });
  }

  /** This helper is gone: its reads hang no more. */
  forgetReader(reader: object): void {
    for (const silent of this.#silent.values()) if (silent.reader === reader) silent.reader = undefined;
  }
}
