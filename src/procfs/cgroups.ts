/** CPU time by cgroup: v2 cpu.stat (Documentation/admin-guide/cgroup-v2.rst), v1 cpuacct.usage (cgroup-v1/cpuacct.rst). */
import { type Dir, opendirSync } from "node:fs";
import type { Steps } from "../model/steps.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import { mountFields } from "./mounts.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** A mounted hierarchy that accounts CPU time. */
export interface CgroupMount {
  readonly hierarchy: "unified" | "cpuacct";
  readonly directory: string;
}

/** Finds the mounts among our own: the paths must be open to this process, whatever the host's look like. */
export function readCgroupMounts(files: KernelFiles, skips: Skips): readonly CgroupMount[] {
  const text = files.read(`${files.root.procfs}/self/mounts`);
  return text === undefined ? [] : parseCgroupMounts(text, skips);
}

/** Picks them out of a mounts file. */
export function parseCgroupMounts(text: Scanner, skips: Skips): readonly CgroupMount[] {
  const mounts: CgroupMount[] = [];
  parseLines(text, skips, () => {
    const [, directory = "", fstype, options] = mountFields(text);
    if (fstype === "cgroup2") mounts.push({ hierarchy: "unified", directory });
    if (fstype === "cgroup" && options?.split(",").includes("cpuacct")) mounts.push({ hierarchy: "cpuacct", directory });
  });
  return mounts;
}

/** The file that says what a cgroup uses. */
export function cgroupCpuFile({ directory, hierarchy }: CgroupMount, path: string): string {
  return `${directory}${path === "/" ? "" : path}/${hierarchy === "cpuacct" ? "cpuacct.usage" : "cpu.stat"}`;
}

/** Reads what the cgroup of such a file and those below it have used, in seconds; undefined when it is gone. */
export function readCgroupCpu(files: KernelFiles, { hierarchy }: CgroupMount, file: string): number | undefined {
  const text = files.readAtOnce(file);
  if (text === undefined) return undefined;
  return hierarchy === "cpuacct" ? text.number() / 1e9 : parseCpuStat(text);
}

/** `usage_usec` is there with and without the cpu controller. */
export function parseCpuStat(text: Scanner): number {
  while (!text.atEnd) {
    if (text.take("usage_usec ")) return text.number() / 1e6;
    text.skipLine();
  }
  text.fail("a line usage_usec");
}

/** Lists the cgroups of a hierarchy, the root first, at most so many. */
export function* readCgroupPaths(mount: CgroupMount, most: number): Steps<readonly string[]> {
  const paths = ["/"];
  for (let index = 0; index < paths.length && paths.length < most; index++) {
    const parent = paths[index] as string;
    const add = (name: string) => paths.length < most && paths.push(`${parent === "/" ? "" : parent}/${name}`);
    yield* listFolders(`${mount.directory}${parent}`, add);
    yield;
  }
  return paths;
}

const entriesPerStep = 128;

/** By parts: one cgroup may hold thousands of others. */
function* listFolders(path: string, tell: (name: string) => void): Steps {
  let folder: Dir | undefined;
  try {
    folder = opendirSync(path, { bufferSize: entriesPerStep });
    for (let count = 1, entry = folder.readSync(); entry !== null; count++, entry = folder.readSync()) {
      if (entry.isDirectory()) tell(entry.name);
      if (count % entriesPerStep === 0) yield;
    }
  } catch {
    // removed a moment ago
  } finally {
    folder?.closeSync();
  }
}
