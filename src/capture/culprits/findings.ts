/** Everything that is asked about one culprit. */
import { readFileSync } from "node:fs";
import { type CgroupHierarchy, cgroupFilesOf, readCgroupPlaces } from "../../procfs/cgroupFiles.ts";
import type { FoundSockets } from "../../procfs/netSockets.ts";
import { type PidDescriptors, readPidDescriptors } from "../../procfs/pidDescriptors.ts";
import { type MappedFile, parsePidMaps, parseSmapsRollup } from "../../procfs/pidMaps.ts";
import { readTaskWaitChannel } from "../../procfs/pidTasks.ts";
import type { ProcRoot } from "../../procfs/root.ts";
import type { CommandSurroundings } from "../command.ts";
import type { ProcessTableRow } from "../processTable.ts";
import { readByProgram } from "./byProgram.ts";
import type { Chosen } from "./choose.ts";
import { type Reading, reading } from "./readings.ts";

/** What can be read at once. */
export interface QuickFindings {
  readonly chosen: Chosen;
  /** The nearest first. */
  readonly parents: readonly ProcessTableRow[];
  readonly status: Reading<string>;
  readonly limits: Reading<string>;
  readonly waitChannel: Reading<string>;
  readonly descriptors: Reading<PidDescriptors>;
  readonly cgroups: Reading<readonly CgroupFile[]>;
}

/** What takes its time. */
export interface SlowFindings {
  readonly stack: Reading<string>;
  readonly memory: Reading<MemoryFindings>;
  readonly sockets: Reading<FoundSockets>;
}

/** All of it. */
export type Findings = QuickFindings & SlowFindings;

/** A file of a cgroup that the process is in. */
export interface CgroupFile {
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
const mapsLimits = { timeLimitSeconds: 2, sizeLimitBytes: 8 * 1024 * 1024 };

/** Reads what cannot keep its reader waiting. */
export function readQuick(root: ProcRoot, chosen: Chosen, rows: readonly ProcessTableRow[], cgroups: CgroupReader): QuickFindings {
  const { pid } = chosen.row;
  return {
    chosen,
    parents: parentsOf(chosen.row, rows),
    status: reading(() => readText(`${root.procfs}/${pid}/status`)),
    limits: reading(() => readText(`${root.procfs}/${pid}/limits`)),
    waitChannel: waitChannelOf(root, pid),
    descriptors: descriptorsOf(root, pid),
    cgroups: reading(() => cgroups.filesOf(pid)),
  };
}

/** Its memory, through another program. */
export async function readMemory(
  root: ProcRoot,
  { row: { pid, kernelThread } }: Chosen,
  surroundings: CommandSurroundings,
  signal: AbortSignal,
): Promise<Reading<MemoryFindings>> {
  if (kernelThread) return { missing: "a kernel thread has no memory of its own" };
  // the cheap one first: the other goes through all of the process' pages
  const paths = [`${root.procfs}/${pid}/maps`, `${root.procfs}/${pid}/smaps_rollup`];
  const { value, cut, missing } = await readByProgram(paths, mapsLimits, surroundings, signal);
  if (value === undefined) return { missing };
  const files = parsePidMaps(value.replace(/^.*\[rollup\]$/m, ""));
  return { value: { files, rollup: parseSmapsRollup(value) }, ...(cut === undefined ? {} : { cut }) };
}

/** From a process up to the one that has no parent. */
export function parentsOf(row: ProcessTableRow, rows: readonly ProcessTableRow[]): readonly ProcessTableRow[] {
  const byPid = new Map(rows.map((one) => [one.pid, one]));
  const parents: ProcessTableRow[] = [];
  // a table that was read while pids were reused may lead in circles
  for (let next = byPid.get(row.parentPid); next !== undefined && parents.length < mostParents; next = byPid.get(next.parentPid)) {
    if (next === row || parents.includes(next)) break;
    parents.push(next);
  }
  return parents;
}

/** Reads each cgroup once, whoever is in it. */
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

function descriptorsOf(root: ProcRoot, pid: number): Reading<PidDescriptors> {
  const found = reading(() => readPidDescriptors(root, pid, mostDescriptors));
  const { value } = found;
  if (value === undefined || value.looked < mostDescriptors) return found;
  return { value, cut: `only ${value.looked} descriptors were looked at` };
}

function waitChannelOf(root: ProcRoot, pid: number): Reading<string> {
  const value = readTaskWaitChannel(root, { pid, tid: pid });
  return value === undefined ? { missing: "the kernel will not tell: it needs root, or the process has ended" } : { value };
}

function readText(path: string): string {
  return readFileSync(path, "utf8").slice(0, mostFileCharacters).trimEnd();
}
