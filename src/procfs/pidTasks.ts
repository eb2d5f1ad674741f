/** /proc/PID/task: the threads of a process, what each is doing and where it waits (proc_pid_task(5), proc_pid_wchan(5)). */
import { readdirSync, readFileSync } from "node:fs";
import { isDenied, isGone, MalformedError } from "./errors.ts";
import type { ProcRoot } from "./root.ts";

/** One thread. */
export interface TaskReading {
  readonly pid: number;
  /** The thread's own number; the main thread's is the pid. */
  readonly tid: number;
  readonly comm: string;
  /** The kernel's letter: R running, S sleeping, D uninterruptible. */
  readonly state: string;
}

/** The threads of a process, at most so many; none when it is gone. */
export function readTasks(root: ProcRoot, pid: number, most: number): readonly TaskReading[] {
  const folder = `${root.procfs}/${pid}/task`;
  return (orGone(() => readdirSync(folder)) ?? []).slice(0, most).flatMap((tid) => {
    const path = `${folder}/${tid}/stat`;
    const text = orGone(() => readFileSync(path, "utf8"));
    return text === undefined ? [] : [{ pid, ...parseTaskStat(path, text) }];
  });
}

/** Number, name and state; the name may itself hold spaces and parentheses. */
export function parseTaskStat(path: string, text: string): Omit<TaskReading, "pid"> {
  const [, tid, comm, state] = /^(\d+) \(([\s\S]*)\) (\S)/.exec(text) ?? [];
  if (tid === undefined || comm === undefined || state === undefined) throw new MalformedError(path, text, "tid (name) state ...");
  return { tid: Number(tid), comm, state };
}

/** Where it stands in which kernel function a thread waits. */
export function waitChannelPath(root: ProcRoot, { pid, tid }: Pick<TaskReading, "pid" | "tid">): string {
  return `${root.procfs}/${pid}/task/${tid}/wchan`;
}

/** The kernel function in which a thread waits; "" when it does not wait. */
export function parseWaitChannel(text: string): string {
  return text === "0" ? "" : text;
}

function orGone<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (isGone(error) || isDenied(error)) return undefined;
    throw error;
  }
}
