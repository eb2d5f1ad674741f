/** Where it is told whom the kernel killed for memory, asked by way of the helper. */
import { join } from "node:path";
import { defined } from "../model/defined.ts";
import { codeOf } from "../model/errors.ts";
import type { OomKillReading } from "../model/oomKill.ts";
import { readCgroupHierarchies } from "../procfs/cgroupFiles.ts";
import { type LoggedOomKill, newestSequence, parseOomKills } from "../procfs/kernelLog.ts";
import { killsBetween, type OomCount } from "../procfs/oomCounts.ts";
import type { ProcRoot } from "../procfs/root.ts";
import type { Skips } from "../procfs/skips.ts";
import type { CgroupOomCount } from "../slowReads/protocol.ts";
import { askAll, type SlowReads } from "../slowReads/slowReads.ts";

type Found = Omit<OomKillReading, "countedAtMs">;

const mostLogBytes = 128 * 1024;
const mostCgroups = 10_000;
/** A machine without memory takes its time. */
const limitSeconds = 10;

/** The kernel log: exact, where it is open. */
export class LoggedKillSource {
  readonly #path: string;
  readonly #reads: SlowReads;
  readonly #skips: Skips;
  #seen = -1;

  constructor({ rootfs }: ProcRoot, reads: SlowReads, skips: Skips) {
    this.#path = join(rootfs, "dev/kmsg");
    this.#reads = reads;
    this.#skips = skips;
  }

  /** Finds its end; the error where it cannot be read. */
  async begin(): Promise<unknown> {
    const records = await this.#ask();
    if (typeof records !== "string") return records;
    this.#seen = newestSequence(records) ?? -1;
    return undefined;
  }

  /** The next ones, the oldest first. */
  async next(most: number): Promise<readonly Found[]> {
    const found = (await this.all()).filter(({ sequence }) => sequence > this.#seen).slice(0, most);
    this.#seen = found.at(-1)?.sequence ?? this.#seen;
    return found.map(({ sequence: _, atSeconds: __, ...kill }: LoggedOomKill) => kill);
  }

  /** All that the log still has; none where it is closed to this user. */
  async all(): Promise<readonly LoggedOomKill[]> {
    const records = await this.#ask();
    return typeof records === "string" ? parseOomKills(this.#path, records, this.#skips) : [];
  }

  async #ask(): Promise<unknown> {
    const [answer] = await askAll(this.#reads, [{ path: this.#path, operation: "oomRecords", most: mostLogBytes }], limitSeconds);
    return answer?.bytes?.toString() ?? answer?.error ?? new Error(answer?.silent ?? "no answer");
  }
}

/** What cgroups count: where somebody was killed, and by whose limit. */
export class CgroupKillSource {
  readonly #root: ProcRoot;
  readonly #reads: SlowReads;
  #counts: readonly OomCount[] = [];

  constructor(root: ProcRoot, reads: SlowReads) {
    this.#root = root;
    this.#reads = reads;
  }

  /** Takes the counts that the next ones are held against. */
  async begin(): Promise<void> {
    this.#counts = await this.#count();
  }

  async next(most: number): Promise<readonly Found[]> {
    const before = this.#counts;
    this.#counts = await this.#count();
    return killsBetween(before, this.#counts, this.#hierarchy()?.version ?? 2)
      .flatMap(({ kills, ...kill }) => Array.from({ length: kills }, (): Found => kill))
      .slice(0, most);
  }

  #hierarchy(): { readonly version: 1 | 2; readonly directory: string } | undefined {
    try {
      const all = readCgroupHierarchies(this.#root);
      return all.find(({ controllers }) => controllers.includes("memory")) ?? all.find(({ version }) => version === 2);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      return undefined;
    }
  }

  async #count(): Promise<readonly OomCount[]> {
    const hierarchy = this.#hierarchy();
    if (hierarchy === undefined) return [];
    const [answer] = await askAll(this.#reads, [{ path: hierarchy.directory, operation: "oomCounts", most: mostCgroups }], limitSeconds);
    if (answer?.bytes === undefined) return [];
    const counts = JSON.parse(answer.bytes.toString()) as readonly CgroupOomCount[];
    return counts.map(([path, kills, limitHits, limitBytes]) => defined({ path, kills, limitHits, limitBytes: limitBytes ?? undefined }));
  }
}
