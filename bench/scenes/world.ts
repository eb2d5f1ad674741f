/**
 * A machine that is made up, down to its Samples: actors want CPU, memory and disk, the machine gives what it has, and keeps account of it by
 * cgroup. What Culprit is shown is what a kernel would show; what the cgroups say is the truth that it is held against.
 */
import type { CpuModeSeconds } from "../../src/model/machine.ts";
import type { ProcessKey, ProcessReading } from "../../src/model/processes.ts";
import type { Sample } from "../../src/model/sample.ts";
import { sampleAt } from "../../test/support/samples.ts";

/** What an actor wants in one second. */
export interface Want {
  /** CPU, in cores, spread over so many tasks (one a core unless told). */
  readonly cores?: number;
  readonly tasks?: number;
  readonly residentBytes?: number;
  readonly readBytes?: number;
  readonly writtenBytes?: number;
  /** Children that live for less than a second: how many, and the CPU seconds of each. */
  readonly children?: { readonly count: number; readonly cpuSeconds: number };
  /** Tasks that hang, for a server that does not answer. */
  readonly hung?: number;
  /** Reads little and often, and waits whenever the disk is busy. */
  readonly waitsForDisk?: number;
}

/** A service of the machine, in a cgroup of its own. */
export interface Actor {
  readonly name: string;
  /** Undefined while it is not there. */
  wants(second: number): Want | undefined;
}

/** The machine that they share. */
export interface WorldSize {
  readonly cores: number;
  readonly memoryBytes: number;
  /** What the disk reads and writes in a second, at most. */
  readonly diskBytes: number;
}

/** What an actor really had in one second, by its cgroup. */
export interface Had {
  cpuCores: number;
  /** Tasks that ran, waited for a CPU, or waited for the disk; those that hang are nobody's doing. */
  tasks: number;
  residentBytes: number;
  readBytes: number;
  writtenBytes: number;
}

interface Living {
  readonly actor: Actor;
  readonly pid: number;
  readonly key: ProcessKey;
  readonly startedSeconds: number;
  userSeconds: number;
  childSeconds: number;
  readBytes: number;
  writtenBytes: number;
  /** Children that were seen alive at the last tick. */
  children: ProcessReading[];
  /** CPU of children that the parent has not waited for yet. */
  owedSeconds: number;
}

const noModes: CpuModeSeconds = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0, guest: 0, guestNice: 0 };
/** The kernel lets dirty pages lie for so long, and for less when there are many. */
const writeBackAfterSeconds = 5;
const manyDirtyBytes = 1e9;
/** What the kernel and the rest of the machine hold. */
const baseBytes = 600e6;

/** The machine. */
export class World {
  readonly size: WorldSize;
  readonly #random: () => number;
  readonly #living = new Map<Actor, Living>();
  readonly #cgroups = new Map<string, number>([["/", 0]]);
  readonly #dirty: { bytes: number; readonly atSecond: number }[] = [];
  #nextPid = 1000;
  #idle = 0;
  #user = 0;
  #iowait = 0;
  #diskRead = 0;
  #diskWritten = 0;
  #load = [0, 0, 0];
  readonly #stalls = { cpu: 0, memory: 0, io: 0 };
  #forks = 5000;

  constructor(size: WorldSize, random: () => number) {
    this.size = size;
    this.#random = random;
  }

