/** Everything that is asked about one culprit. */
import { readFileSync } from "node:fs";
import { defined } from "../../model/defined.ts";
import { type CgroupHierarchy, cgroupFilesOf, readCgroupPlaces } from "../../procfs/cgroupFiles.ts";
import type { FoundSockets } from "../../procfs/netSockets.ts";
import { describeDescriptors, descriptorsPath, type PidDescriptors } from "../../procfs/pidDescriptors.ts";
import { type MappedFile, parsePidMaps, parseSmapsRollup } from "../../procfs/pidMaps.ts";
import { parseWaitChannel, waitChannelPath } from "../../procfs/pidTasks.ts";
import type { ProcRoot } from "../../procfs/root.ts";
import type { FileStat, ListedLink } from "../../slowReads/protocol.ts";
import { type Answer, askAll, type Question, type SlowReads } from "../../slowReads/slowReads.ts";
import type { ProcessListRow } from "../making/processList.ts";
import type { Chosen } from "./choose.ts";
import { answerReading, type Reading, reading } from "./readings.ts";
import { stackPath } from "./waiting.ts";

/** What can be read at once. */
export interface QuickFindings {
  readonly chosen: Chosen;
  /** The nearest first. */
  readonly parents: readonly ProcessListRow[];
  readonly status: Reading<string>;
  readonly limits: Reading<string>;
  readonly cgroups: Reading<readonly CgroupFile[]>;
}

/** What takes a lock that the process may hold for ever: it is asked for. */
export interface AskedFindings {
  readonly waitChannel: Reading<string>;
  readonly descriptors: Reading<PidDescriptors>;
  readonly stack: Reading<string>;
  readonly memory: Reading<MemoryFindings>;
}

interface SlowFindings {
  readonly sockets: Reading<FoundSockets>;
}

/** All of it. */
export type Findings = QuickFindings & AskedFindings & SlowFindings;

/** A file of a cgroup that the process is in. */
interface CgroupFile {
  readonly path: string;
  readonly text: string;
}

/** What a process has in memory. */
export interface MemoryFindings {
  readonly files: readonly MappedFile[];
  /** Of smaps_rollup, in bytes by the kernel's names; empty where it could not be read in time. */
  readonly rollup: ReadonlyMap<string, number>;
}

const mostDescriptors = 5000;
const mostParents = 32;
const mostFileCharacters = 16 * 1024;
/** A process may have 65530 mappings of about a hundred bytes. */
const mostMapsBytes = 8 * 1024 * 1024;
const mostStackBytes = 64 * 1024;
/** How long each of its files may take. */
const limitSeconds = 2;

/** Reads what cannot keep its reader waiting. */
export function readQuick(root: ProcRoot, chosen: Chosen, rows: readonly ProcessListRow[], cgroups: CgroupReader): QuickFindings {
  const { pid } = chosen.row;
  return {
    chosen,
    parents: parentsOf(chosen.row, rows),
    status: reading(() => readText(`${root.procfs}/${pid}/status`)),
    limits: reading(() => readText(`${root.procfs}/${pid}/limits`)),
    cgroups: reading(() => cgroups.filesOf(pid)),
  };
}

/** Asks for what the process may keep its readers waiting for; `of` is its identity in such questions. */
export async function askAbout(root: ProcRoot, { row }: Chosen, of: string, reads: SlowReads, over: Promise<void>): Promise<AskedFindings> {
  const { pid, kernelThread } = row;
  const task = { pid, tid: pid };
  const read = (path: string, most: number): Question => ({ path, operation: "read", most, of, isDoubtful: true });
  const folder = descriptorsPath(root, pid);
  const [waitChannel, stack, links, size, maps, rollup] = await askAll(
    reads,
    [
      read(waitChannelPath(root, task), mostStackBytes),
      read(stackPath(root, task), mostStackBytes),
      { path: folder, operation: "links", most: mostDescriptors, of },
      { path: folder, operation: "stat", of },
      // the cheap one first: the other goes through all of the process' pages
      ...(kernelThread
        ? []
        : [read(`${root.procfs}/${pid}/maps`, mostMapsBytes), read(`${root.procfs}/${pid}/smaps_rollup`, mostStackBytes)]),
    ],
    limitSeconds,
    over,
  );
  return {
    waitChannel: answerReading(waitChannel, (bytes) => parseWaitChannel(bytes.toString("latin1").trim())),
    stack: answerReading(stack, (bytes) => bytes.toString().trimEnd()),
    descriptors: descriptorsOf(links, size),
    memory: kernelThread ? { missing: "a kernel thread has no memory of its own" } : memoryOf(maps, rollup),
  };
}

