/** What must not be forgotten or repeated, on disk: one small JSON file, written whole. */
import { readFile } from "node:fs/promises";
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { moveAside, writeDurably } from "../spool/durable.ts";
import { type KeptTriggers, parseKept } from "./schemas.ts";

const nothing: KeptTriggers = { instances: [], errands: [], recent: [] };
const againSeconds = 30;

/** The file, and what is on its way into it. */
export class TriggerStore {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #next: KeptTriggers | undefined;
  #writing: Promise<void> | undefined;
  #isFailing = false;
  #cancelTimer: Cancel = () => undefined;

  constructor(path: string, clock: Clock, log: Log) {
    this.#path = path;
    this.#clock = clock;
    this.#log = log;
  }

  /** What was kept; nothing when there is no such file, or none that can be understood. */
  async load(): Promise<KeptTriggers> {
    const text = await readFile(this.#path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return nothing;
    try {
      return parseKept(JSON.parse(text));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = "the file of triggers cannot be understood and was moved aside: what still goes on fires again";
      this.#log.error(message, { file: `${this.#path}.bad`, reason });
      await moveAside(this.#path);
      return nothing;
    }
  }

  /** Resolves when this state or a newer one is on disk, or could not be put there; never rejects. */
  save(state: KeptTriggers): Promise<void> {
    this.#next = state;
    this.#cancelTimer();
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** Resolves when nothing is being written at this moment. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** Gives up what waits to be tried again. */
  async close(): Promise<void> {
    await this.#writing;
    this.#cancelTimer();
  }

  async #write(): Promise<void> {
    for (let state = this.#next; state !== undefined; state = this.#next) {
      this.#next = undefined;
      try {
        await writeDurably(this.#path, `${JSON.stringify({ schemaVersion: 1, ...state })}\n`);
        if (this.#isFailing) this.#log.info("triggers: their state is stored again");
        this.#isFailing = false;
      } catch (error) {
        this.#failed(this.#next ?? state, error);
      }
    }
  }

  #failed(state: KeptTriggers, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (!this.#isFailing) this.#log.error("triggers: their state cannot be stored; a restart might repeat or lose a firing", { reason });
    this.#isFailing = true;
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.after(againSeconds, () => void this.save(state));
  }
}