  /** Lets a second pass. */
  step(second: number, actors: readonly Actor[]): { readonly sample: Sample; readonly had: ReadonlyMap<string, Had> } {
    const vanished: ProcessKey[] = [];
    const wants = new Map<Living, Want>();
    for (const actor of actors) {
      const want = actor.wants(second);
      const known = this.#living.get(actor);
      if (want === undefined) {
        if (known !== undefined) vanished.push(...this.#end(known));
      } else wants.set(known ?? this.#begin(actor, second), want);
    }
    const disk = this.#serveDisk(second, wants);
    const cpu = this.#shareCpu(wants, disk);
    const had = new Map<string, Had>();
    const changed: ProcessReading[] = [];
    let running = 0;
    let blocked = 0;
    let hung = 0;
    let usedCores = 0;
    let resident = 0;
    for (const [living, want] of wants) {
      const { cores, childCores } = cpu.get(living) ?? { cores: 0, childCores: 0 };
      usedCores += cores + childCores;
      resident += want.residentBytes ?? 0;
      this.#account(living, cores + childCores);
      living.userSeconds += cores;
      living.readBytes += disk.read.get(living) ?? 0;
      living.writtenBytes += want.writtenBytes ?? 0;
      const state = this.#tasksOf(living, want, cores, disk);
      const children = this.#liveChildren(living, want, childCores, second, vanished);
      running += state.running + children.length;
      blocked += state.blocked;
      hung += state.hung;
      changed.push(this.#reading(living, want, second, state), ...children);
      had.set(living.actor.name, {
        cpuCores: cores + childCores,
        tasks: state.running + state.blocked - state.hung + children.length,
        residentBytes: want.residentBytes ?? 0,
        readBytes: disk.read.get(living) ?? 0,
        writtenBytes: want.writtenBytes ?? 0,
      });
    }
    this.#settle(second, usedCores, { running, blocked, hung }, disk.isBusy);
    const sample = this.#sampleOf(second, changed, vanished, resident, running, blocked);
    return { sample, had };
  }

  #begin(actor: Actor, second: number): Living {
    const pid = this.#pid();
    const startedSeconds = second + 1;
    const living: Living = {
      ...{ actor, pid, startedSeconds, key: `${pid}@${startedSeconds}` as const },
      ...{ userSeconds: 0, childSeconds: 0, readBytes: 0, writtenBytes: 0, children: [], owedSeconds: 0 },
    };
    this.#living.set(actor, living);
    return living;
  }

  #end(living: Living): readonly ProcessKey[] {
    this.#living.delete(living.actor);
    return [living.key, ...living.children.map(({ key }) => key)];
  }

  #pid(): number {
    this.#nextPid += 1 + Math.floor(this.#random() * 3);
    this.#forks += 1;
    return this.#nextPid;
  }

