/**
 * CPU time by cgroup, which is exact to the microsecond and knows of processes that nobody saw.
 *
 * One hierarchy serves the whole machine: the unified one where processes have paths in it, else v1's cpuacct.
 */
import type { Clock } from "../model/clock.ts";
import type { ProcessesReading, ProcessReading } from "../model/sample.ts";
import { type CgroupMount, readCgroupCpu, readCgroupMounts, readCgroupPaths } from "../procfs/cgroups.ts";
import { KernelFiles } from "../procfs/kernelFiles.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { Skips } from "../procfs/skips.ts";
import type { Collector } from "./collector.ts";

/** Cgroups come and go with services and containers, which live for seconds at least. */
const walkEverySeconds = 5;
const mostCgroups = 2000;

/** Reads every cgroup in ticks in which the processes were read completely or have reaped, and in one tick in ten of the others. */
export function createCgroupsCollector(root: ProcRoot): Collector<"cgroups"> {
  // descriptors of its own: cgroups that are gone are let go with their files
  const files = new KernelFiles(root);
  const skips = new Skips();
  let mounts: readonly CgroupMount[] | undefined;
  let mount: CgroupMount | undefined;
  let unifiedIsUsed = false;
  /** Mounts in which no cgroup says anything: on a kernel before 4.15 the unified hierarchy has no cpu.stat. */
  const silent = new Set<CgroupMount>();
  let paths: readonly string[] = [];
  let nextWalkSeconds = Number.NEGATIVE_INFINITY;
  let skipped = 0;
  let usageBefore: ReadonlyMap<string, number> = new Map();
  let oddBefore: ReadonlySet<string> = new Set();

  function choose(processes: ProcessesReading | undefined): void {
    mounts ??= readCgroupMounts(files, skips);
    if (mounts.length === 0) return;
    // a zombie may still be shown where nobody lives any more
    const livesInUnified = ({ exiting, identity: { unifiedCgroup = "/" } }: ProcessReading) => !exiting && unifiedCgroup !== "/";
    unifiedIsUsed ||= processes?.changed.some(livesInUnified) ?? false;
    const wanted = unifiedIsUsed ? "unified" : "cpuacct";
    const speaking = mounts.filter((one) => !silent.has(one));
    mount = speaking.find((one) => one.hierarchy === wanted) ?? speaking[0] ?? mounts[0];
  }

  /** A process in a cgroup that is not known yet says that it is time to look. */
  function isNewIn(processes: ProcessesReading | undefined, { hierarchy }: CgroupMount): boolean {
    const known = new Set(paths);
    return (
      processes?.changed.some(({ identity }) => {
        const path = hierarchy === "unified" ? identity.unifiedCgroup : identity.cpuacctCgroup;
        return path !== undefined && !known.has(path);
      }) ?? false
    );
  }

  function walk(clock: Clock, chosen: CgroupMount, processes: ProcessesReading | undefined): void {
    if (clock.monotonicSeconds() < nextWalkSeconds && !isNewIn(processes, chosen)) return;
    nextWalkSeconds = clock.monotonicSeconds() + walkEverySeconds;
    const found = readCgroupPaths(chosen, mostCgroups);
    const kept = new Set(found);
    for (const path of paths) if (!kept.has(path)) files.close(`${chosen.directory}${path}/`);
    paths = found;
  }

  /** A cgroup that is odd for once has stood still: its rise comes with the next reading. One that stays odd is none. */
  function readUsage(chosen: CgroupMount): ReadonlyMap<string, number> {
    const usageSeconds = new Map<string, number>();
    const odd = new Set<string>();
    for (const path of paths) {
      try {
        const seconds = readCgroupCpu(files, chosen, path);
        if (seconds !== undefined) usageSeconds.set(path, seconds);
      } catch (error) {
        skips.add(`${chosen.directory}${path}`, error);
        const before = oddBefore.has(path) ? undefined : usageBefore.get(path);
        if (before !== undefined) usageSeconds.set(path, before);
        odd.add(path);
      }
    }
    usageBefore = usageSeconds;
    oddBefore = odd;
    return usageSeconds;
  }

  return {
    part: "cgroups",
    skips,
    collect(clock, parts) {
      const before = mount;
      choose(parts?.processes);
      if (mount === undefined) return undefined;
      if (before !== mount) {
        files.close();
        paths = [];
        nextWalkSeconds = Number.NEGATIVE_INFINITY;
      }
      const { complete, reaped } = parts?.processes ?? {};
      if (complete === false && reaped !== true && ++skipped < 10)
        return { hierarchy: mount.hierarchy, readAtSeconds: clock.monotonicSeconds(), usageSeconds: none };
      skipped = 0;
      walk(clock, mount, parts?.processes);
      const readAtSeconds = clock.monotonicSeconds();
      const usageSeconds = readUsage(mount);
      // the root may be without it, but not all that are below
      if (usageSeconds.size === 0 && paths.length > 1) silent.add(mount);
      return { hierarchy: mount.hierarchy, readAtSeconds, usageSeconds };
    },
    close: () => files.close(),
  };
}

const none: ReadonlyMap<string, number> = new Map();
