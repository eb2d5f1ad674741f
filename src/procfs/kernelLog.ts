/**
 * What the kernel log says of those that were killed for memory: `dump_header` and `__oom_kill_process` in mm/oom_kill.c, kernels 3.10 to
 * 6.18. A record of /dev/kmsg is `priority,sequence,microseconds,flags;text` (Documentation/ABI/testing/dev-kmsg).
 */
import { defined } from "../model/defined.ts";
import type { OomReason } from "../model/oomKill.ts";
import { MalformedError } from "./errors.ts";
import type { Skips } from "./skips.ts";

/** Whether a record belongs to what the kernel says when it kills for memory; its list of all tasks does not. */
export function isOomRecord(text: string): boolean {
  return oomRecord.test(text);
}

const oomRecord = /\boom|out of memory|killed process|memory(?:\+swap)?: usage \d|killed as a result of limit/i;

/** One that was killed, as the log has it. */
export interface LoggedOomKill extends OomReason {
  /** That of its record; rises with every record. */
  readonly sequence: number;
  /** When it was written, in seconds since boot. */
  readonly atSeconds: number;
  readonly pid: number;
  readonly comm: string;
  readonly residentBytes?: number;
  readonly cgroup?: string;
}

/** What the lines before "Killed process" have said of it. */
interface Report {
  cgroup?: string;
  limitCgroup?: string;
  limitBytes?: number;
  /** All tasks of the cgroup are killed (memory.oom.group): the same holds for each. */
  isOfAll?: true;
}

/** Reads records, the oldest first. A line that nobody understands costs itself. */
export function parseOomKills(path: string, records: string, skips: Skips): readonly LoggedOomKill[] {
  const kills: LoggedOomKill[] = [];
  let report: Report = {};
  for (const line of records.split("\n")) {
    const [, sequence, microseconds, text] = /^\d+,(\d+),(\d+)[^;]*;(.*)$/.exec(line) ?? [];
    if (sequence === undefined || text === undefined) continue;
    if (/ invoked oom-killer: /.test(text)) report = {};
    takeFacts(text, report);
    if (!/(?:^|: )Killed process /.test(text)) continue;
    const kill = skips.attempt(path, () => parseKill(path, text, report));
    if (kill !== undefined) kills.push({ sequence: Number(sequence), atSeconds: Number(microseconds) / 1e6, ...kill });
    // of many in a short time the kernel gives no report: that of the one before says nothing of the next
    if (report.isOfAll === undefined) report = {};
  }
  return kills;
}

/** The newest sequence number; undefined where there is no record. */
export function newestSequence(records: string): number | undefined {
  const newest = /^\d+,(\d+),/.exec(records.slice(records.trimEnd().lastIndexOf("\n") + 1))?.[1];
  return newest === undefined ? undefined : Number(newest);
}

function takeFacts(text: string, report: Report): void {
  const limit = /^memory: usage \d+kB, limit (\d+)kB/.exec(text)?.[1];
  if (limit !== undefined) report.limitBytes = Number(limit) * 1024;
  if (/are going to be killed due to memory\.oom\.group/.test(text)) report.isOfAll = true;
  // before kernel 5.0
  const [, task, above] = /^Task in (.*) killed as a result of limit of (.*)$/.exec(text) ?? [];
  if (task !== undefined && above !== undefined) Object.assign(report, { cgroup: task, limitCgroup: above });
  if (!text.startsWith("oom-kill:")) return;
  const cgroup = /,task_memcg=(.*?),task=/.exec(text)?.[1];
  const limitCgroup = /,oom_memcg=(.*?),task_memcg=/.exec(text)?.[1];
  Object.assign(report, defined({ cgroup, limitCgroup }));
}

/** `Memory cgroup out of memory: Killed process 812 (java) total-vm:...kB, anon-rss:...kB, file-rss:...kB, ...`. */
function parseKill(path: string, text: string, report: Report): Omit<LoggedOomKill, "sequence" | "atSeconds"> {
  // Red Hat's have the user before the name
  const [, pid, comm] = /Killed process (\d+),?(?: UID \d+,)? \((.*)\),? total-vm:/.exec(text) ?? [];
  if (pid === undefined || comm === undefined) throw new MalformedError(path, text, "Killed process PID (NAME) total-vm:...");
  const held = [...text.matchAll(/ (?:anon|file|shmem)-rss:(\d+)kB/g)].map(([, kilobytes]) => Number(kilobytes) * 1024);
  const isOfCgroup = text.startsWith("Memory cgroup") || report.limitCgroup !== undefined;
  return defined({
    pid: Number(pid),
    comm,
    residentBytes: held.length === 0 ? undefined : held.reduce((sum, bytes) => sum + bytes, 0),
    cgroup: report.cgroup,
    limitCgroup: report.limitCgroup,
    limitBytes: isOfCgroup ? report.limitBytes : undefined,
    isOfMachine: isOfCgroup ? undefined : (true as const),
  });
}
