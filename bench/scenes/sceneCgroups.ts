/** A cgroup for each actor of a scene that really happens, and what the kernel says that it used. Needs root and cgroup v1. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Had } from "./world.ts";

const controllers = ["cpuacct", "memory", "blkio", "cpu"] as const;
/** Of the usual 1024: who wants the CPU waits for it, and takes next to nothing from whoever else works on the machine. */
const politeShares = 8;

interface Counters {
  readonly cpuSeconds: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** The cgroups of one scene. */
export class SceneCgroups {
  readonly #root: string;
  readonly #last = new Map<string, Counters>();

  constructor(root = "/sys/fs/cgroup") {
    const missing = controllers.filter((controller) => !existsSync(join(root, controller, "cgroup.procs")));
    if (missing.length > 0)
      throw new Error(`a scene is recorded where cgroup v1 has ${controllers.join(", ")}: no ${missing.join(", ")} here`);
    this.#root = root;
  }

  /** Makes that of an actor; the files into which its first process writes its pid. */
  make({ name, polite }: { readonly name: string; readonly polite?: true }): readonly string[] {
    return this.#foldersOf(name).map((folder) => {
      mkdirSync(folder, { recursive: true });
      const shares = join(folder, "cpu.shares");
      if (polite && existsSync(shares)) writeFileSync(shares, `${politeShares}`);
      if (folder.includes("blkio")) countBytes(folder);
      return join(folder, "cgroup.procs");
    });
  }

  /** What each had since the last time. Tasks of those that hang are nobody's doing. */
  read(actors: Iterable<{ readonly name: string; readonly hangs?: true }>, elapsedSeconds: number): ReadonlyMap<string, Had> {
    const had = new Map<string, Had>();
    for (const { name, hangs } of actors) {
      const one = this.#readOne(name, hangs ? /^R$/ : /^[RD]$/, elapsedSeconds);
      if (one !== undefined) had.set(name, one);
    }
    return had;
  }

  /** Ends all who live in one. */
  end(actor: string): void {
    for (const pid of this.#pids(actor)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // it was quicker
      }
    }
  }

  /** Takes it away, once those who lived in it are gone. */
  async remove(actor: string): Promise<void> {
    for (let attempt = 0; attempt < 100 && this.#pids(actor).length > 0; attempt++) {
      this.end(actor);
      await sleep(50);
    }
    for (const folder of this.#foldersOf(actor)) if (existsSync(folder)) rmdirSync(folder);
    for (const controller of controllers) {
      const slice = join(this.#root, controller, "system.slice");
      if (existsSync(slice) && readdirSync(slice, { withFileTypes: true }).every((entry) => !entry.isDirectory())) rmdirSync(slice);
    }
  }

  #readOne(actor: string, busy: RegExp, elapsedSeconds: number): Had | undefined {
    const [cpuacct = "", memory = "", blkio = ""] = this.#foldersOf(actor);
    if (!existsSync(cpuacct)) return undefined;
    const bytes = bytesIn(readFileSync(join(blkio, "blkio.throttle.io_service_bytes_recursive"), "utf8"));
    const now = { cpuSeconds: this.#number(join(cpuacct, "cpuacct.usage")) / 1e9, ...bytes };
    const last = this.#last.get(actor) ?? { cpuSeconds: 0, readBytes: 0, writtenBytes: 0 };
    this.#last.set(actor, now);
    const resident = /^total_rss (\d+)$/m.exec(readFileSync(join(memory, "memory.stat"), "utf8"));
    return {
      cpuCores: (now.cpuSeconds - last.cpuSeconds) / elapsedSeconds,
      tasks: busyTasks(readFileSync(join(cpuacct, "tasks"), "utf8"), busy),
      residentBytes: Number(resident?.[1] ?? 0),
      readBytes: (now.readBytes - last.readBytes) / elapsedSeconds,
      writtenBytes: (now.writtenBytes - last.writtenBytes) / elapsedSeconds,
    };
  }

  #pids(actor: string): readonly number[] {
    const file = join(this.#foldersOf(actor)[0] ?? "", "cgroup.procs");
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
  }

  /** As a service manager would have it, so that Culprit tells the unit. */
  #foldersOf(actor: string): readonly string[] {
    return controllers.map((controller) => join(this.#root, controller, "system.slice", `${actor}.service`));
  }

  #number(path: string): number {
    return Number(readFileSync(path, "utf8"));
  }
}

/** The kernel counts the bytes of a cgroup only where they are limited: to more than any disk can do. */
function countBytes(folder: string): void {
  for (const disk of readdirSync("/sys/block")) {
    const number = readFileSync(join("/sys/block", disk, "dev"), "utf8").trim();
    for (const way of ["read", "write"]) writeFileSync(join(folder, `blkio.throttle.${way}_bps_device`), `${number} ${1e12}`);
  }
}

/** Moves this process into cgroups and becomes another program. */
export function enterAnd(files: readonly string[], command: readonly string[]): readonly string[] {
  const enter = files.map((file) => `echo $$ > '${file}'`).join(" && ");
  return ["sh", "-c", `${enter} && exec "$@"`, "sh", ...command];
}

function bytesIn(text: string): Omit<Counters, "cpuSeconds"> {
  const sum = (kind: string) =>
    [...text.matchAll(new RegExp(`^\\d+:\\d+ ${kind} (\\d+)$`, "gm"))].reduce((all, [, bytes]) => all + Number(bytes), 0);
  return { readBytes: sum("Read"), writtenBytes: sum("Write") };
}

/** How many of the tasks are in such a state: run or wait for a CPU, or are in uninterruptible sleep. */
function busyTasks(list: string, isBusy: RegExp): number {
  let busy = 0;
  for (const task of list.split("\n").filter(Boolean)) {
    try {
      const stat = readFileSync(`/proc/${task}/stat`, "latin1");
      if (isBusy.test(stat.charAt(stat.lastIndexOf(")") + 2))) busy++;
    } catch {
      // it has ended meanwhile
    }
  }
  return busy;
}
