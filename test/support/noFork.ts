import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programPath } from "./servers.ts";

/**
 * Forbids a process to fork. Root is above RLIMIT_NPROC, so a cgroup does it; for everybody else the limit does, and only they need no
 * cgroup of their own.
 */
export class NoFork {
  #cgroup: string | undefined;

  forbid(pid: number): void {
    const parent = pidsHierarchy();
    if (parent === undefined) {
      const limit = spawnSync("prlimit", ["--pid", String(pid), "--nproc=0:0"]);
      assert.equal(limit.status, 0, `prlimit: ${limit.stderr}`);
      return;
    }
    const cgroup = join(parent, `culprit-test-${pid}`);
    mkdirSync(cgroup);
    this.#cgroup = cgroup;
    // what is inside already may stay
    writeFileSync(join(cgroup, "pids.max"), "1");
    writeFileSync(join(cgroup, "cgroup.procs"), String(pid));
  }

  /** Once the process is gone. */
  remove(): void {
    if (this.#cgroup !== undefined) rmdirSync(this.#cgroup);
  }

  /** Why forking cannot be forbidden here; undefined where it can. */
  static obstacle(): string | undefined {
    if (process.getuid?.() === 0) return pidsHierarchy() === undefined ? "there must be a pids cgroup to forbid forking" : undefined;
    return programPath("prlimit") === undefined ? "there must be prlimit (util-linux) to forbid forking" : undefined;
  }
}

/** Where root makes a cgroup that counts processes: version 1 has a hierarchy for it, in version 2 the controller must be on. */
function pidsHierarchy(): string | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].find(countsProcesses);
}

function countsProcesses(parent: string): boolean {
  const probe = join(parent, `culprit-test-probe-${process.pid}`);
  try {
    mkdirSync(probe);
  } catch {
    return false;
  }
  try {
    return existsSync(join(probe, "pids.max"));
  } finally {
    rmdirSync(probe);
  }
}
