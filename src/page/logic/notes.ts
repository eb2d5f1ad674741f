/** Why something is not there, in words: never an empty place without one. Pure. */

import type { ProcessesAnswer } from "../../api/pastAnswers.ts";
import { durationText } from "../../text.ts";
import type { ChartSpec } from "./charts.ts";
import type { Focus } from "./focus.ts";
import type { Times } from "./format.ts";
import type { Frame } from "./frame.ts";
import type { Link } from "./link.ts";
import type { Stretch } from "./range.ts";

/** What is known of what is drawn. */
export interface Drawn {
  readonly frame: Frame;
  readonly stretch: Stretch;
  readonly range: Stretch | undefined;
  /** What is asked for has not come yet. */
  readonly isLoading: boolean;
  /** What went wrong with it. */
  readonly note: string | undefined;
  /** Before this only minutes are known. */
  readonly minutesBeforeMs?: number | undefined;
}

/** So much of a stretch may be missing at its beginning without a word. */
const leastLateMs = 15_000;

/** Above the charts: what is missing, what a point is. While the past loads nothing is said of what is not there. */
export function stretchNotes({ frame, stretch, range, isLoading, note, minutesBeforeMs }: Drawn, times: Times): string {
  if (isLoading) return note ?? "Loading…";
  const step =
    range !== undefined && frame.stepMs > 1000
      ? `Each point is ${durationText(frame.stepMs / 1000)}: lines are means, thin lines the highest second.`
      : "";
  const first = frame.times.find((_, slot) => frame.isRecorded(slot));
  const lateMs = Math.max(leastLateMs, (stretch.toMs - stretch.fromMs) / 20);
  const late = first !== undefined && first - stretch.fromMs > lateMs ? `Grey: no data. Recording starts at ${times.moment(first)}.` : "";
  return [note ?? "", minutesNote(minutesBeforeMs, stretch, times), step, late].filter(Boolean).join(" ");
}

/** Where the seconds are gone. */
function minutesNote(beforeMs: number | undefined, { toMs }: Stretch, times: Times): string {
  if (beforeMs === undefined) return "";
  return beforeMs >= toMs ? "Minutes only, with the ten groups that led in each." : `Minutes only before ${times.moment(beforeMs)}.`;
}

/** The parts of a stretch of which nothing is recorded; none as long as it loads. */
export function* unrecorded({ frame, stretch, isLoading }: Pick<Drawn, "frame" | "stretch" | "isLoading">): Iterable<Stretch> {
  if (isLoading) return;
  const { fromMs, toMs } = stretch;
  let since: number | undefined = fromMs;
  for (const [slot, startMs] of frame.times.entries()) {
    if (frame.isRecorded(slot)) {
      if (since !== undefined && startMs > since) yield { fromMs: since, toMs: startMs };
      since = undefined;
    } else since ??= startMs;
  }
  // the newest second is always on its way
  const endMs = frame.length === 0 ? fromMs : frame.toMs;
  if (since !== undefined) yield { fromMs: since, toMs };
  else if (toMs - endMs > 3000) yield { fromMs: endMs, toMs };
}

/** Why a chart is blank; "" where it is not. */
export function whyBlank(
  { series, absent, ofMounts }: Pick<ChartSpec, "series" | "absent" | "ofMounts">,
  { frame, isLoading, note }: Drawn,
  hidden: readonly string[],
  link: Link,
): string {
  if (ofMounts !== true && series.every(({ id }) => hidden.includes(id))) return "All its lines are switched off.";
  const isThere = ofMounts === true ? frame.mounts.size > 0 : series.some(({ figure }) => frame.figures.has(figure));
  if (frame.newestMs !== undefined) return isThere ? "" : absent;
  if (isLoading || link.state === "connecting") return note ?? "Loading…";
  if (note !== undefined) return note;
  if (link.state === "lost" || link.state === "loggedOut") return "There was no connection since this page was opened.";
  return "Waiting for the first second…";
}

/** Why the table of groups has no line; "" where it has some. `known` are those before the filter. */
export function whyNoGroup(
  { frame, isLoading, note }: Drawn,
  focus: Pick<Focus, "first" | "last">,
  counts: { readonly known: number; readonly found: number },
): string {
  if (counts.found > 0) return "";
  if (isLoading) return "Loading…";
  const isRecorded = focus.last >= 0 && frame.seconds.slice(Math.max(0, focus.first), focus.last + 1).some((seconds) => seconds > 0);
  if (!isRecorded) return note ?? "Nothing is recorded of this moment.";
  return counts.known === 0 ? "Nobody did anything." : "No match.";
}

/** What must be known of a list of single processes, or why it is empty. */
export function processNotes(answer: ProcessesAnswer | undefined, problem: string | undefined, filter: string): string {
  if (problem !== undefined) return problem;
  if (answer === undefined) return "Loading…";
  const { when, complete, total, processes } = answer;
  const partly =
    when === "now" ? "Only those that did something lately are known here." : "Of the past the busiest twenty of each second are known.";
  const cut = total > processes.length && filter === "" ? `${processes.length} of ${total} are shown; the filter finds the others.` : "";
  return [complete ? "" : partly, processes.length === 0 ? "No match." : cut].filter(Boolean).join(" ");
}
