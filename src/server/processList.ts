/** Single processes as the page lists them: right now, in a second of the past, or over a range of it. Pure. */
import type { ListedProcess } from "../api/answers.ts";
import type { ProcessListRow } from "../capture/making/processList.ts";
import { defined } from "../model/defined.ts";
import type { ProcessUsage } from "../model/snapshot.ts";
import { type ResourceKey, type ResourceUsage, resourceFigure, resourceKeys } from "../model/usage.ts";
import type { RecordedProcess, RecordedSnapshot } from "../recorder/format/line.ts";

/** All processes of this moment; what they use is the mean of the newest Snapshots. */
export function listNow(
  rows: readonly ProcessListRow[],
  recent: readonly { readonly processes: readonly ProcessUsage[] }[],
): readonly ListedProcess[] {
  const tallies = new Map<number, Tally<ProcessUsage>>();
  for (const { processes } of recent) addAll(tallies, processes, ({ pid }) => pid, 1);
  return rows.map(({ cpuSeconds: _, kernelThread: __, residentBytes, process, ...row }) => {
    const tally = tallies.get(row.pid);
    const usage = tally === undefined ? idleUsage(recent.length) : tally.means(recent.length);
    return { ...row, process: tally?.newest.process ?? process, usage: { ...usage, residentBytes } };
  });
}

/** Those that did something lately, where the machine's own list cannot be read; the means of the newest Snapshots. */
export function listRecent(recent: readonly { readonly processes: readonly ProcessUsage[] }[]): readonly ListedProcess[] {
  const tallies = new Map<number, Tally<ProcessUsage>>();
  for (const { processes } of recent) addAll(tallies, processes, ({ pid }) => pid, 1);
  return [...tallies.values()].map((tally) => {
    const { key: _, groupId: __, ...process } = tally.newest;
    return { ...process, usage: tally.means(recent.length) };
  });
}

/** The busiest of a recorded second. */
export function listSecond(second: RecordedSnapshot, ticksPerSecond: number): readonly ListedProcess[] {
  return (second.processes ?? []).map((process) => ({ ...describe(process, second, ticksPerSecond), usage: process.usage }));
}

/** Takes recorded seconds in and says who was among their busiest, with means over all of them and peaks. */
export class RangeOfProcesses {
  readonly #ticksPerSecond: number;
  readonly #tallies = new Map<string, Tally<ListedProcess>>();
  #seconds = 0;

  constructor(ticksPerSecond: number) {
    this.#ticksPerSecond = ticksPerSecond;
  }

  get seconds(): number {
    return this.#seconds;
  }

  add(second: RecordedSnapshot): void {
    // a gap says nothing of a second
    if (second.gap) return;
    const elapsedSeconds = second.elapsedSeconds ?? 1;
    this.#seconds += elapsedSeconds;
    for (const process of second.processes ?? []) {
      const listed = { ...describe(process, second, this.#ticksPerSecond), usage: process.usage };
      addAll(this.#tallies, [listed], () => process.key, elapsedSeconds);
    }
  }

  list(): readonly ListedProcess[] {
    return [...this.#tallies.values()].map((tally) => ({ ...tally.newest, usage: tally.means(this.#seconds), peak: tally.peaks }));
  }
}

/** Those in whose name, pid, user, unit, container or command line the text stands; the busiest first. */
export function pickProcesses(listed: readonly ListedProcess[], filter: string, by: ResourceKey, limit: number): readonly ListedProcess[] {
  const wanted = filter.toLowerCase();
  const holds = ({ pid, process, user = "", unit = "", container = "", commandLine }: ListedProcess) =>
    `${pid} ${process} ${user} ${unit} ${container} ${commandLine}`.toLowerCase().includes(wanted);
  const first = (usage: ListedProcess["usage"]) =>
    // a task that waits counts as much as one that runs: both are the load
    by === "runningTasks" ? (usage.runningTasks ?? -1) + (usage.uninterruptibleTasks ?? 0) : (usage[by] ?? -1);
  const weight = ({ usage }: ListedProcess) => [first(usage), usage.cpuCores ?? 0, usage.residentBytes ?? 0] as const;
  return (wanted === "" ? [...listed] : listed.filter(holds))
    .map((process) => ({ process, weight: weight(process) }))
    .sort((a, b) => b.weight[0] - a.weight[0] || b.weight[1] - a.weight[1] || b.weight[2] - a.weight[2])
    .slice(0, limit)
    .map(({ process }) => process);
}

/** A line names no group: a process belongs to the one group of its name, where there is only one. */
function describe(
  process: RecordedProcess,
  { groups, host, takenAtMs }: RecordedSnapshot,
  ticksPerSecond: number,
): Omit<ListedProcess, "usage"> {
  const { key, usage: _, process: name, ...rest } = process;
  const own = groups.filter((group) => group.kind === "process" && group.process === name);
  const [group] = own.length === 1 ? own : [];
  const startTicks = Number(key.slice(key.indexOf("@") + 1));
  const { bootTimeSeconds } = host;
  const ageSeconds = bootTimeSeconds === undefined ? Number.NaN : takenAtMs / 1000 - bootTimeSeconds - startTicks / ticksPerSecond;
  return defined({
    ...rest,
    process: name,
    user: group?.user,
    unit: group?.unit,
    container: group?.container,
    ageSeconds: ageSeconds >= 0 ? ageSeconds : undefined,
  });
}

interface Tally<Usage extends { readonly usage: ResourceUsage }> {
  newest: Usage;
  readonly peaks: { [Resource in ResourceKey]?: number };
  add(one: Usage, seconds: number): void;
  means(seconds: number): ResourceUsage;
}

function addAll<Key, Usage extends { readonly usage: ResourceUsage }>(
  tallies: Map<Key, Tally<Usage>>,
  all: readonly Usage[],
  keyOf: (one: Usage) => Key,
  seconds: number,
): void {
  for (const one of all) {
    const key = keyOf(one);
    let tally = tallies.get(key);
    if (tally === undefined) {
      tally = newTally(one);
      tallies.set(key, tally);
    }
    tally.add(one, seconds);
  }
}

/** Sums over the seconds in which it did something: in all others it used nothing, but held its memory. */
function newTally<Usage extends { readonly usage: ResourceUsage }>(first: Usage): Tally<Usage> {
  const sums: { [Resource in ResourceKey]?: number } = {};
  const peaks: { [Resource in ResourceKey]?: number } = {};
  let seen = 0;
  return {
    newest: first,
    peaks,
    add(one, seconds) {
      this.newest = one;
      seen += seconds;
      for (const resource of resourceKeys) {
        const value = one.usage[resource];
        if (value === undefined) continue;
        sums[resource] = (sums[resource] ?? 0) + value * seconds;
        peaks[resource] = Math.max(peaks[resource] ?? value, value);
      }
    },
    means(seconds) {
      const means: { [Resource in ResourceKey]?: number } = {};
      for (const resource of resourceKeys) {
        const sum = sums[resource];
        if (sum !== undefined) means[resource] = sum / Math.max(resourceFigure(resource).level ? seen : seconds, 1e-9);
      }
      return means;
    },
  };
}

function idleUsage(recentCount: number): ResourceUsage {
  return recentCount === 0 ? {} : { cpuCores: 0, runningTasks: 0, uninterruptibleTasks: 0 };
}
