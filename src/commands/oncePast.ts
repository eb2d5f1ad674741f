/** `culprit once --at`: the same report of the past, from what is recorded here, or from a recording, an archive or a table. */
import { loadConfig, wantsColour } from "../config.ts";
import { createLog } from "../log.ts";
import { defined } from "../model/defined.ts";
import type { Spike } from "../model/spike.ts";
import { rangeOf } from "../recorder/ranges/range.ts";
import { utcText } from "../text.ts";
import { visibleLines } from "../visible.ts";
import type { CommandContext } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { renderJson } from "./onceJson.ts";
import { renderOnce } from "./onceReport.ts";
import { viewOfRange } from "./pastSummary.ts";
import { type PastFacts, type PastView, pastMs, viewOfSeconds } from "./pastView.ts";
import { quietLog } from "./quietLog.ts";
import { readSourceSettings, untilStopped, withOpened } from "./recordedSource.ts";
import { openRunningCulprit, type PastSource, runningCulpritUrl } from "./remotePast.ts";
import { readStretch, type Stretch } from "./stretch.ts";

/** A longer stretch is not gone through second by second. */
const mostSecondsMs = 3_600_000;

/** Prints it; the result is the exit code. @throws UsageError, ConfigError */
export async function lookAtPast(context: CommandContext): Promise<number> {
  const { flags, out, err, clock } = context;
  const offsetMinutesAt = (ms: number) => new Date(ms).getTimezoneOffset();
  // what is written wrongly is said before anything is opened
  readStretch(flags, { nowMs: clock.wallMs(), offsetMinutesAt });
  const source = await readSourceSettings(flags);
  const config = loadConfig({ flags });
  const log = createLog({ ...quietLog(config.log, flags), stream: err });
  const [named] = flags.positionals;
  const running = named === undefined ? undefined : runningCulpritUrl(named);
  const show = async (opened: PastSource): Promise<number> => {
    // what lies elsewhere may be old: there it is told from its end, as replay tells it
    const nowMs = named === undefined ? clock.wallMs() : opened.toMs;
    const stretch = readStretch(flags, { nowMs, offsetMinutesAt }, opened.toMs);
    const view = await viewOf(opened, stretch);
    if (view === undefined) {
      err.write(`culprit: ${visibleLines(nothingThere(stretch, opened))}\n`);
      return exitCodes.failure;
    }
    const isTerminal = out.isTTY === true;
    const style = defined({ colour: wantsColour({ isTerminal }), width: isTerminal ? (out.columns ?? 80) : undefined, offsetMinutesAt });
    out.write(flags.values.has("json") ? renderJson(view) : renderOnce(view, style));
    return exitCodes.ok;
  };
  const looking = { source, log, context };
  if (running === undefined) return withOpened({ where: named ?? config.storage.path, brief: true, ...looking }, show);
  return untilStopped(context, async (signal) => show(await openRunningCulprit(running, { source, clock, signal })));
}

async function viewOf(opened: PastSource, { fromMs, toMs }: Stretch): Promise<PastView | undefined> {
  const { recording, lookBack, host, kind, last } = opened;
  const { happenedAround, ticksOf } = await import("../replay/ticks.ts");
  const known = await happenedAround(opened, fromMs, toMs);
  const spikes = known.spikes.filter(({ startMs, endMs = opened.toMs }) => startMs <= toMs && endMs >= fromMs);
  const asked = rangeOf({ fromMs, toMs });
  const { range, minutesBeforeMs } = (await lookBack.fitted?.(asked)) ?? { range: asked, minutesBeforeMs: undefined };
  const facts: PastFacts = {
    fromMs,
    toMs,
    hostname: host.hostname,
    source: { kind, fromMs: opened.fromMs, toMs: opened.toMs },
    spikes,
    events: known.events.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs),
    notes: [
      ...opened.notes,
      ...(minutesBeforeMs === undefined ? [] : [minutesNote(minutesBeforeMs, toMs)]),
      ...(spikes.length > 0 ? [] : nearestNote(known.spikes, { fromMs, toMs })),
    ],
  };
  if (recording !== undefined && toMs - fromMs <= mostSecondsMs && minutesBeforeMs === undefined) {
    return viewOfSeconds(ticksOf(recording, fromMs - pastMs, toMs), facts);
  }
  return viewOfRange(await lookBack.downsampled(range), last, facts);
}

function minutesNote(beforeMs: number, toMs: number): string {
  const when = beforeMs >= toMs ? "of this time" : `before ${utcText(beforeMs)}`;
  return `${when} only minutes are known, with the groups that led in each`;
}

/** For somebody who was told a time by the clock on the wall. */
function nearestNote(spikes: readonly Spike[], { fromMs, toMs }: Stretch): readonly string[] {
  const distance = ({ startMs, endMs = startMs }: Spike) => (startMs > toMs ? startMs - toMs : fromMs - endMs);
  const [nearest] = [...spikes].sort((a, b) => distance(a) - distance(b));
  if (nearest === undefined) return [];
  const sentence = nearest.verdict === undefined ? "" : `: ${nearest.verdict.sentence.replace(/\.$/, "")}`;
  return [`the nearest spike began at ${utcText(nearest.startMs)}${sentence}`];
}

function nothingThere({ fromMs, toMs }: Stretch, { host, fromMs: firstMs, toMs: lastMs }: PastSource): string {
  const asked = `nothing is recorded from ${utcText(fromMs)} to ${utcText(toMs)}`;
  const isWithin = fromMs >= firstMs && toMs <= lastMs;
  return `${asked}; what there is of ${host.hostname} reaches from ${utcText(firstMs)} to ${utcText(lastMs)}${isWithin ? ", with a hole there" : ""}`;
}
