/** A machine made of actors: what each of them does in every second is known, so it is known who made a spike. */
import type { GroupKind, GroupUsage } from "../../../src/model/group.ts";
import type { HostUsage, ProcessUsage, Snapshot } from "../../../src/model/snapshot.ts";
import type { Spike, SpikeEvent } from "../../../src/model/spike.ts";
import type { SpikeResource } from "../../../src/model/spikeResource.ts";
import type { ResourceUsage } from "../../../src/model/usage.ts";
import type { Spikes } from "../../../src/spikes/contract.ts";
import { createSpikes } from "../../../src/spikes/spikes.ts";

/** When the first second of a made machine begins. */
export const zeroMs = Date.UTC(2026, 10, 21, 10, 0, 0);

/** Somebody on the machine. */
export interface Actor {
  readonly process: string;
  readonly kind?: GroupKind;
  readonly unit?: string;
  readonly user?: string;
  readonly pid?: number;
  readonly parentPid?: number;
  /** Left out: the name. Empty for threads of the kernel. */
  readonly commandLine?: string;
  readonly waitChannel?: string;
  /** Other pids in the same second, each with the same part of the usage: a fork loop has new ones all the time. */
  readonly pids?: (second: number) => readonly number[];
  /** What it uses in a second; undefined when it does not exist. */
  readonly does: (second: number) => ResourceUsage | undefined;
}

/** The machine around the actors. */
export interface MachineOptions {
  readonly cores?: number;
  readonly memoryBytes?: number;
  readonly actors: readonly Actor[];
  /** What the host says in place of the sum of its actors. */
  readonly host?: (second: number, sum: Required<ResourceUsage>) => Partial<MadeHost>;
  /** How long a tick takes; more than five seconds is a gap. */
  readonly elapsed?: (second: number) => number;
}

/** The host's figures. */
export interface MadeHost {
  readonly busyCores: number;
  readonly running: number;
  readonly uninterruptible: number;
  readonly usedBytes: number;
  readonly read: number;
  readonly written: number;
  readonly pressure: { readonly cpu?: number; readonly memory?: number; readonly io?: number };
}

const keys = ["cpuCores", "runningTasks", "uninterruptibleTasks", "residentBytes", "readBytesPerSecond", "writtenBytesPerSecond"] as const;

/** Makes the Snapshots of some seconds, one after the other. */
export function* machine(options: MachineOptions, seconds: number): Generator<Snapshot> {
  let takenAtMs = zeroMs;
  for (let second = 0; second < seconds; second++) {
    const elapsedSeconds = options.elapsed?.(second) ?? 1;
    takenAtMs += elapsedSeconds * 1000;
    yield snapshotOf(options, second, takenAtMs, elapsedSeconds);
  }
}

function snapshotOf(
  { cores = 4, memoryBytes = 16e9, actors, host }: MachineOptions,
  second: number,
  takenAtMs: number,
  elapsedSeconds: number,
): Snapshot {
  const sum = Object.fromEntries(keys.map((key) => [key, 0])) as Record<(typeof keys)[number], number>;
  const groups: GroupUsage[] = [];
  const processes: ProcessUsage[] = [];
  for (const actor of actors) {
    const usage = actor.does(second);
    if (usage === undefined) continue;
    for (const key of keys) sum[key] += usage[key] ?? 0;
    const { kind = "process", process, unit = "", user = kind === "process" ? "root" : "" } = actor;
    const id = `${kind}\0${process}\0${unit}\0\0${user}`;
    groups.push({ id, kind, process, unit, container: "", user, usage });
    if (kind === "process") processes.push(...processesOf(actor, usage, id, second));
  }
  const said = host?.(second, sum) ?? {};
  const usage: HostUsage = {
    cpu: { cores, busySeconds: second, busyCores: Math.min(cores, said.busyCores ?? sum.cpuCores) },
    tasks: { running: said.running ?? sum.runningTasks, uninterruptible: said.uninterruptible ?? sum.uninterruptibleTasks },
    memory: { totalBytes: memoryBytes, availableBytes: memoryBytes - (said.usedBytes ?? sum.residentBytes), usageRatio: 0 },
    disks: [
      {
        device: "vda",
        whole: true,
        readBytes: 0,
        writtenBytes: 0,
        readBytesPerSecond: said.read ?? sum.readBytesPerSecond,
        writtenBytesPerSecond: said.written ?? sum.writtenBytesPerSecond,
      },
      // a partition says the same again and must not count twice
      { device: "vda1", whole: false, readBytes: 0, writtenBytes: 0, readBytesPerSecond: 5e9, writtenBytesPerSecond: 5e9 },
    ],
    pressure: Object.fromEntries(
      Object.entries({ cpu: 0, memory: 0, io: 0, ...said.pressure }).map(([key, some]) => [key, { some, full: 0 }]),
    ),
  };
  return { takenAtMs, elapsedSeconds, gap: elapsedSeconds > 5, host: usage, groups, processes };
}

