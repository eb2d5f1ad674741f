/** Makes `report.html`; what goes wrong with it costs the archive nothing else. */

import type { Clock } from "../../model/clock.ts";
import type { RecordedLines } from "../../recorder/format/line.ts";
import type { CaptureFacts } from "../making/compose.ts";
import { textContent } from "../making/content.ts";
import { type FinishedFile, runParts } from "../making/runParts.ts";
import { renderReport } from "./report.ts";
import { foldSeries } from "./series.ts";

const name = "report.html";

/** The report as a file of the archive, or the reason why there is none. Never rejects. */
export function makeReport(
  facts: CaptureFacts,
  recorded: RecordedLines,
  clock: Clock,
  stop: AbortSignal,
): Promise<readonly FinishedFile[]> {
  const run = async (signal: AbortSignal) => {
    const { first, last, sinceMs } = facts.digest;
    const span = { fromMs: first ?? facts.asked.fromMs, toMs: last ?? facts.asked.toMs, sinceMs };
    return [{ name, content: textContent(renderReport(facts, await foldSeries(recorded, span, signal))) }];
  };
  return runParts([{ name, run }], clock, stop);
}
