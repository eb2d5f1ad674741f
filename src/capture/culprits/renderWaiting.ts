/** `tasks-in-d.txt`: who waits in uninterruptible sleep, for what, and along which way through the kernel. */
import type { ProcRoot } from "../../procfs/root.ts";
import { alignedTable, utcText } from "../../text.ts";
import type { Reading } from "./readings.ts";
import { indented } from "./render.ts";
import { stackPath, type WaitingTask, type WaitingTasks } from "./waiting.ts";

/** So many are written down one by one; the rest is in the sums. */
export const mostDetailed = 200;

/** The text; not yet free of secrets, nor of what could move a terminal's cursor. */
export function renderWaiting(
  root: ProcRoot,
  { tasks, looked, cut }: WaitingTasks,
  stacks: Reading<ReadonlyMap<string, readonly string[]>>,
  takenAtMs: number,
): string {
  const head = `${tasks.length} of ${looked} tasks in uninterruptible sleep at ${utcText(takenAtMs)}. They wait; look for who uses what they wait for.\n`;
  const note = cut === undefined ? "" : `Not all of them: ${cut}.\n`;
  if (tasks.length === 0) return head + note;
  const whyNone = stacks.value === undefined ? `Stacks are missing: ${stacks.missing}.\n` : "";
  const halfway = stacks.cut === undefined ? "" : `Not all stacks are here: ${stacks.cut}.\n`;
  const detailed = tasks.slice(0, mostDetailed).map((task) => renderTask(task, stacks.value?.get(stackPath(root, task))));
  const more = tasks.length > mostDetailed ? `\nand ${tasks.length - mostDetailed} more\n` : "";
  return `${head}${note}${whyNone}${halfway}\n${renderSums(tasks)}\n${detailed.join("\n")}${more}`;
}

function renderSums(tasks: readonly WaitingTask[]): string {
  const sums = new Map<string, number>();
  for (const task of tasks) sums.set(waitsIn(task), (sums.get(waitsIn(task)) ?? 0) + 1);
  const rows = [...sums].sort(([, a], [, b]) => b - a).map(([name, count]) => [String(count), name]);
  return alignedTable([["TASKS", "WAIT IN"], ...rows], ["right", "left"]);
}

function renderTask(task: WaitingTask, stack: readonly string[] | undefined): string {
  const { pid, tid, comm, row } = task;
  const thread = tid === pid ? "" : `, thread ${tid} (${comm})`;
  const lines = stack === undefined || stack.length === 0 ? "stack: not known" : stack.join("\n");
  return `${row.process}, pid ${pid}${thread}, waits in ${waitsIn(task)}\n  ${row.commandLine || `[${row.process}]`}\n${indented(lines)}\n`;
}

function waitsIn({ waitChannel }: WaitingTask): string {
  return waitChannel || "a function that the kernel does not tell";
}