function processesOf(actor: Actor, usage: ResourceUsage, groupId: string, second: number): ProcessUsage[] {
  const { process, pid = 1000 + process.length, parentPid = 1, commandLine = process, waitChannel } = actor;
  const active = keys.some((key) => key !== "residentBytes" && (usage[key] ?? 0) > 0);
  if (!active) return [];
  const pids = actor.pids?.(second) ?? [pid];
  const waits = (usage.uninterruptibleTasks ?? 0) > 0;
  return pids.map((one) => ({
    key: `${one}@1`,
    pid: one,
    parentPid,
    groupId,
    process,
    state: waits ? "D" : "R",
    commandLine,
    ...(waits && waitChannel !== undefined ? { waitChannel } : {}),
    usage: Object.fromEntries(keys.flatMap((key) => (usage[key] === undefined ? [] : [[key, usage[key] / pids.length]]))),
  }));
}

/** What came of a trace. */
export interface Played {
  readonly spikes: Spikes;
  /** With the moment at which each was told. */
  readonly events: readonly (SpikeEvent & { readonly atMs: number })[];
  /** All spikes, ended or not, the oldest first. */
  readonly all: readonly Spike[];
  of(resource: SpikeResource): readonly Spike[];
}

/** Lets the fold see a trace. */
export function play(snapshots: Iterable<Snapshot>, options: Parameters<typeof createSpikes>[0] = {}): Played {
  const spikes = createSpikes({ mostRecent: 1000, ...options });
  const events: (SpikeEvent & { readonly atMs: number })[] = [];
  for (const snapshot of snapshots)
    for (const event of spikes.take(snapshot, snapshot.groups)) events.push({ ...event, atMs: snapshot.takenAtMs });
  const all = [...spikes.recent(), ...spikes.active()].sort((a, b) => a.startMs - b.startMs);
  return { spikes, events, all, of: (resource) => all.filter((spike) => spike.resource === resource) };
}

/** The second of the trace in which something was told. */
export function secondOf(ms: number): number {
  return (ms - zeroMs) / 1000;
}

/** An actor that is busy with so many cores from one second to another. */
export function burns(process: string, cores: number, from: number, to: number, more: Partial<Actor> = {}): Actor {
  return {
    process,
    ...more,
    does: (second) =>
      second >= from && second < to ? { cpuCores: cores, runningTasks: Math.ceil(cores), residentBytes: 50e6 } : undefined,
  };
}

/** A service that does a little all the time, never quite the same. */
export function idles(process: string, more: Partial<Actor> = {}): Actor {
  const random = seeded(process.length + 7);
  return {
    process,
    ...more,
    does: () => ({ cpuCores: 0.02 + 0.03 * random(), runningTasks: 0, residentBytes: 300e6, writtenBytesPerSecond: 2e4 * random() }),
  };
}

/** The same numbers every time, 0 to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
