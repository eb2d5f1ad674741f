/** Which processes are looked at closely: those that lead in some resource at this moment, each with the reasons. Pure. */
import type { ProcessUsage, Snapshot } from "../../model/snapshot.ts";
import { bytesText } from "../../text.ts";
import type { ProcessListRow } from "../making/processList.ts";

/** A process that is looked at closely. */
export interface Chosen {
  readonly row: ProcessListRow;
  /** For a person: `CPU: 1.94 cores`. */
  readonly reasons: readonly string[];
}

/** What is known of the moment. */
interface Moment {
  readonly rows: readonly ProcessListRow[];
  /** The newest few, oldest first; none where nothing is sampled. */
  readonly recent: readonly Snapshot[];
  /** Processes that a Verdict names, the first first. */
  readonly named: readonly number[];
}

/** How many lead in each, by weight. */
const mostChosen = 10;
const leastCores = 0.01;

interface Ranking {
  readonly most: number;
  readonly candidates: readonly { readonly pid: number; readonly weight: number; readonly reason: string }[];
}

/** Chooses at most ten, the leaders of all rankings before the second ones of any. */
export function chooseCulprits(moment: Moment): readonly Chosen[] {
  const rows = new Map(moment.rows.map((row) => [row.pid, row]));
  const rankings = rankingsOf(moment).map(({ most, candidates }) =>
    candidates
      .filter(({ pid, weight }) => rows.has(pid) && weight > 0)
      .sort((a, b) => b.weight - a.weight)
      .slice(0, most),
  );
  const reasons = new Map<number, string[]>();
  const longest = Math.max(...rankings.map((ranking) => ranking.length));
  for (let place = 0; place < longest; place++) {
    for (const ranking of rankings) {
      const one = ranking[place];
      if (one === undefined) continue;
      const known = reasons.get(one.pid);
      if (known !== undefined) known.push(one.reason);
      else if (reasons.size < mostChosen) reasons.set(one.pid, [one.reason]);
    }
  }
  return [...reasons].flatMap(([pid, why]) => {
    const row = rows.get(pid);
    return row === undefined ? [] : [{ row, reasons: why }];
  });
}

function rankingsOf({ rows, recent, named }: Moment): readonly Ranking[] {
  const used = usageOf(recent);
  const byVerdict = named.map((pid, index) => ({ pid, weight: named.length - index, reason: "named by the verdict" }));
  const byMemory = rows.map(({ pid, residentBytes }) => ({
    pid,
    weight: residentBytes,
    reason: `memory: ${bytesText(residentBytes)} resident`,
  }));
  return [
    { most: 3, candidates: byVerdict },
    { most: 4, candidates: used.size > 0 ? cpuOf(used) : cpuSinceStart(rows) },
    { most: 3, candidates: byMemory },
    { most: 3, candidates: ioOf(used) },
    { most: 3, candidates: used.size > 0 ? tasksOf(used) : tasksNow(rows) },
  ];
}

interface Used {
  readonly pid: number;
  readonly cores: number;
  readonly bytesPerSecond: number;
  readonly running: number;
  readonly uninterruptible: number;
}

/** Means over the snapshots' time; tasks as they were last. */
function usageOf(recent: readonly Snapshot[]): ReadonlyMap<number, Used> {
  const timed = recent.filter((snapshot) => (snapshot.elapsedSeconds ?? 0) > 0);
  const totalSeconds = timed.reduce((sum, { elapsedSeconds = 0 }) => sum + elapsedSeconds, 0);
  const used = new Map<number, Used>();
  for (const { elapsedSeconds = 0, processes } of timed) {
    for (const { pid, usage } of processes) {
      const before = used.get(pid) ?? { pid, cores: 0, bytesPerSecond: 0, running: 0, uninterruptible: 0 };
      const share = elapsedSeconds / totalSeconds;
      used.set(pid, {
        pid,
        cores: before.cores + (usage.cpuCores ?? 0) * share,
        bytesPerSecond: before.bytesPerSecond + ioRate(usage) * share,
        running: usage.runningTasks ?? 0,
        uninterruptible: usage.uninterruptibleTasks ?? 0,
      });
    }
  }
  return used;
}

function ioRate({ readBytesPerSecond = 0, writtenBytesPerSecond = 0 }: ProcessUsage["usage"]): number {
  return readBytesPerSecond + writtenBytesPerSecond;
}

function cpuOf(used: ReadonlyMap<number, Used>): Ranking["candidates"] {
  return [...used.values()]
    .filter(({ cores }) => cores >= leastCores)
    .map(({ pid, cores }) => ({ pid, weight: cores, reason: `CPU: ${cores.toFixed(2)} cores` }));
}

/** Without a sampler the use of this moment is unknown; the mean since the start is better than nothing. */
function cpuSinceStart(rows: readonly ProcessListRow[]): Ranking["candidates"] {
  return rows.flatMap(({ pid, cpuSeconds, ageSeconds }) => {
    const cores = ageSeconds === undefined ? 0 : cpuSeconds / Math.max(1, ageSeconds);
    return cores < leastCores ? [] : [{ pid, weight: cores, reason: `CPU: ${cores.toFixed(2)} cores on average since its start` }];
  });
}

function ioOf(used: ReadonlyMap<number, Used>): Ranking["candidates"] {
  return [...used.values()].map(({ pid, bytesPerSecond }) => ({
    pid,
    weight: bytesPerSecond,
    reason: `I/O: ${bytesText(bytesPerSecond)}/s`,
  }));
}

function tasksOf(used: ReadonlyMap<number, Used>): Ranking["candidates"] {
  return [...used.values()].map(({ pid, running, uninterruptible }) => ({
    pid,
    weight: running + uninterruptible,
    reason: `tasks: ${running} running, ${uninterruptible} in uninterruptible sleep`,
  }));
}

function tasksNow(rows: readonly ProcessListRow[]): Ranking["candidates"] {
  return rows
    .filter(({ state }) => state === "R" || state === "D")
    .map(({ pid, state }) => ({ pid, weight: 1, reason: `state: ${state === "R" ? "running" : "in uninterruptible sleep"}` }));
}
