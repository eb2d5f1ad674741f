/** The files that say what a cgroup uses and may use: v1 and v2 (Documentation/admin-guide/cgroup-v1, cgroup-v2.rst). */
import { readFileSync } from "node:fs";
import { normalize } from "node:path";
import { unescapeMount } from "./mounts.ts";
import type { ProcRoot } from "./root.ts";

/** A mounted hierarchy. */
export interface CgroupHierarchy {
  readonly version: 1 | 2;
  readonly directory: string;
  /** Of version 1: the mount's options, controllers among them. */
  readonly controllers: readonly string[];
}

/** A process' place in one hierarchy, as a line of /proc/PID/cgroup has it. */
interface CgroupPlace {
  /** Of version 2 none. */
  readonly controllers: readonly string[];
  readonly path: string;
}

/** What is worth reading of a cgroup. */
const filesOfVersion2 = [
  ...["cpu.stat", "cpu.max", "cpu.weight", "cpu.pressure"],
  ...["memory.current", "memory.max", "memory.high", "memory.events", "memory.pressure", "memory.swap.current", "memory.swap.max"],
  ...["io.stat", "io.max", "io.pressure", "pids.current", "pids.max", "cgroup.events", "cgroup.freeze"],
];
const filesOfController: Readonly<Record<string, readonly string[]>> = {
  cpu: ["cpu.stat", "cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.shares"],
  cpuacct: ["cpuacct.usage", "cpuacct.stat"],
  memory: ["memory.usage_in_bytes", "memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.failcnt", "memory.oom_control"],
  blkio: ["blkio.throttle.io_service_bytes"],
  pids: ["pids.current", "pids.max"],
  freezer: ["freezer.state"],
};

/** The hierarchies that are mounted where this process can see them. */
export function readCgroupHierarchies(root: ProcRoot): readonly CgroupHierarchy[] {
  return parseCgroupHierarchies(readFileSync(`${root.procfs}/self/mounts`, "utf8"));
}

/** Picks them out of a mounts file; of several mounts of the same one the first. */
export function parseCgroupHierarchies(text: string): readonly CgroupHierarchy[] {
  return text.split("\n").flatMap((line): CgroupHierarchy[] => {
    const [, directory, fstype, options] = line.split(" ").map((field) => unescapeMount(Buffer.from(field)).toString());
    if (directory === undefined || options === undefined) return [];
    if (fstype === "cgroup2") return [{ version: 2, directory, controllers: [] }];
    return fstype === "cgroup" ? [{ version: 1, directory, controllers: options.split(",") }] : [];
  });
}

/** Reads /proc/PID/cgroup. */
export function readCgroupPlaces(root: ProcRoot, pid: number): readonly CgroupPlace[] {
  return parseCgroupPlaces(readFileSync(`${root.procfs}/${pid}/cgroup`, "utf8"));
}

/** `number:controller,controller:path` a line. */
export function parseCgroupPlaces(text: string): readonly CgroupPlace[] {
  return [...text.matchAll(/^\d+:([^:\n]*):(.*)$/gm)].map(([, controllers = "", path = ""]) => ({
    controllers: controllers === "" ? [] : controllers.split(","),
    path,
  }));
}

/**
 * The files of a place, by absolute path. None where its hierarchy is not mounted, accounts nothing, or where the path leads out of
 * what this process can see (`/../other`, from inside of another cgroup namespace).
 */
export function cgroupFilesOf({ controllers, path }: CgroupPlace, hierarchies: readonly CgroupHierarchy[]): readonly string[] {
  const names = controllers.length === 0 ? filesOfVersion2 : controllers.flatMap((controller) => filesOfController[controller] ?? []);
  const mount = hierarchies.find((one) =>
    controllers.length === 0 ? one.version === 2 : controllers.every((controller) => one.controllers.includes(controller)),
  );
  if (mount === undefined) return [];
  const folder = normalize(`${mount.directory}/${path}/`);
  if (!folder.startsWith(`${mount.directory}/`)) return [];
  return names.map((name) => `${folder}${name}`);
}
