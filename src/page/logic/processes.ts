/** Single processes as lines of the table. Pure. */
import type { ProcessesAnswer } from "../../api/pastAnswers.ts";
import { defined } from "../../model/defined.ts";
import type { ResourceKey, ResourceUsage } from "../../model/usage.ts";
import { durationText } from "../../text.ts";
import type { SortKey } from "./address.ts";
import { placeOf, unknown } from "./format.ts";
import { cellsOf, columnResources, type TableRow } from "./table.ts";
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
    const summary = (resources: readonly ResourceKey[]): Summary =>
      defined({ mean: used(usage, resources), peak: peak && used(peak, resources) });
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
      cells: cellsOf(summary),
      blocked: summary(["uninterruptibleTasks"]),
    };
  });
}

/** All of them together; unknown where none is known. */
function used(usage: ResourceUsage, resources: readonly ResourceKey[]): number | undefined {
  const known = resources.flatMap((resource) => usage[resource] ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

/** The kernel's letter in a word. */
function stateWords(state: string, waitChannel?: string): string {
  const words: Readonly<Record<string, string>> = { R: "runs", S: "sleeps", D: "waits", T: "stopped", t: "traced", Z: "zombie", I: "idle" };
  const word = state === "" ? unknown : (words[state] ?? state);
  return state === "D" && waitChannel !== undefined ? `waits in ${waitChannel}` : word;
}

/** What the route is asked for, to bring the leaders of a column first. */
export function sortResource(sort: SortKey): ResourceKey {
  return sort === "name" ? "cpuCores" : columnResources[sort][0];
}
