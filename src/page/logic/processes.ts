/** Single processes as lines of the table. Pure. */
import type { ProcessesAnswer } from "../../api/answers.ts";
import { defined } from "../../model/defined.ts";
import type { ResourceKey, ResourceUsage } from "../../model/usage.ts";
import { durationText } from "../../text.ts";
import type { SortKey } from "./address.ts";
import { placeOf, unknown } from "./format.ts";
import type { TableRow } from "./table.ts";
import type { Summary } from "./track.ts";

/** A line of the table, and what only single processes have. */
interface ProcessRow extends Omit<TableRow, "labels"> {
  readonly process: string;
  readonly detail: string;
  readonly commandLine: string;
}

/** The answer as lines. */
export function processRows({ processes, when }: Pick<ProcessesAnswer, "processes" | "when">): readonly ProcessRow[] {
  return processes.map(({ pid, process, state, threads, ageSeconds, commandLine, waitChannel, usage, peak, ...place }) => {
    const summary = (of: (usage: ResourceUsage) => number | undefined): Summary => {
      const mean = of(usage);
      const highest = peak === undefined ? undefined : of(peak);
      return defined({ mean, peak: highest });
    };
    const tasks = ({ runningTasks, uninterruptibleTasks }: ResourceUsage) =>
      runningTasks === undefined && uninterruptibleTasks === undefined ? undefined : (runningTasks ?? 0) + (uninterruptibleTasks ?? 0);
    const detail = [
      `pid ${pid}`,
      when === "range" ? "" : stateWords(state, waitChannel),
      threads === undefined ? "" : `${threads} ${threads === 1 ? "thread" : "threads"}`,
      ageSeconds === undefined ? "" : `${durationText(ageSeconds)} old`,
    ];
    return {
      key: String(pid),
      name: process,
      process,
      place: placeOf(place),
      detail: detail.filter(Boolean).join(" · "),
      commandLine,
      cells: {
        cpu: summary((one) => one.cpuCores),
        tasks: summary(tasks),
        memory: summary((one) => one.residentBytes),
        read: summary((one) => one.readBytesPerSecond),
        write: summary((one) => one.writtenBytesPerSecond),
      },
      blocked: summary((one) => one.uninterruptibleTasks),
    };
  });
}

/** The kernel's letter in a word. */
function stateWords(state: string, waitChannel?: string): string {
  const words: Readonly<Record<string, string>> = { R: "runs", S: "sleeps", D: "waits", T: "stopped", t: "traced", Z: "zombie", I: "idle" };
  const word = state === "" ? unknown : (words[state] ?? state);
  return state === "D" && waitChannel !== undefined ? `waits in ${waitChannel}` : word;
}

/** What the route is asked for, to bring the leaders of a column first. */
export function sortResource(sort: SortKey): ResourceKey {
  const resources: Readonly<Record<SortKey, ResourceKey>> = {
    cpu: "cpuCores",
    tasks: "runningTasks",
    memory: "residentBytes",
    read: "readBytesPerSecond",
    write: "writtenBytesPerSecond",
    name: "cpuCores",
  };
  return resources[sort];
}
