/** `culprit capture`: an archive right now. */
import { configFlags, loadConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { figureText } from "../spikes/words.ts";
import { visibleLines } from "../visible.ts";
import type { Look } from "../wiring/look.ts";
import { CaptureProblem, type CaptureResult, captureNow } from "./captureNow.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { quietLog } from "./quietLog.ts";

/** So long the machine is looked at before an archive is made without a Culprit that has been looking all the time. */
const lookSeconds = 5;
const mostReasonCharacters = 1000;

/** Settings of what is served or scraped make no difference here. */
export const lookFlags = configFlags.filter(
  ({ name, isForScrapes }) => isForScrapes !== true && (name === "web.listen-address" || !name.startsWith("web.")),
);

/** The command. */
export const capture: Command = {
  name: "capture",
  usage: ["culprit capture [--reason=TEXT] [FLAGS]"],
  summary: "Makes an archive of this machine now: asks the Culprit that runs here, or does it alone when none does.",
  flags: [{ name: "reason", value: "TEXT", help: "Why, in your own words; it is kept in the archive." }, ...lookFlags],
  mostWords: 0,
  run,
};

async function run({ flags, out, err, clock, lifetime }: CommandContext): Promise<number> {
  const reason = flags.values.get("reason")?.[0]?.trim();
  if (reason !== undefined && reason.length > mostReasonCharacters) {
    throw new UsageError(`--reason: expected at most ${mostReasonCharacters} characters, got ${reason.length}`);
  }
  const config = loadConfig({ flags });
  const log = createLog({ ...quietLog(config.log, flags), stream: err });
  lifetime.logCrashesTo(log);
  // its own table shows it as culprit, not as node
  process.title = "culprit";
  const progress = (sentence: string) => void (err.isTTY === true && err.write(`${sentence}\n`));
  let begun: Look | undefined;
  try {
    const { startLook } = await import("../wiring/look.ts");
    const result = await captureNow(config, {
      log,
      clock,
      reason: reason === undefined || reason === "" ? undefined : reason,
      stopRequested: lifetime.stopRequested,
      progress,
      async look() {
        begun = startLook(config, lookSeconds, { log, clock });
        await begun.seen(lookSeconds, lifetime.stopRequested);
        return begun;
      },
    });
    out.write(describeCapture(result));
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof CaptureProblem)) throw error;
    err.write(`culprit: ${visibleLines(error.message)}\n`);
    return error.exitCode;
  } finally {
    await begun?.stop();
  }
}

/** What a person is told of an archive, a line for each fact. */
export function describeCapture({ id, path, url, sizeBytes, verdict }: CaptureResult): string {
  const size = sizeBytes === undefined ? "" : ` (${figureText(sizeBytes, "bytes")})`;
  const lines = [
    `Archive: ${id}`,
    ...(path === undefined ? [] : [`File:    ${path}${size}`]),
    ...(url === undefined ? [] : [`URL:     ${url}`]),
    ...(verdict === undefined ? [] : [`Verdict: ${verdict}`]),
  ];
  return `${lines.join("\n")}\n`;
}
