/**
 * When each token was used last, for whoever asks which of them nobody needs any more. Written once a minute at most, beside the index:
 * `tokens/used.json`, by hash. What is lost of it with a crash is a minute.
 */
import { join } from "node:path";
import { z } from "zod";
import type { Log } from "../../log.ts";
import type { Cancel, Clock } from "../../model/clock.ts";
import { checked } from "../../spool/checked.ts";
import { JsonFile } from "../../spool/jsonFile.ts";

const writeSeconds = 60;
const mostKept = 10_000;

type Uses = Map<string, number>;

/** Remembers. */
export class TokenUses {
  readonly #clock: Clock;
  readonly #file: JsonFile<Uses>;
  #uses: Uses = new Map();
  #isChanged = false;
  #cancel: Cancel | undefined;
  #saving: Promise<unknown> | undefined;

  constructor(directory: string, clock: Clock, log: Log) {
    this.#clock = clock;
    this.#file = new JsonFile<Uses>({
      path: join(directory, "used.json"),
      parse: (json) => new Map(Object.entries(checked(z.record(z.string(), z.number()), json))),
      toJson: (uses) => Object.fromEntries(uses),
      what: "tokens: when they were used last",
      ifLost: "that is counted from now on",
      ifUnwritten: "a restart forgets it",
      clock,
      log,
    });
  }

  async load(): Promise<void> {
    this.#uses = (await this.#file.load()) ?? this.#uses;
  }

  /** In milliseconds since 1970; undefined of one that nobody has used. */
  lastMs(sha256: string): number | undefined {
    return this.#uses.get(sha256);
  }

  note(sha256: string): void {
    if (!this.#uses.has(sha256) && this.#uses.size >= mostKept) return;
    this.#uses.set(sha256, this.#clock.wallMs());
    this.#isChanged = true;
    this.#cancel ??= this.#clock.after(writeSeconds, () => {
      this.#cancel = undefined;
      void this.flush();
    });
  }

  /** Brings what is new to the disk. Never rejects. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#isChanged) this.#saving = this.#file.save(this.#uses);
    this.#isChanged = false;
    await this.#saving;
  }
}
