/** `culprit once`: looks at this machine for some seconds and says who it is right now. */
import { hostname } from "node:os";
import { type Config, loadConfig, wantsColour } from "../config.ts";
import { createLog, type Log } from "../log.ts";
import { defined } from "../model/defined.ts";
import { wholePercent } from "../text.ts";
import { visibleLines } from "../visible.ts";
import { hiddenNotes } from "../wiring/hidden.ts";
import type { Look } from "../wiring/look.ts";
import { lookFlags } from "./capture.ts";
import { type AboveResult, parseCaptureAbove, watchAbove } from "./captureAbove.ts";
import { CaptureProblem, type CaptureResult, captureNow } from "./captureNow.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { renderJson } from "./onceJson.ts";
import { renderOnce } from "./onceReport.ts";
import { divide, figuresOf, isCalm, type OnceView, strainOf, watchDevices } from "./onceView.ts";
import { quietLog } from "./quietLog.ts";
import { sourceFlags } from "./recordedSource.ts";
import { isAboutPast, readSeconds, stretchFlags } from "./stretch.ts";

const usualSeconds = 5;

/** The command. */
export const once: Command = {
  name: "once",
  usage: [
    "culprit once [--seconds=5] [--json] [FLAGS]",
    "culprit once --at=WHEN [--seconds=60] [--json] [FILE|DIR|URL] [FLAGS]",
    "culprit once --from=WHEN [--to=WHEN] [--json] [FILE|DIR|URL] [FLAGS]",
    "culprit once --capture-above=load5=2.0 [--capture-above=cpu=75%] [FLAGS]",
  ],
  summary:
    "Looks at this machine for some seconds and says who uses what and who it is right now; or what it was at any moment that is recorded here, in an archive or in a CSV; or, for cron, captures when it is too much.",
  flags: [
    { name: "seconds", value: "N", help: "How long to look, from 1 to 3600 (5; with --at 60)." },
    ...stretchFlags,
    { name: "json", help: "Prints JSON instead of a table; docs/once.md has its shape." },
    {
      name: "capture-above",
      value: "METRIC=VALUE",
      help: "Prints nothing unless a metric of triggers is above VALUE; then captures, as culprit capture does, and exits with 3. Repeatable.",
      repeatable: true,
    },
    ...sourceFlags,
    ...lookFlags,
  ],
  mostWords: 1,
  run,
};

async function run(context: CommandContext): Promise<number> {
  const { flags, err, clock, lifetime } = context;
  const conditions = flags.values.get("capture-above");
  if (isAboutPast(flags)) {
    if (conditions !== undefined)
      throw new UsageError("--capture-above: expected without --at and --from: what is past cannot be captured");
    const { lookAtPast } = await import("./oncePast.ts");
    return lookAtPast(context);
  }
  refusePastOnly(flags);
  const seconds = readSeconds(flags) ?? usualSeconds;
  const rules = parseCaptureAbove(conditions ?? [], seconds);
  const config = loadConfig({ flags });
  const log = createLog({ ...quietLog(config.log, flags), stream: err });
  lifetime.logCrashesTo(log);
  // its own table shows it as culprit, not as node
  process.title = "culprit";
  const { startLook } = await import("../wiring/look.ts");
  let stopped = false;
  void lifetime.stopRequested.then(() => {
    stopped = true;
  });
  const above = watchAbove(rules);
  const devices = watchDevices();
  const look = startLook(config, seconds, {
    log,
    clock,
    onTick(snapshot, active) {
      devices.take(snapshot);
      above.take(snapshot, active);
    },
  });
  try {
    if (err.isTTY === true && conditions === undefined) err.write(`Looking for ${seconds} s ...`);
    const seen = await look.seen(seconds, lifetime.stopRequested);
    if (err.isTTY === true && conditions === undefined) err.write("\r\u001b[K");
    // an interrupted look is neither quiet nor above the threshold
    if (stopped && conditions !== undefined) return exitCodes.interrupted;
    const found = viewOf(look, seen, devices);
    const view = found && { ...found, notes: hiddenNotes(config).map((note) => `${unseenText(found.figures.coverage.cpu)}${note}`) };
    if (view === undefined) {
      err.write(
        `culprit: ${stopped ? "interrupted before anything was seen" : "nothing could be read of this machine; the log says why"}\n`,
      );
      return stopped ? exitCodes.interrupted : exitCodes.failure;
    }
    if (conditions === undefined) return print(view, context);
    return await captureIfAbove(above.result(), { config, context, log, look, view });
  } finally {
    await look.stop();
  }
}

