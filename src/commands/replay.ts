/** `culprit replay`: the live page on what was recorded, here or elsewhere. */
import { rmSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configFlags, loadConfig, type ParsedFlags, parseDurationSeconds, parseSizeBytes, readFlagSettings } from "../config.ts";
import { createLog } from "../log.ts";
import { LogRing } from "../logs/logRing.ts";
import type { Clock } from "../model/clock.ts";
import { reasonOf } from "../model/errors.ts";
import { createRedactor, type RedactSettings } from "../redact/redactor.ts";
import type { Opened } from "../replay/opened.ts";
import { visibleLines } from "../visible.ts";
import { type Command, type CommandContext, type Output, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { replayText } from "./replayText.ts";

const longestStopSeconds = 5;
const taken = new Set(["web.listen-address", "log.level", "log.format", "config.file"]);

const helpHere: ReadonlyMap<string, string> = new Map([
  ["web.listen-address", "Where to listen (127.0.0.1 on any free port)."],
  ["config.file", "Configuration file whose redact cuts secrets out of what is logged; nothing else of it counts."],
]);

/** The command. */
export const replay: Command = {
  name: "replay",
  usage: ["culprit replay FILE|DIR|URL [FLAGS]"],
  summary: "Shows the live page of a recording, an archive (<id>.tar.gz) or a CSV of Culprit's, of this host or another, until Ctrl-C.",
  flags: [
    { name: "token-file", value: "FILE", help: "File with the token (scope read) of the Culprit that a URL belongs to." },
    { name: "max-size", value: "SIZE", help: "Refuses a file that is larger, packed or unpacked (1GiB)." },
    { name: "timeout", value: "DURATION", help: "Gives up on a URL that is not here by then (10m)." },
    ...configFlags.filter(({ name }) => taken.has(name)).map((flag) => ({ ...flag, help: helpHere.get(flag.name) ?? flag.help })),
  ],
  mostWords: 1,
  run,
};

interface Settings {
  readonly where: string;
  readonly mostBytes: number;
  readonly longestSeconds: number;
  readonly token?: string | undefined;
  readonly listenAddresses: readonly { readonly host: string; readonly port: number }[];
  readonly log: Parameters<typeof createLog>[0];
  readonly ring: LogRing;
  readonly redact: RedactSettings;
}

async function run(context: CommandContext): Promise<number> {
  const { lifetime, err } = context;
  const settings = await readSettings(context);
  const stop = new AbortController();
  void lifetime.stopRequested.then(() => stop.abort());
  const directory = await mkdtemp(join(tmpdir(), "culprit-replay-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const log = createLog(settings.log);
  lifetime.logCrashesTo(log, remove);
  try {
    return await Promise.race([show(settings, directory, context, stop.signal), overdue(context)]);
  } catch (error) {
    if (stop.signal.aborted) return exitCodes.interrupted;
    err.write(`culprit: ${visibleLines(reasonOf(error))}\n`);
    return exitCodes.failure;
  } finally {
    remove();
  }
}

/** Whatever it is busy with when it is told to stop is not waited for longer. */
async function overdue({ lifetime, clock }: CommandContext): Promise<number> {
  await lifetime.stopRequested;
  await new Promise<void>((resolve) => void clock.after(longestStopSeconds, resolve));
  return exitCodes.interrupted;
}

/** Until it is told to stop. */
async function show(
  settings: Settings,
  directory: string,
  { out, err, clock, lifetime }: CommandContext,
  signal: AbortSignal,
): Promise<number> {
  const { where, mostBytes, longestSeconds, token, listenAddresses, ring, redact } = settings;
  const log = createLog(settings.log);
  // loaded here and not above: the other commands need none of it
  const { openReplay } = await import("../replay/open.ts");
  const { openReplayServer } = await import("./replayServing.ts");
  const limits = { mostBytes, longestSeconds };
  const progress = readingProgress(err, clock);
  const wanted = { where, directory, limits, clock, log, signal, onSecond: progress.onSecond };
  const opened = await openReplay({ ...wanted, token }).finally(progress.end);
  keepNotes(opened, ring);
  const served = await openReplayServer(opened, {
    directory,
    listenAddresses,
    log,
    logLines: ring,
    redact: createRedactor(redact).text,
    clock,
  });
  try {
    out.write(replayText(opened, served, out.isTTY === true));
    await lifetime.stopRequested;
  } finally {
    await served.close();
  }
  return exitCodes.ok;
}

const firstWordSeconds = 2;

/** How far it is, for somebody who waits at a terminal. */
function readingProgress(err: Output, clock: Clock) {
  let saidAtSeconds = clock.monotonicSeconds() + firstWordSeconds - 1;
  let said = false;
  return {
    onSecond(takenAtMs: number) {
      const nowSeconds = clock.monotonicSeconds();
      if (err.isTTY !== true || nowSeconds - saidAtSeconds < 1) return;
      saidAtSeconds = nowSeconds;
      said = true;
      err.write(`\rLooking for spikes: ${new Date(takenAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC`);
    },
    end() {
      if (said) err.write(`\r${" ".repeat(50)}\r`);
    },
  };
}

/** The page's log shows them, too; the terminal has them in words already. */
function keepNotes({ notes, verdict }: Opened, ring: LogRing): void {
  const log = createLog({ level: "info", format: "json", stream: ring });
  log.info("replay: a recording holds no log of Culprit's; these are the lines of the replay itself");
  for (const note of notes) log.info(`replay: ${note}`);
  if (verdict !== undefined) log.info("replay: the archive says who it was", { verdict });
}

/** @throws UsageError, ConfigError */
async function readSettings({ flags, err, clock }: CommandContext): Promise<Settings> {
  const [where] = flags.positionals;
  if (where === undefined || where === "") throw new UsageError(`expected what to show: ${replay.usage.join(" or ")}`);
  const { listenAddresses = [{ host: "127.0.0.1", port: 0 }], logLevel = "warn", logFormat = "text", configFile } = readFlagSettings(flags);
  const tokenFile = only(flags, "token-file");
  const ring = new LogRing({ firstSequence: clock.wallMs() });
  return {
    where,
    mostBytes: checked(flags, "max-size", parseSizeBytes, "a size above 0, such as 4GiB") ?? 2 ** 30,
    longestSeconds: checked(flags, "timeout", parseDurationSeconds, "a duration above 0, such as 90s or 30m") ?? 600,
    token: tokenFile === undefined ? undefined : await readToken(tokenFile),
    listenAddresses,
    log: { level: logLevel, format: logFormat, stream: err, copies: [{ format: "json", stream: ring }] },
    ring,
    redact: configFile === undefined ? { level: "careful", patterns: [] } : loadConfig({ flags }).redact,
  };
}

function checked(flags: ParsedFlags, name: string, parse: (text: string) => number | undefined, expected: string): number | undefined {
  const text = only(flags, name);
  if (text === undefined) return undefined;
  const value = parse(text);
  if (value !== undefined && value > 0) return value;
  throw new UsageError(`--${name}: expected ${expected}, got ${JSON.stringify(text)}`);
}

function only({ values }: ParsedFlags, name: string): string | undefined {
  return values.get(name)?.[0];
}

/** @throws UsageError */
async function readToken(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new UsageError(`--token-file: cannot read ${path}: ${reasonOf(error)}`);
  });
  const token = text.trim();
  if (/^[!-~]+$/.test(token) && token.length <= 4096) return token;
  throw new UsageError(`--token-file: expected ${path} to hold one token and nothing else`);
}
