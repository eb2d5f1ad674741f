/** Packs the segments of all hosts, one after the other: at every full ten minutes a thousand of them are complete at once. */
import type { Log } from "../log.ts";
import { codeOf, reasonOf } from "../model/errors.ts";
import { encodeHeader, type RecordedHost } from "../recorder/format/header.ts";
import { packSegment } from "../recorder/pack.ts";
import { repairSegment } from "../recorder/repair.ts";

interface Order {
  readonly directory: string;
  readonly stem: string;
  readonly host: RecordedHost;
}

interface PackingOptions {
  readonly version: string;
  readonly log: Log;
}

/** One queue for all. */
export class Packing {
  readonly #options: PackingOptions;
  readonly #stopping = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(options: PackingOptions) {
    this.#options = options;
  }

  /** Packs a segment when its turn has come; `onPacked` is told when it is. */
  add(order: Order, onPacked: () => Promise<void>): void {
    this.#work = this.#work.then(() => this.#pack(order, onPacked));
  }

  /** Comes back when everything is packed that was told of. */
  async idle(): Promise<void> {
    await this.#work;
  }

  /** What waits is packed after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
  }

  /** Does something else in the same turn: nobody packs what it deletes. */
  run(work: () => Promise<void>): Promise<void> {
    const turn = this.#work.then(work);
    this.#work = turn.catch(() => undefined);
    return turn;
  }

  async #pack({ directory, stem, host }: Order, onPacked: () => Promise<void>): Promise<void> {
    const { version, log } = this.#options;
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    try {
      if ((await repairSegment(directory, stem, log)) === "whole") await packSegment(directory, stem, encodeHeader(host, version), signal);
      await onPacked();
    } catch (error) {
      // its host may have been removed meanwhile
      if (signal.aborted || codeOf(error) === "ENOENT") return;
      log.warn("hub: a segment could not be packed; it is kept as it is", { host: host.hostname, segment: stem, reason: reasonOf(error) });
    }
  }
}
