/** All tasks in uninterruptible sleep, threads included, each with the kernel function that it waits in. */
import { readTasks, readTaskWaitChannel, type TaskReading } from "../../procfs/pidTasks.ts";
import type { ProcRoot } from "../../procfs/root.ts";
import { nextTurn } from "../content.ts";
import type { ProcessTableRow } from "../processTable.ts";

/** A task that waits. */
export interface WaitingTask extends TaskReading {
  readonly row: ProcessTableRow;
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
export async function findWaiting(root: ProcRoot, rows: readonly ProcessTableRow[], signal: AbortSignal): Promise<WaitingTasks> {
  const tasks: WaitingTask[] = [];
  let looked = 0;
  let sinceTurn = 0;
  for (const row of rows) {
    if (signal.aborted) return { tasks, looked, cut: "the time was over before all tasks were looked at" };
    if (looked >= mostTasks) return { tasks, looked, cut: `no more than ${mostTasks} tasks were looked at` };
    const found = readTasks(root, row.pid, mostOfOneProcess);
    looked += found.length;
    for (const task of found) {
      if (task.state !== "D") continue;
      const waitChannel = readTaskWaitChannel(root, task);
      tasks.push({ ...task, row, ...(waitChannel === undefined ? {} : { waitChannel }) });
    }
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
