/** A cgroup of the test's own, named as a service manager or a container runtime names them. Needs root. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The two ways in which a kernel accounts CPU time by cgroup, and v1's for memory. */
export type Hierarchy = "unified" | "cpuacct" | "memory";

/** Where a hierarchy is mounted; undefined where it is not. */
function cgroupMount(hierarchy: Hierarchy): string | undefined {
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    const [left = "", right = ""] = line.split(" - ");
    const [type = "", , options = ""] = right.split(" ");
    const matches = hierarchy === "unified" ? type === "cgroup2" : type === "cgroup" && options.split(",").includes(hierarchy);
    if (matches) return left.split(" ")[4];
  }
  return undefined;
}

/** Whether any process has a place in the unified hierarchy: then that is the one which says who is who. */
function isUnifiedInUse(): boolean {
  return readdirSync("/proc").some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return /^0::\/(?!.* \(deleted\)$)./m.test(readFileSync(`/proc/${entry}/cgroup`, "utf8"));
    } catch {
      return false;
    }
  });
}

/** Why no cgroup can be made in this hierarchy, or undefined when one can. */
export function whyNoCgroup(hierarchy: Hierarchy): string | undefined {
  if (process.getuid?.() !== 0) return "it must run as root";
  if (hierarchy !== "unified" && isUnifiedInUse()) return "v1 cgroups are proven on machines that do not use v2";
  try {
    const boxes = new CgroupBoxes(hierarchy);
    try {
      boxes.make(`culprit-test-probe-${process.pid}`);
    } finally {
      boxes.remove();
    }
    return undefined;
  } catch (error) {
    return `cgroups must be possible in the ${hierarchy} hierarchy (${error instanceof Error ? error.message : error})`;
  }
}

/** Cgroups of one hierarchy; `remove` takes all of them away, with who still lives in them. */
export class CgroupBoxes {
  readonly #mount: string;
  readonly #mounted: string | undefined;
  readonly #made: string[] = [];

  constructor(hierarchy: Hierarchy) {
    const found = cgroupMount(hierarchy);
    this.#mounted = found === undefined ? mountUnified(hierarchy) : undefined;
    this.#mount = found ?? this.#mounted ?? "";
  }

  /** Makes a cgroup and those above it; the folder it is in. */
  make(path: string): string {
    const folder = join(this.#mount, path);
    for (const one of this.#missing(folder)) {
      mkdirSync(one);
      this.#made.push(one);
    }
    return folder;
  }

  /** Has somebody live there until it is removed: on a machine that uses a hierarchy, it is never empty. */
  occupy(path: string): void {
    const { pid } = spawn("sleep", ["1000"], { stdio: "ignore" });
    if (pid === undefined) throw new Error("sleep cannot be started");
    writeFileSync(join(this.make(path), "cgroup.procs"), `${pid}`);
  }

  remove(): void {
    for (const folder of this.#made.splice(0).reverse()) {
      // whoever was told to die needs a moment to be gone
      for (let attempt = 0; existsSync(folder) && attempt < 50; attempt++) {
        if (!empty(folder)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      }
      if (existsSync(folder)) throw new Error(`${folder} cannot be removed`);
    }
    if (this.#mounted !== undefined) {
      spawnSync("umount", [this.#mounted]);
      rmdirSync(this.#mounted);
    }
  }

  /** Only what was not there before is ours to remove. */
  #missing(folder: string): readonly string[] {
    if (existsSync(folder)) return [];
    return [...(dirname(folder) === folder ? [] : this.#missing(dirname(folder))), folder];
  }
}

function empty(folder: string): boolean {
  for (const pid of readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").map(Number)) {
    try {
      if (pid > 0) process.kill(pid, "SIGKILL");
    } catch {
      // it was quicker
    }
  }
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/** The unified hierarchy can always be mounted once more; v1's cannot while somebody else has its controllers. */
function mountUnified(hierarchy: Hierarchy): string {
  if (hierarchy !== "unified") throw new Error(`${hierarchy} is not mounted`);
  const folder = mkdtempSync(join(tmpdir(), "culprit-cgroup2-"));
  const mounted = spawnSync("mount", ["-t", "cgroup2", "none", folder], { encoding: "utf8" });
  if (mounted.status === 0) return folder;
  rmdirSync(folder);
  throw new Error(`mount -t cgroup2: ${mounted.error?.message ?? mounted.stderr}`);
}