/** How much of the CPU use nobody is named for. */
function unseenText(coverage: number | undefined): string {
  return coverage === undefined ? "" : `${wholePercent(1 - coverage)} % of the CPU use belongs to nobody who could be seen: `;
}

function print(view: OnceView, { flags, out }: CommandContext): number {
  const isTerminal = out.isTTY === true;
  const width = isTerminal ? { width: out.columns ?? 80 } : {};
  out.write(flags.values.has("json") ? renderJson(view) : renderOnce(view, { colour: wantsColour({ isTerminal }), ...width }));
  return exitCodes.ok;
}

interface Above {
  readonly config: Config;
  readonly context: CommandContext;
  readonly log: Log;
  readonly look: Look;
  readonly view: OnceView;
}

/** As cron likes it: silent when all is well, one line when there is something to look at. */
async function captureIfAbove({ reasons, unknown }: AboveResult, { config, context, log, look, view }: Above): Promise<number> {
  const { flags, out, err, clock, lifetime } = context;
  for (const words of unknown) err.write(`culprit: --capture-above: ${words} cannot be read on this machine\n`);
  if (reasons.length === 0) return unknown.length > 0 ? exitCodes.failure : exitCodes.ok;
  try {
    const captured = await captureNow(config, {
      log,
      clock,
      reason: reasons.join("; "),
      stopRequested: lifetime.stopRequested,
      progress: () => undefined,
      look: async () => look,
    });
    out.write(flags.values.has("json") ? renderJson(view, { ...captured, reasons }) : capturedLine(reasons, captured));
    return exitCodes.captured;
  } catch (error) {
    if (!(error instanceof CaptureProblem)) throw error;
    err.write(`culprit: ${visibleLines(`${reasons.join("; ")}; ${error.message}`)}\n`);
    return error.exitCode;
  }
}

/** One line, with the way to the archive at its end. */
function capturedLine(reasons: readonly string[], { id, path, url }: CaptureResult): string {
  return `${reasons.join("; ")}; captured: ${path ?? url ?? id}\n`;
}

function viewOf(look: Look, seconds: number, devices: ReturnType<typeof watchDevices>): OnceView | undefined {
  const stats = look.stats();
  if (stats === undefined || stats.coveredSeconds === 0) return undefined;
  const figures = figuresOf(stats, devices.uses());
  const { resource: strained, strain } = strainOf(figures);
  const suffering = look.spikes.strained();
  const { nowSeconds, pastSeconds } = divide(seconds);
  const risen = look.spikes.judgeNow(nowSeconds);
  const judgement = risen?.verdict.basis === "use" ? look.spikes.judgeNow(nowSeconds, strained) : risen;
  return defined({
    hostname: hostname(),
    takenAtMs: stats.newest.takenAtMs,
    seconds,
    figures,
    lines: look.lines(stats),
    strained,
    suffering,
    calm: suffering === undefined && isCalm(strain) && judgement?.verdict.basis === "use",
    judgement,
    pastSeconds,
    spikes: [...look.spikes.active(), ...look.spikes.recent()].sort((a, b) => b.startMs - a.startMs),
  });
}

/** What only makes sense with a moment of the past. @throws UsageError */
function refusePastOnly({ positionals: [where], values }: CommandContext["flags"]): void {
  if (where !== undefined) throw new UsageError(`unexpected ${JSON.stringify(where)}; expected --at or --from with it`);
  const flag = sourceFlags.find(({ name }) => values.has(name));
  if (flag !== undefined) throw new UsageError(`--${flag.name}: expected --at or --from with it`);
}
