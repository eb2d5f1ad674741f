/** A cgroup with limits, of either version; it goes when the bench ends. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What is limited. */
export interface Limits {
  readonly memoryBytes?: number;
  readonly processes?: number;
}

const root = "/sys/fs/cgroup";
const isVersion2 = existsSync(join(root, "cgroup.controllers"));
let made = 0;

/** One of them. */
export class LimitedCgroup {
  readonly #directories = new Map<"memory" | "pids", string>();

  /** @throws where this machine, or this user, has no such cgroups */
  constructor({ memoryBytes, processes }: Limits) {
    const name = `culprit-bench-${process.pid}-${made++}`;
    if (memoryBytes !== undefined) this.#limit("memory", name, isVersion2 ? "memory.max" : "memory.limit_in_bytes", memoryBytes);
    if (processes !== undefined) this.#limit("pids", name, "pids.max", processes);
    process.once("exit", () => this.remove());
  }

  /** Where a process writes its id to be in it. */
  get processesPaths(): readonly string[] {
    return [...new Set(this.#directories.values())].map((directory) => join(directory, "cgroup.procs"));
  }

  /** How often the kernel has killed something for want of memory. */
  get oomKills(): number {
    const directory = this.#directories.get("memory");
    if (directory === undefined) return 0;
    const text = readFileSync(join(directory, isVersion2 ? "memory.events" : "memory.oom_control"), "utf8");
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  remove(): void {
    for (const directory of new Set(this.#directories.values())) {
      try {
        rmdirSync(directory);
      } catch {
        // somebody is still in it, or it has gone
      }
    }
  }

  #limit(controller: "memory" | "pids", name: string, file: string, value: number): void {
    const directory = join(isVersion2 ? root : join(root, controller), name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, file), String(value));
    this.#directories.set(controller, directory);
  }
}
