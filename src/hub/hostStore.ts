/** The hosts that push to this hub: a folder each below one directory, found again after a restart, and one budget of bytes for all. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { codeOf, reasonOf } from "../model/errors.ts";
import type { RecordedLine } from "../recorder/format/line.ts";
import { parseWithoutProcesses } from "../recorder/format/parseLine.ts";
import { listSegments } from "../recorder/reading/segmentFiles.ts";
import { linesOf } from "../recorder/reading/span.ts";
import { bytesOf, segmentsOverBudget } from "./budget.ts";
import { type HostRecord, KnownHost, readRecord } from "./knownHost.ts";
import { Packing } from "./packing.ts";

/** What a hub is opened with. */
interface HostStoreOptions {
  readonly directory: string;
  readonly version: string;
  readonly maxHosts: number;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly log: Log;
}

const tidyEverySeconds = 60;

/** Keeps them. */
export class HostStore {
  readonly #options: HostStoreOptions;
  readonly #hosts = new Map<string, KnownHost>();
  readonly #packing: Packing;
  #cancel: Cancel | undefined;
  #stopping = false;

  private constructor(options: HostStoreOptions) {
    this.#options = options;
    this.#packing = new Packing(options);
  }

  /** Finds those of the run before. A folder that cannot be read costs itself. */
  static async open(options: HostStoreOptions): Promise<HostStore> {
    const store = new HostStore(options);
    for (const name of await foldersIn(options.directory)) await store.#find(name);
    return store;
  }

  /** By name. */
  list(): readonly KnownHost[] {
    return [...this.#hosts.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Names of hosts know no capitals. */
  find(name: string): KnownHost | undefined {
    return this.#hosts.get(name.toLowerCase());
  }

  get isFull(): boolean {
    return this.#hosts.size >= this.#options.maxHosts;
  }

  get bytes(): number {
    return [...this.#hosts.values()].reduce((sum, { segments }) => sum + bytesOf(segments.segments), 0);
  }

  /** Adds one that has not been known. @throws when its folder cannot be made */
  async add(record: HostRecord): Promise<KnownHost> {
    const host = this.#make(record);
    this.#hosts.set(host.name.toLowerCase(), host);
    try {
      await host.save();
    } catch (error) {
      this.#hosts.delete(host.name.toLowerCase());
      throw error;
    }
    this.#options.log.info("hub: a host is new here", { host: host.name });
    return host;
  }

  /** Forgets a host and deletes what it has sent. False where it is not known. */
  async remove(name: string): Promise<boolean> {
    const host = this.find(name);
    if (host === undefined) return false;
    this.#hosts.delete(name.toLowerCase());
    await host.close();
    await this.#packing.run(() => rm(host.directory, { recursive: true, force: true }));
    this.#options.log.info("hub: a host is removed with all that it has sent", { host: host.name });
    return true;
  }

  /** Puts in order what the run before has left, and keeps to the budget from now on. */
  start(): void {
    for (const host of this.#hosts.values()) void this.#packing.run(() => this.#resume(host));
    this.#plan();
  }

  /** Ends segments whose time is over, and drops what is beyond the budget. Comes back when that is done. */
  async tidy(): Promise<void> {
    const nowMs = this.#options.clock.wallMs();
    for (const host of this.#hosts.values()) await host.segments.completeBefore(nowMs);
    await this.#packing.run(() => this.#keepToBudget());
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancel?.();
    for (const host of this.#hosts.values()) await host.close();
    await this.#packing.stop();
  }

  #plan(): void {
    this.#cancel = this.#options.clock.after(tidyEverySeconds, () => {
      void this.tidy()
        .catch((error: unknown) => this.#options.log.warn("hub: the recordings of hosts could not be tidied", { reason: reasonOf(error) }))
        .finally(() => {
          if (!this.#stopping) this.#plan();
        });
    });
  }

  #make(record: HostRecord): KnownHost {
    return new KnownHost(record, {
      ...this.#options,
      directory: join(this.#options.directory, record.hostname.toLowerCase()),
      onComplete: (host, stem) => this.#pack(host, stem),
    });
  }

  #pack(host: KnownHost, stem: string): void {
    this.#packing.add({ directory: host.directory, stem, host: host.machine }, () => host.segments.measured(stem));
  }

  async #find(name: string): Promise<void> {
    const { directory, log } = this.#options;
    try {
      const record = await readRecord(join(directory, name));
      if (record === undefined || record.hostname.toLowerCase() !== name) return;
      const host = this.#make(record);
      await host.segments.open();
      this.#hosts.set(name, host);
    } catch (error) {
      log.warn("hub: what a host has sent cannot be read", { folder: join(directory, name), reason: reasonOf(error) });
    }
  }

  async #resume(host: KnownHost): Promise<void> {
    if (this.#stopping || host.newest !== undefined) return;
    const segments = await listSegments(host.directory);
    for (const { plain, stem } of segments) if (plain && stem !== host.segments.openStem) this.#pack(host, stem);
    const last = segments.at(-1);
    if (last === undefined) return;
    let newest: RecordedLine | undefined;
    for await (const line of linesOf({ directory: host.directory, say: () => undefined }, last)) newest = line;
    host.newest ??= newest === undefined ? undefined : parseWithoutProcesses(newest);
  }

  async #keepToBudget(): Promise<void> {
    const hosts = [...this.#hosts.values()].map((host) => ({ host: host.name, segments: host.segments.segments }));
    for (const { host, segment } of segmentsOverBudget(hosts, this.#options.maxBytes)) {
      this.#options.log.debug("hub: a segment is deleted", { host, segment: segment.stem, bytes: segment.bytes });
      await this.find(host)?.segments.drop(segment.stem);
    }
  }
}

async function foldersIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory, { withFileTypes: true })).filter((one) => one.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
