/** Single processes as the page lists them: right now, in a second of the past, or over a range of it. Pure. */
import type { ListedProcess } from "../api/pastAnswers.ts";
import type { ProcessListRow } from "../capture/making/processList.ts";
import { defined } from "../model/defined.ts";
import type { ProcessKey } from "../model/processes.ts";
import type { ProcessUsage } from "../model/snapshot.ts";
import type { ResourceKey, ResourceUsage } from "../model/usage.ts";
import type { RecordedProcess, RecordedSnapshot } from "../recorder/format/line.ts";
import { UsageTallies } from "../recorder/ranges/usageTallies.ts";

type Recent = readonly { readonly processes: readonly ProcessUsage[] }[];

/** All processes of this moment; what they use is the mean of the newest Snapshots. */
export function listNow(rows: readonly ProcessListRow[], recent: Recent): readonly ListedProcess[] {
  const tallies = talliesOf(recent);
  return rows.map(({ cpuSeconds: _, kernelThread: __, residentBytes, process, ...row }) => {
    const tally = tallies.of(row.pid, recent.length);
    const usage = tally === undefined ? idleUsage(recent.length) : tally.mean;
    return { ...row, process: tally?.newest.process ?? process, usage: { ...usage, residentBytes } };
  });
}

/** Those that did something lately, where the machine's own list cannot be read; the means of the newest Snapshots. */
export function listRecent(recent: Recent): readonly ListedProcess[] {
  return talliesOf(recent)
    .all(recent.length)
    .map(({ newest: { key: _, groupId: __, ...process }, mean }) => ({ ...process, usage: mean }));
}

function talliesOf(recent: Recent): UsageTallies<number, ProcessUsage> {
  const tallies = new UsageTallies<number, ProcessUsage>();
  for (const { processes } of recent) for (const process of processes) tallies.add(process.pid, process, 1);
  return tallies;
}

/** The busiest of a recorded second. */
export function listSecond(second: RecordedSnapshot, ticksPerSecond: number): readonly ListedProcess[] {
  return (second.processes ?? []).map((process) => ({ ...describe(process, second, ticksPerSecond), usage: process.usage }));
}

/** Takes recorded seconds in and says who was among their busiest, with means over all of them and peaks. */
export class RangeOfProcesses {
  readonly #ticksPerSecond: number;
  readonly #tallies = new UsageTallies<ProcessKey, ListedProcess>();
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
      this.#tallies.add(process.key, { ...describe(process, second, this.#ticksPerSecond), usage: process.usage }, elapsedSeconds);
    }
  }

  list(): readonly ListedProcess[] {
    return this.#tallies.all(this.#seconds).map(({ newest, mean, peak }) => ({ ...newest, usage: mean, peak }));
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

function idleUsage(recentCount: number): ResourceUsage {
  return recentCount === 0 ? {} : { cpuCores: 0, runningTasks: 0, uninterruptibleTasks: 0 };
}
