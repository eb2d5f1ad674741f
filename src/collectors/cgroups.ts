/**
 * CPU time by cgroup, which is exact to the microsecond and knows of processes that nobody saw.
 *
 * One hierarchy serves the whole machine: the unified one where processes have paths in it, else v1's cpuacct.
 */
import type { Clock } from "../model/clock.ts";
import type { CgroupCpuReading, ProcessesReading, ProcessReading } from "../model/processes.ts";
import { eachInSteps, inTurns } from "../model/steps.ts";
import { type CgroupMount, cgroupCpuFile, readCgroupCpu, readCgroupMounts, readCgroupPaths } from "../procfs/cgroups.ts";
import { KernelFiles } from "../procfs/kernelFiles.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { Skips } from "../procfs/skips.ts";
import type { Collector } from "./collector.ts";
import { preparedCollector } from "./prepared.ts";
import { inSlices, Slice } from "./slices.ts";

/** Cgroups come and go with services and containers, which live for seconds at least. */
const walkEverySeconds = 5;
const mostCgroups = 10_000;
/** The files of so many stay open; those of others are opened for every reading. */
const mostOpen = 2000;

/**
 * Reads every cgroup in ticks in which the processes were read completely or have reaped, and in one tick in ten of the others.
 * `processesNow` are the processes of the tick that is being prepared.
 */
export function createCgroupsCollector(root: ProcRoot, processesNow: () => ProcessesReading | undefined): Collector<"cgroups"> {
  // descriptors of its own: cgroups that are gone are let go with their files
  const files = new KernelFiles(root);
  const passing = new KernelFiles(root);
  const skips = new Skips();
  let mounts: readonly CgroupMount[] | undefined;
  let mount: CgroupMount | undefined;
  let unifiedIsUsed = false;
  /** Mounts in which no cgroup says anything: on a kernel before 4.15 the unified hierarchy has no cpu.stat. */
  const silent = new Set<CgroupMount>();
  /** Every cgroup's file, by path: made once, for there may be thousands. */
  let known: ReadonlyMap<string, string> = new Map();
  let nextWalkSeconds = Number.NEGATIVE_INFINITY;
  let skipped = 0;
  let usageBefore: ReadonlyMap<string, number> = new Map();
  let oddBefore: ReadonlySet<string> = new Set();

  function choose(processes: ProcessesReading | undefined): void {
    mounts ??= readCgroupMounts(files, skips);
    if (mounts.length === 0) return;
    // a zombie may still be listed in a cgroup without living processes
    const livesInUnified = ({ exiting, identity: { unifiedCgroup = "/" } }: ProcessReading) => !exiting && unifiedCgroup !== "/";
    unifiedIsUsed ||= processes?.changed.some(livesInUnified) ?? false;
    const wanted = unifiedIsUsed ? "unified" : "cpuacct";
    const speaking = mounts.filter((one) => !silent.has(one));
    mount = speaking.find((one) => one.hierarchy === wanted) ?? speaking[0] ?? mounts[0];
  }

  /** True when a process is in a cgroup that is not known yet: the list must be read again. */
  function isNewIn(processes: ProcessesReading | undefined, { hierarchy }: CgroupMount): boolean {
    return (
      processes?.changed.some(({ identity }) => {
        const path = hierarchy === "unified" ? identity.unifiedCgroup : identity.cpuacctCgroup;
        return path !== undefined && !known.has(path);
      }) ?? false
    );
  }

  async function walk(clock: Clock, chosen: CgroupMount, processes: ProcessesReading | undefined): Promise<void> {
    if (clock.monotonicSeconds() < nextWalkSeconds && !isNewIn(processes, chosen)) return;
    nextWalkSeconds = clock.monotonicSeconds() + walkEverySeconds;
    const slice = new Slice(clock);
    const isOver = () => slice.isOver;
    const next = () => slice.next();
    const found = await inTurns(readCgroupPaths(chosen, mostCgroups), isOver, next);
    const before = known;
    known = new Map(found.map((path) => [path, before.get(path) ?? cgroupCpuFile(chosen, path)]));
    await inTurns(
      eachInSteps(before.keys(), (path) => {
        if (!known.has(path)) files.close(`${chosen.directory}${path}/`);
      }),
      isOver,
      next,
    );
  }

  /** A cgroup that is odd for once has stood still: its rise comes with the next reading. One that stays odd is none. */
  async function readUsage(clock: Clock, chosen: CgroupMount): Promise<ReadonlyMap<string, number>> {
    const usageSeconds = new Map<string, number>();
    const odd = new Set<string>();
    let left = mostOpen;
    await inSlices(clock, [...known], ([path, file]) => {
      const reader = left-- > 0 ? files : passing;
      try {
        const seconds = readCgroupCpu(reader, chosen, file);
        if (seconds !== undefined) usageSeconds.set(path, seconds);
      } catch (error) {
        skips.add(`${chosen.directory}${path}`, error);
        const before = oddBefore.has(path) ? undefined : usageBefore.get(path);
        if (before !== undefined) usageSeconds.set(path, before);
        odd.add(path);
      }
      passing.close();
    });
    usageBefore = usageSeconds;
    oddBefore = odd;
    return usageSeconds;
  }

  async function read(clock: Clock): Promise<CgroupCpuReading | undefined> {
    const processes = processesNow();
    const before = mount;
    choose(processes);
    if (mount === undefined) return undefined;
    const { hierarchy } = mount;
    if (before !== mount) {
      files.close();
      known = new Map();
      nextWalkSeconds = Number.NEGATIVE_INFINITY;
    }
    const { complete, reaped } = processes ?? {};
    if (complete === false && reaped !== true && ++skipped < 10) {
      return { hierarchy, readAtSeconds: clock.monotonicSeconds(), usageSeconds: none };
    }
    skipped = 0;
    const chosen = mount;
    await walk(clock, chosen, processes);
    const readAtSeconds = clock.monotonicSeconds();
    const usageSeconds = await readUsage(clock, chosen);
    // the root may be without it, but not all that are below
    if (usageSeconds.size === 0 && known.size > 1) silent.add(chosen);
    return { hierarchy, readAtSeconds, usageSeconds };
  }

  return { ...preparedCollector("cgroups", () => read, skips), close: () => files.close() };
}

const none: ReadonlyMap<string, number> = new Map();