  /** Fair by tasks: whoever wants less than its part leaves the rest to others. */
  #shareCpu(wants: ReadonlyMap<Living, Want>, { read, wanted }: DiskSecond) {
    const asks = [...wants].map(([living, want]) => {
      // who waits for the disk cannot burn meanwhile
      const asked = wanted.get(living) ?? 0;
      const served = asked === 0 ? 1 : (read.get(living) ?? 0) / asked;
      const own = (want.cores ?? 0) * served;
      const childCores = want.children === undefined ? 0 : want.children.count * want.children.cpuSeconds;
      return { living, own, childCores, tasks: Math.max(1, want.tasks ?? Math.ceil(own + childCores)), got: 0 };
    });
    let left = this.size.cores;
    let open = asks.filter(({ own, childCores }) => own + childCores > 0);
    while (open.length > 0 && left > 1e-9) {
      const tasks = open.reduce((sum, one) => sum + one.tasks, 0);
      const fair = left / tasks;
      const sated = open.filter((one) => one.own + one.childCores - one.got <= fair * one.tasks);
      for (const one of sated.length > 0 ? sated : open) {
        const part = sated.length > 0 ? one.own + one.childCores - one.got : fair * one.tasks;
        one.got += part;
        left -= part;
      }
      open = sated.length > 0 ? open.filter((one) => !sated.includes(one)) : [];
    }
    return new Map(
      asks.map(({ living, own, childCores, got }) => {
        const all = own + childCores;
        return [living, { cores: all > 0 ? (got * own) / all : 0, childCores: all > 0 ? (got * childCores) / all : 0 }] as const;
      }),
    );
  }

  #serveDisk(second: number, wants: ReadonlyMap<Living, Want>): DiskSecond {
    for (const want of wants.values()) if (want.writtenBytes) this.#dirty.push({ bytes: want.writtenBytes, atSecond: second });
    const dirty = this.#dirty.reduce((sum, { bytes }) => sum + bytes, 0);
    const due = this.#dirty
      .filter(({ atSecond }) => dirty > manyDirtyBytes || second - atSecond >= writeBackAfterSeconds)
      .reduce((sum, { bytes }) => sum + bytes, 0);
    const wanted = new Map([...wants].map(([living, want]) => [living, want.readBytes ?? 0] as const));
    const asked = [...wanted.values()].reduce((sum, bytes) => sum + bytes, 0);
    const scale = Math.min(1, this.size.diskBytes / Math.max(1, asked + due));
    const flushed = due * scale;
    this.#diskWritten += flushed;
    this.#diskRead += asked * scale;
    let rest = flushed;
    while (rest > 0 && this.#dirty[0] !== undefined) {
      const part = Math.min(rest, this.#dirty[0].bytes);
      this.#dirty[0].bytes -= part;
      rest -= part;
      if (this.#dirty[0].bytes < 1) this.#dirty.shift();
    }
    const read = new Map([...wanted].map(([living, bytes]) => [living, bytes * scale] as const));
    return { read, wanted, isBusy: (asked + due) / this.size.diskBytes >= 0.8 };
  }

  /** What its tasks were doing at the moment of the tick. */
  #tasksOf(living: Living, want: Want, cores: number, { read, isBusy }: DiskSecond): Doing {
    const tasks = want.tasks ?? Math.ceil(want.cores ?? 0);
    const wanted = want.cores ?? 0;
    const crowded = cores < wanted - 1e-6;
    let running = 0;
    for (let task = 0; task < tasks; task++) if (crowded || this.#random() < wanted / tasks) running++;
    const waits = isBusy ? (want.waitsForDisk ?? 0) : 0;
    const reads = (read.get(living) ?? 0) > 0 && this.#random() < 0.7 ? 1 : 0;
    return { running, blocked: waits + reads + (want.hung ?? 0), hung: want.hung ?? 0 };
  }

  /** Some children are alive when the tick looks; what the dead of this second burnt is their parent's to tell. */
  #liveChildren(living: Living, { children }: Want, childCores: number, second: number, vanished: ProcessKey[]): readonly ProcessReading[] {
    vanished.push(...living.children.map(({ key }) => key));
    living.childSeconds += living.owedSeconds;
    living.owedSeconds = 0;
    if (children === undefined) {
      living.children = [];
      return [];
    }
    const alive = Math.min(2, children.count);
    const each = (childCores / children.count) * 0.5;
    living.owedSeconds = alive * each;
    living.childSeconds += childCores - living.owedSeconds;
    this.#forks += children.count - alive;
    this.#nextPid += children.count;
    living.children = Array.from({ length: alive }, () => {
      const pid = this.#pid();
      return {
        ...{ key: `${pid}@${second}` as const, pid, parentPid: living.pid, readAtSeconds: second + 1, unchangedUntilSeconds: second },
        ...{ comm: "sh", state: "R", kernelThread: false, userSeconds: each, systemSeconds: 0, childUserSeconds: 0, childSystemSeconds: 0 },
        ...{ threads: 1, startedSeconds: second, virtualBytes: 0, residentBytes: 2e6, readBytes: 0, writtenBytes: 0 },
        identity: { ...identityOf(living.actor), commandLine: "sh -c true", arguments: ["sh", "-c", "true"] },
      };
    });
    return living.children;
  }

  #reading(living: Living, want: Want, second: number, { running, blocked, hung }: Doing): ProcessReading {
    const threads = Math.max(1, want.tasks ?? Math.ceil(want.cores ?? 0), blocked);
    return {
      ...{ key: living.key, pid: living.pid, parentPid: 1, readAtSeconds: second + 1, comm: living.actor.name.slice(0, 15) },
      ...(living.startedSeconds === second + 1 ? { unchangedUntilSeconds: second } : {}),
      state: blocked > 0 ? "D" : running > 0 ? "R" : "S",
      kernelThread: false,
      ...{ userSeconds: living.userSeconds, systemSeconds: 0, childUserSeconds: living.childSeconds, childSystemSeconds: 0 },
      ...{ threads, startedSeconds: living.startedSeconds, virtualBytes: 0, residentBytes: want.residentBytes ?? 5e6 },
      ...{ readBytes: living.readBytes, writtenBytes: living.writtenBytes },
      runningThreads: blocked > 0 ? running : Math.max(0, running - 1),
      uninterruptibleThreads: Math.max(0, blocked - 1),
      ...(blocked > 0 ? { waitChannel: hung > 0 ? "rpc_wait_bit_killable" : "folio_wait_bit_common" } : {}),
      identity: identityOf(living.actor),
    };
  }

  #account(living: Living, seconds: number): void {
    for (const path of ["/", "/system.slice", cgroupOf(living.actor)]) this.#cgroups.set(path, (this.#cgroups.get(path) ?? 0) + seconds);
  }

  #settle(second: number, usedCores: number, { running, blocked, hung }: Doing, isDiskBusy: boolean): void {
    const { cores } = this.size;
    const idle = Math.max(0, cores - usedCores);
    const iowait = Math.min(idle, blocked * 0.5);
    this.#user += usedCores;
    this.#iowait += iowait;
    this.#idle += idle - iowait;
    if (second % 5 === 4) {
      this.#load = this.#load.map((load, index) => {
        const keep = Math.exp(-5 / ([60, 300, 900][index] ?? 60));
        return load * keep + (running + blocked) * (1 - keep);
      });
    }
    const fullness = usedCores / cores;
    this.#stalls.cpu += running > cores ? 0.95 : fullness ** 4 * 0.3;
    // a task that waits for another machine is no stall of this one's disk
    this.#stalls.io += blocked > hung ? (isDiskBusy ? 0.9 : 0.3) : 0;
  }

  #sampleOf(
    second: number,
    changed: readonly ProcessReading[],
    vanished: readonly ProcessKey[],
    resident: number,
    running: number,
    blocked: number,
  ): Sample {
    const { cores, memoryBytes } = this.size;
    const at = second + 1;
    const modes = { ...noModes, user: this.#user, idle: this.#idle, iowait: this.#iowait };
    const each = { ...noModes, user: this.#user / cores, idle: this.#idle / cores, iowait: this.#iowait / cores };
    const [load1 = 0, load5 = 0, load15 = 0] = this.#load;
    const stall = (seconds: number) => ({ some: seconds, full: 0 });
    return sampleAt(at, {
      cpu: {
        ...{ readAtSeconds: at, total: modes, forks: this.#forks, runningTasks: running + 1, blockedTasks: blocked },
        perCpu: Array.from({ length: cores }, (_unused, cpu) => ({ cpu, modes: each })),
      },
      load: { load1, load5, load15, runnableTasks: running + 1, totalTasks: 200, lastPid: this.#nextPid },
      memory: {
        totalBytes: memoryBytes,
        availableBytes: Math.max(1e6, memoryBytes - baseBytes - resident),
        swapTotalBytes: 0,
        swapFreeBytes: 0,
        fields: new Map(),
      },
      disks: [{ device: "vda", whole: true, readBytes: this.#diskRead, writtenBytes: this.#diskWritten }],
      pressure: { cpu: stall(this.#stalls.cpu), memory: stall(this.#stalls.memory), io: stall(this.#stalls.io) },
      processes: { changed, vanished, total: changed.length, read: changed.length, complete: true, denied: 0 },
      cgroups: { hierarchy: "unified", readAtSeconds: at, usageSeconds: new Map(this.#cgroups) },
    });
  }
}

/** Tasks of one process at the moment of a tick. */
interface Doing {
  readonly running: number;
  readonly blocked: number;
  readonly hung: number;
}

interface DiskSecond {
  readonly read: ReadonlyMap<Living, number>;
  readonly wanted: ReadonlyMap<Living, number>;
  readonly isBusy: boolean;
}

/** The unit of an actor. */
export function unitOf({ name }: Pick<Actor, "name">): string {
  return `${name}.service`;
}

function cgroupOf(actor: Actor): string {
  return `/system.slice/${unitOf(actor)}`;
}

function identityOf(actor: Actor): ProcessReading["identity"] {
  const path = cgroupOf(actor);
  return { commandLine: actor.name, arguments: [actor.name], user: "root", cgroupPath: path, unifiedCgroup: path };
}
