/** All tasks in uninterruptible sleep, threads included, each with the kernel function that it waits in. */
import { defined } from "../../model/defined.ts";
import { parseWaitChannel, readTasks, type TaskReading, waitChannelPath } from "../../procfs/pidTasks.ts";
import type { ProcRoot } from "../../procfs/root.ts";
import { askAll, type Question, type SlowReads } from "../../slowReads/slowReads.ts";
import { nextTurn } from "../making/content.ts";
import type { ProcessList, ProcessListRow } from "../making/processList.ts";
import { answerReading, type Reading } from "./readings.ts";

/** A task that waits. */
export interface WaitingTask extends TaskReading {
  readonly row: ProcessListRow;
  /** "" where it does not wait (any more); undefined where the kernel will not tell. */
  readonly waitChannel?: string;
}

/** What was found of them. */
export interface WaitingTasks {
  readonly tasks: readonly WaitingTask[];
  /** How many tasks were looked at. */
  readonly looked: number;
  /** Why not all were looked at. */
  readonly cut?: string;
}

const tasksPerTurn = 200;
const mostTasks = 50_000;
const mostOfOneProcess = 10_000;

/** Looks at every thread of every process, in turns. */
export async function findWaiting(
  root: ProcRoot,
  { rows, keys }: ProcessList,
  reads: SlowReads,
  signal: AbortSignal,
  over: Promise<void>,
): Promise<WaitingTasks> {
  const found = await findTasks(root, rows, signal);
  const questions = found.tasks.map((task): Question => {
    return { path: waitChannelPath(root, task), of: keys?.get(task.pid) ?? `process ${task.pid}`, isDoubtful: true };
  });
  const answers = await askAll(reads, questions, wchanLimitSeconds, over);
  const tasks = found.tasks.map((task, index): WaitingTask => {
    const { value } = answerReading(answers[index], (bytes) => parseWaitChannel(bytes.toString("latin1").trim()));
    return value === undefined ? task : { ...task, waitChannel: value };
  });
  return { ...found, tasks };
}

async function findTasks(root: ProcRoot, rows: readonly ProcessListRow[], signal: AbortSignal): Promise<WaitingTasks> {
  const tasks: WaitingTask[] = [];
  let looked = 0;
  let sinceTurn = 0;
  for (const row of rows) {
    if (signal.aborted) return { tasks, looked, cut: "the time was over before all tasks were looked at" };
    if (looked >= mostTasks) return { tasks, looked, cut: `no more than ${mostTasks} tasks were looked at` };
    const found = readTasks(root, row.pid, mostOfOneProcess);
    looked += found.length;
    for (const task of found) if (task.state === "D") tasks.push({ ...task, row });
    sinceTurn += Math.max(1, found.length);
    if (sinceTurn >= tasksPerTurn) {
      sinceTurn = 0;
      await nextTurn();
    }
  }
  return { tasks, looked };
}

/** Where a task's stack stands. */
export function stackPath(root: ProcRoot, { pid, tid }: Pick<TaskReading, "pid" | "tid">): string {
  return `${root.procfs}/${pid}/task/${tid}/stack`;
}

const mostStackBytes = 64 * 1024;
const stackLimitSeconds = 2;
const wchanLimitSeconds = 1;

/** The lines of the stacks of tasks, by path. Those that were not told are not there; `missing` where none was. */
export async function readStacks(
  root: ProcRoot,
  tasks: readonly TaskReading[],
  keys: ProcessList["keys"],
  reads: SlowReads,
  over: Promise<void>,
): Promise<Reading<ReadonlyMap<string, readonly string[]>>> {
  const questions = tasks.map((task): Question => {
    const of = keys?.get(task.pid) ?? `process ${task.pid}`;
    return { path: stackPath(root, task), operation: "read", of, isDoubtful: true, most: mostStackBytes };
  });
  const answers = await askAll(reads, questions, stackLimitSeconds, over);
  const all = answers.map((answer) => answerReading(answer, (bytes) => bytes.toString().trimEnd().split("\n")));
  const lines = new Map(all.flatMap(({ value }, index) => (value === undefined ? [] : [[String(questions[index]?.path), value] as const])));
  const [first] = all;
  if (lines.size === 0 && first?.missing !== undefined) return { missing: first.missing };
  const silent = answers.filter((answer) => answer.silent !== undefined).length;
  return defined({ value: lines, cut: silent === 0 ? undefined : `${silent} did not answer` });
}
