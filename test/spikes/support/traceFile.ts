/**
 * A recorded stretch of a real machine, small enough to be kept beside the tests: gzipped JSON lines.
 *
 * A line holds the host's figures that spikes look at, the groups that have changed since the line before, and the busiest processes.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { GroupUsage } from "../../../src/model/group.ts";
import type { HostUsage, ProcessUsage, Snapshot } from "../../../src/model/snapshot.ts";
import type { ResourceUsage } from "../../../src/model/usage.ts";

type Labels = Pick<GroupUsage, "id" | "kind" | "process" | "unit" | "container" | "user">;

interface TraceLine {
  readonly atMs: number;
  readonly elapsedSeconds?: number;
  readonly gap?: true;
  readonly host: HostUsage;
  /** Groups that are new, with their number from now on. */
  readonly named?: readonly (readonly [index: number, labels: Omit<Labels, "id">])[];
  /** What has changed: number of the group, and its figures in the order of `keys`; null is unknown. */
  readonly usages?: readonly (readonly (number | null)[])[];
  readonly gone?: readonly number[];
  readonly processes?: readonly (Omit<ProcessUsage, "groupId" | "process"> & { readonly group: number })[];
}

const keys: readonly (keyof ResourceUsage)[] = [
  "cpuCores",
  "runningTasks",
  "uninterruptibleTasks",
  "residentBytes",
  "readBytesPerSecond",
  "writtenBytesPerSecond",
];
const mostProcesses = 12;

/** Turns Snapshots into lines, one after the other. */
export class TraceWriter {
  readonly #indices = new Map<string, number>();
  readonly #last = new Map<string, GroupUsage>();
  #next = 0;

  line(snapshot: Snapshot): string {
    const { takenAtMs, elapsedSeconds, gap, host, processes } = snapshot;
    const named: (readonly [number, Omit<Labels, "id">])[] = [];
    const usages: (number | null)[][] = [];
    const here = new Set<string>();
    for (const group of snapshot.groups) {
      here.add(group.id);
      const index = this.#indexOf(group, named);
      if (this.#last.get(group.id) !== group) usages.push([index, ...keys.map((key) => rounded(group.usage[key]))]);
      this.#last.set(group.id, group);
    }
    const gone: number[] = [];
    for (const id of this.#last.keys()) {
      if (here.has(id)) continue;
      gone.push(this.#indices.get(id) ?? -1);
      this.#last.delete(id);
    }
    const line: TraceLine = {
      atMs: takenAtMs,
      ...(elapsedSeconds === undefined ? {} : { elapsedSeconds }),
      ...(gap ? { gap } : {}),
      host: compactHost(host),
      ...(named.length === 0 ? {} : { named }),
      usages,
      ...(gone.length === 0 ? {} : { gone }),
      processes: [...processes]
        .sort((a, b) => weight(b) - weight(a))
        .slice(0, mostProcesses)
        .map(({ groupId, process: _, ...one }) => ({ ...one, group: this.#indices.get(groupId) ?? -1 })),
    };
    return `${JSON.stringify(line, (_key, value) => (typeof value === "number" ? rounded(value) : value))}\n`;
  }

  #indexOf({ id, kind, process, unit, container, user }: GroupUsage, named: (readonly [number, Omit<Labels, "id">])[]): number {
    const known = this.#indices.get(id);
    if (known !== undefined) return known;
    const index = this.#next++;
    this.#indices.set(id, index);
    named.push([index, { kind, process, unit, container, user }]);
    return index;
  }
}

/** Reads a trace back as the Snapshots that it was made of. */
export function readTrace(path: string): readonly Snapshot[] {
  const labels = new Map<number, Labels>();
  const groups = new Map<number, GroupUsage>();
  const lines = gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n");
  return lines.map((text): Snapshot => {
    const line = JSON.parse(text) as TraceLine;
    for (const [index, of] of line.named ?? []) {
      labels.set(index, { ...of, id: `${of.kind}\0${of.process}\0${of.unit}\0${of.container}\0${of.user}` });
    }
    for (const [index, ...values] of line.usages ?? []) {
      const of = labels.get(index ?? -1);
      if (of === undefined || typeof index !== "number") throw new Error(`the trace ${path} uses a group that it has not named`);
      groups.set(index, { ...of, usage: usageOf(values) });
    }
    for (const index of line.gone ?? []) groups.delete(index);
    return {
      takenAtMs: line.atMs,
      ...(line.elapsedSeconds === undefined ? {} : { elapsedSeconds: line.elapsedSeconds }),
      gap: line.gap === true,
      host: line.host,
      groups: [...groups.values()],
      processes: (line.processes ?? []).map(({ group, ...one }) => ({
        ...one,
        groupId: labels.get(group)?.id ?? "",
        process: labels.get(group)?.process ?? "",
      })),
    };
  });
}

function usageOf(values: readonly (number | null)[]): ResourceUsage {
  const usage: Partial<Record<keyof ResourceUsage, number>> = {};
  for (const [at, key] of keys.entries()) {
    const value = values[at];
    if (typeof value === "number") usage[key] = value;
  }
  return usage;
}

function compactHost({ cpu, tasks, memory, pressure, disks }: HostUsage): HostUsage {
  return {
    ...(cpu && {
      cpu: {
        cores: cpu.cores,
        busySeconds: cpu.busySeconds,
        ...(cpu.busyCores === undefined ? {} : { busyCores: cpu.busyCores }),
        ...(cpu.usageRatio === undefined ? {} : { usageRatio: cpu.usageRatio }),
      },
    }),
    ...(tasks && { tasks }),
    ...(memory && { memory }),
    ...(pressure && { pressure }),
    ...(disks && { disks: disks.filter((disk) => disk.whole && disk.readBytes + disk.writtenBytes > 0) }),
  };
}

function weight({ usage, state }: ProcessUsage): number {
  const bytes = (usage.readBytesPerSecond ?? 0) + (usage.writtenBytesPerSecond ?? 0);
  return (usage.cpuCores ?? 0) + bytes / 1e8 + (state === "D" ? 1 : 0);
}

function rounded(value: number): number;
function rounded(value: number | undefined): number | null;
function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Number.isInteger(value) ? value : Math.round(value * 1e4) / 1e4;
}
