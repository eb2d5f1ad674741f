/**
 * `spikes.jsonl`: every spike of the last weeks, running ones included, one line each time something about it has changed.
 *
 * The newest line of a spike counts. The file is written anew when most of its lines are old news; a line that was torn by a crash
 * is left out, and a spike that nobody saw the end of is closed where it was last heard of.
 */
import { access, appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { Spike } from "../model/spike.ts";
import { makeDirectoryIfPossible, writeDurably } from "../spool/durable.ts";
import { WriteBehind } from "../spool/writeBehind.ts";
import { closedUnseen, parseSpikeLine, spikeLine } from "./format/spikeLine.ts";

/** What a store is made with. */
export interface SpikeStoreOptions {
  /** Made if it is not there. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The last second that was recorded: a spike that nobody saw the end of lasted until then. */
  readonly lastRecordedMs?: number | undefined;
  /** More than these are not kept, and none that is older. */
  readonly maxCount?: number;
  readonly maxAgeSeconds?: number;
}

/** The spikes that are kept. */
export interface SpikeStore {
  /** Keeps what is new about a spike; it is on its way to the disk when this returns. */
  save(spike: Spike): void;
  /** The newest first. */
  list(): readonly Spike[];
  find(id: string): Spike | undefined;
  /** Those that lasted in some moment of a range, the newest first. */
  overlapping(fromMs: number, toMs: number): readonly Spike[];
  /** Brings the file back where somebody has removed it. Rejects when the disk does not take it. */
  check(): Promise<void>;
  /** Fulfilled when everything that was saved is on the disk, or cannot be brought there. */
  flush(): Promise<void>;
  /** The same, for the last time. */
  close(): Promise<void>;
}

const fileName = "spikes.jsonl";
const defaultMaxCount = 2000;
const defaultMaxAgeSeconds = 90 * 86400;
/** One that lasts is heard of at least so often, and a little more. */
const longestSilenceMs = 90_000;
/** So many lines more than spikes are put up with. */
const mostOldLines = 2000;

/** Opens the store and reads what is there. What cannot be read is said and left out; it never keeps Culprit from starting. */
export async function openSpikeStore(options: SpikeStoreOptions): Promise<SpikeStore> {
  const store = new FileStore(options);
  await store.load();
  return store;
}

class FileStore implements SpikeStore {
  readonly #options: SpikeStoreOptions;
  readonly #path: string;
  readonly #writer: WriteBehind;
  /** In the order of their start. */
  readonly #spikes = new Map<string, Spike>();
  /** What waits to be written: of each spike only the newest. */
  readonly #pending = new Map<string, string>();
  #lines = 0;
  #mustRewrite = false;

  constructor(options: SpikeStoreOptions) {
    this.#options = options;
    this.#path = join(options.directory, fileName);
    this.#writer = new WriteBehind({
      ...options,
      write: () => this.#write(),
      what: "spikes: their list",
      ifUnwritten: "they are kept in memory",
    });
  }

  async load(): Promise<void> {
    const { directory, log } = this.#options;
    await makeDirectoryIfPossible(directory);
    const text = await readFile(this.#path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") log.warn("spikes: the past ones cannot be read", { reason: error.message });
      return "";
    });
    const lines = text.split("\n");
    const torn = lines.pop() !== "";
    let bad = torn ? 1 : 0;
    for (const line of lines) {
      const read = parseSpikeLine(line);
      if (read === undefined) bad++;
      else this.#keep(read.spike.endMs === undefined ? closedUnseen(read.spike, this.#lastSeenMs(read.atMs)) : read.spike);
    }
    if (bad > 0) log.warn("spikes: some lines of the past ones could not be read and were left out", { lines: bad, file: this.#path });
    this.#lines = lines.length;
    this.#prune();
    // what was closed or cut off now is written down, so that the next start finds the same
    this.#mustRewrite = text !== "";
    if (this.#mustRewrite) await this.#writer.changed();
  }

  save(spike: Spike): void {
    this.#keep(spike);
    this.#pending.set(spike.id, spikeLine(spike, this.#options.clock.wallMs()));
    this.#prune();
    void this.#writer.changed();
  }

  list(): readonly Spike[] {
    return [...this.#spikes.values()].sort((a, b) => b.startMs - a.startMs);
  }

  find(id: string): Spike | undefined {
    return this.#spikes.get(id);
  }

  overlapping(fromMs: number, toMs: number): readonly Spike[] {
    return this.list().filter(({ startMs, endMs = Number.POSITIVE_INFINITY }) => startMs <= toMs && endMs >= fromMs);
  }

  async check(): Promise<void> {
    if (this.#spikes.size === 0 || (await isThere(this.#path))) return;
    const refusal = await this.#writer.changed();
    if (refusal !== undefined) throw refusal;
  }

  flush(): Promise<void> {
    return this.#writer.idle();
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  /** Of one that was last heard of at `atMs`. */
  #lastSeenMs(atMs: number): number {
    const { lastRecordedMs = atMs } = this.#options;
    return lastRecordedMs > atMs && lastRecordedMs <= atMs + longestSilenceMs ? lastRecordedMs : atMs;
  }

  #keep(spike: Spike): void {
    this.#spikes.set(spike.id, spike);
  }

  #prune(): void {
    const { clock, maxCount = defaultMaxCount, maxAgeSeconds = defaultMaxAgeSeconds } = this.#options;
    const oldestMs = clock.wallMs() - maxAgeSeconds * 1000;
    for (const [id, spike] of this.#spikes) {
      const isTooOld = spike.endMs !== undefined && spike.endMs < oldestMs;
      if (!isTooOld && this.#spikes.size <= maxCount) break;
      this.#spikes.delete(id);
    }
  }

  async #write(): Promise<void> {
    const lines = new Map(this.#pending);
    const isLong = this.#lines + lines.size > this.#spikes.size + mostOldLines;
    // a file that somebody has removed must not come back with its last lines only
    const rewrite = this.#mustRewrite || isLong || !(await isThere(this.#path));
    // of an attempt that fails a piece of a line may be there: the next one writes everything anew
    this.#mustRewrite = true;
    if (rewrite) await this.#replace();
    else await appendFile(this.#path, [...lines.values()].join(""), { flush: true, mode: 0o600 });
    this.#mustRewrite = false;
    this.#lines = rewrite ? this.#spikes.size : this.#lines + lines.size;
    for (const [id, line] of lines) if (this.#pending.get(id) === line) this.#pending.delete(id);
  }

  async #replace(): Promise<void> {
    const nowMs = this.#options.clock.wallMs();
    await writeDurably(this.#path, [...this.#spikes.values()].map((spike) => spikeLine(spike, nowMs)).join(""));
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
