/**
 * What must outlive a restart, as one small JSON file that is written whole: a crash leaves the one before or the new one.
 *
 * What cannot be read or understood is moved aside and never keeps Culprit from starting. What the disk refuses is tried again until it
 * takes it.
 */
import { access, readFile, rename } from "node:fs/promises";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { codeOf, reasonOf } from "../model/errors.ts";
import { unlessRefused, writeDurably } from "./durable.ts";
import { WriteBehind } from "./writeBehind.ts";

interface JsonFileOptions<T> {
  readonly path: string;
  /** Makes the value of what was stored; throws when it is something else. */
  readonly parse: (json: unknown) => T;
  readonly toJson: (value: T) => unknown;
  /** What it holds, as a sentence begins: "triggers: their state". */
  readonly what: string;
  /** What it means that what was stored before is not known, as a sentence ends. */
  readonly ifLost: string;
  /** What it means that the newest is not on the disk. */
  readonly ifUnwritten: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** One such file. */
export class JsonFile<T> {
  readonly #options: JsonFileOptions<T>;
  readonly #writer: WriteBehind;
  #newest: { readonly value: T } | undefined;
  /** The file could not be understood, nor moved aside. */
  #isInTheWay = false;

  constructor(options: JsonFileOptions<T>) {
    this.#options = options;
    this.#writer = new WriteBehind({ ...options, write: () => this.#write() });
  }

  /** What was stored; undefined when there is no file, or none that can be understood. */
  async load(): Promise<T | undefined> {
    const { path, parse, what, ifLost, log } = this.#options;
    try {
      const value = parse(JSON.parse(await readFile(path, "utf8")));
      this.#newest = { value };
      return value;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      log.error(`${what} cannot be understood and is moved aside: ${ifLost}`, { file: `${path}.bad`, reason: reasonOf(error) });
      this.#isInTheWay = true;
      await unlessRefused(() => this.#moveAside());
      return undefined;
    }
  }

  /** Resolves when this value or a newer one is on the disk; or with the reason why it is not yet. Never rejects. */
  save(value: T): Promise<Error | undefined> {
    this.#newest = { value };
    return this.#writer.changed();
  }

  /** Brings it back where somebody has removed it. Rejects when the disk does not take it. */
  async check(): Promise<void> {
    if (this.#newest === undefined || (await this.#isThere())) return;
    const refusal = await this.#writer.changed();
    if (refusal !== undefined) throw refusal;
  }

  /** Resolves when nothing is being written at this moment. */
  idle(): Promise<void> {
    return this.#writer.idle();
  }

  /** Tries once more what was refused, and no more after that. */
  close(): Promise<void> {
    return this.#writer.close();
  }

  async #write(): Promise<void> {
    const { path, toJson } = this.#options;
    if (this.#newest === undefined) return;
    if (this.#isInTheWay) await this.#moveAside();
    await writeDurably(path, `${JSON.stringify(toJson(this.#newest.value))}\n`);
  }

  async #moveAside(): Promise<void> {
    const { path } = this.#options;
    await rename(path, `${path}.bad`).catch((error: unknown) => {
      if (codeOf(error) !== "ENOENT") throw error;
    });
    this.#isInTheWay = false;
  }

  #isThere(): Promise<boolean> {
    return access(this.#options.path).then(
      () => true,
      () => false,
    );
  }
}
