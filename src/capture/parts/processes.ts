/** `processes.txt` and `processes.json`: all processes at the start of the capture, for people and for programs. */

import { type Alignment, alignedTable, bytesText, shortDurationText, utcText } from "../../text.ts";
import { jsonContent, textContent } from "../making/content.ts";
import type { NowPart } from "../making/part.ts";
import type { ProcessList, ProcessListRow } from "../making/processList.ts";

/** All processes of the moment. */
export const processesPart: NowPart = {
  name: "processes",
  when: "now",
  async run({ processList }) {
    const list = await processList();
    return [
      { name: "processes.txt", content: textContent(renderProcesses(list)), ...missingOf(list) },
      { name: "processes.json", content: jsonContent({ takenAtMs: list.takenAtMs, processes: list.rows }) },
    ];
  },
};

/** Some hang with their memory locked: their command lines cannot be read. */
function missingOf({ silent }: ProcessList): { readonly reason?: string } {
  if (silent.length === 0) return {};
  const shown = silent.slice(0, mostShown).join(", ");
  return {
    reason: `no command line of ${silent.length === 1 ? "process" : "processes"} ${shown}${silent.length > mostShown ? ", ..." : ""}: it did not answer`,
  };
}

const mostShown = 20;

const columns: readonly [title: string, alignment: Alignment, cell: (row: ProcessListRow) => string][] = [
  ["PID", "right", (row) => String(row.pid)],
  ["PPID", "right", (row) => String(row.parentPid)],
  ["USER", "left", (row) => row.user ?? "?"],
  ["S", "left", (row) => row.state],
  ["THREADS", "right", (row) => String(row.threads)],
  ["CPU", "right", (row) => `${row.cpuSeconds.toFixed(2)}s`],
  ["RSS", "right", (row) => bytesText(row.residentBytes)],
  ["AGE", "right", (row) => shortDurationText(row.ageSeconds)],
  ["UNIT/CONTAINER", "left", (row) => [row.unit, row.container].filter((name) => name !== "").join("/") || "-"],
  // as ps does it: a name in brackets is all that is known
  ["COMMAND", "left", (row) => row.commandLine || `[${row.process}]`],
];

function renderProcesses({ takenAtMs, rows }: ProcessList): string {
  const sorted = [...rows].sort((a, b) => b.cpuSeconds - a.cpuSeconds);
  const cells = sorted.map((row) => columns.map(([, , cell]) => cell(row)));
  const head = `${rows.length} processes at ${utcText(takenAtMs)}, most CPU seconds since their start first\n\n`;
  return `${head}${alignedTable(
    [columns.map(([title]) => title), ...cells],
    columns.map(([, alignment]) => alignment),
  )}`;
}