function memoryOf(maps: Answer | undefined, rollup: Answer | undefined): Reading<MemoryFindings> {
  const files = answerReading(maps, (bytes) => parsePidMaps(bytes.toString()));
  if (files.value === undefined) return files;
  const sums = answerReading(rollup, (bytes) => parseSmapsRollup(bytes.toString())).value ?? new Map<string, number>();
  const wasCut = (maps?.bytes?.length ?? 0) >= mostMapsBytes;
  return defined({
    value: { files: files.value, rollup: sums },
    cut: wasCut ? `only the first ${mostMapsBytes} bytes of maps were read` : undefined,
  });
}

/** From a process up to the one that has no parent. */
function parentsOf(row: ProcessListRow, rows: readonly ProcessListRow[]): readonly ProcessListRow[] {
  const byPid = new Map(rows.map((one) => [one.pid, one]));
  const parents: ProcessListRow[] = [];
  // a list that was read while pids were reused may hold a circle of parents
  for (let next = byPid.get(row.parentPid); next !== undefined && parents.length < mostParents; next = byPid.get(next.parentPid)) {
    if (next === row || parents.includes(next)) break;
    parents.push(next);
  }
  return parents;
}

/** Reads each cgroup once, however many of the processes are in it. */
export class CgroupReader {
  readonly #root: ProcRoot;
  readonly #hierarchies: Reading<readonly CgroupHierarchy[]>;
  readonly #texts = new Map<string, string | undefined>();

  constructor(root: ProcRoot, hierarchies: Reading<readonly CgroupHierarchy[]>) {
    this.#root = root;
    this.#hierarchies = hierarchies;
  }

  filesOf(pid: number): readonly CgroupFile[] {
    const places = readCgroupPlaces(this.#root, pid);
    const paths = places.flatMap((place) => cgroupFilesOf(place, this.#hierarchies.value ?? []));
    const membership = places.map(({ controllers, path }) => `${controllers.join(",") || "unified"}: ${path}`).join("\n");
    const files = [...new Set(paths)].flatMap((path): CgroupFile[] => {
      const text = this.#textOf(path);
      return text === undefined ? [] : [{ path, text }];
    });
    return [{ path: `${this.#root.procfs}/${pid}/cgroup`, text: membership }, ...files];
  }

  /** Not every kernel, nor every cgroup, has every file. */
  #textOf(path: string): string | undefined {
    if (!this.#texts.has(path)) this.#texts.set(path, reading(() => readText(path)).value);
    return this.#texts.get(path);
  }
}

function descriptorsOf(links: Answer | undefined, folder: Answer | undefined): Reading<PidDescriptors> {
  const sizeBytes = answerReading(folder, (bytes) => (JSON.parse(bytes.toString()) as FileStat).sizeBytes).value ?? 0;
  const targets = answerReading(links, (bytes) => (JSON.parse(bytes.toString()) as ListedLink[]).map(([, target]) => target));
  if (targets.value === undefined) return targets;
  const value = describeDescriptors(targets.value, sizeBytes);
  return defined({ value, cut: value.looked < mostDescriptors ? undefined : `only ${value.looked} descriptors were looked at` });
}

function readText(path: string): string {
  return readFileSync(path, "utf8").slice(0, mostFileCharacters).trimEnd();
}
