/** What replay and `once --at` look at: a recording, an archive or a table, opened for as long as it is looked at. */
import { rmSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FlagDefinition, type ParsedFlags, parseDurationSeconds, parseSizeBytes } from "../config.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { reasonOf } from "../model/errors.ts";
import type { Opened } from "../replay/opened.ts";
import { visibleLines } from "../visible.ts";
import { type CommandContext, type Output, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";

const longestStopSeconds = 5;
const firstWordSeconds = 2;

/** How it is opened. */
export const sourceFlags: readonly FlagDefinition[] = [
  { name: "token-file", value: "FILE", help: "File with the token (scope read) of the Culprit that a URL belongs to." },
  { name: "max-size", value: "SIZE", help: "Refuses a file that is larger, packed or unpacked (1GiB)." },
  { name: "timeout", value: "DURATION", help: "Gives up on a URL that is not here by then (10m)." },
];

/** What these flags say. */
export interface SourceSettings {
  readonly mostBytes: number;
  readonly longestSeconds: number;
  readonly token: string | undefined;
}

/** Reads them. @throws UsageError */
export async function readSourceSettings(flags: ParsedFlags): Promise<SourceSettings> {
  const tokenFile = only(flags, "token-file");
  return {
    mostBytes: checked(flags, "max-size", parseSizeBytes, "a size above 0, such as 4GiB") ?? 2 ** 30,
    longestSeconds: checked(flags, "timeout", parseDurationSeconds, "a duration above 0, such as 90s or 30m") ?? 600,
    token: tokenFile === undefined ? undefined : await readToken(tokenFile),
  };
}

interface Looking {
  readonly where: string;
  readonly source: SourceSettings;
  readonly log: Log;
  readonly context: CommandContext;
  /** Only what is asked for will be read of it. */
  readonly brief?: boolean;
}

/** Opens it in a directory that is removed afterwards, and shows it; gives back the exit code. */
export async function withOpened(
  { where, source, log, context, brief = false }: Looking,
  show: (opened: Opened, directory: string) => Promise<number>,
): Promise<number> {
  const { lifetime, err, clock } = context;
  const directory = await mkdtemp(join(tmpdir(), "culprit-replay-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  lifetime.logCrashesTo(log, remove);
  const open = async (signal: AbortSignal) => {
    // loaded here and not above: the other commands need none of it
    const { openReplay } = await import("../replay/open.ts");
    const { token, ...limits } = source;
    const progress = readingProgress(err, clock);
    const wanted = { where, directory, limits, clock, log, signal, brief, onSecond: progress.onSecond };
    return await openReplay({ ...wanted, token }).finally(progress.end);
  };
  return untilStopped(context, async (signal) => show(await open(signal), directory)).finally(remove);
}

/** Works until it is told to stop; what goes wrong is said. Gives back the exit code. */
export async function untilStopped(context: CommandContext, work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  void context.lifetime.stopRequested.then(() => stop.abort());
  try {
    return await Promise.race([work(stop.signal), overdue(context)]);
  } catch (error) {
    if (stop.signal.aborted) return exitCodes.interrupted;
    context.err.write(`culprit: ${visibleLines(reasonOf(error))}\n`);
    return exitCodes.failure;
  }
}

/** Whatever it is busy with when it is told to stop is not waited for longer. */
async function overdue({ lifetime, clock }: CommandContext): Promise<number> {
  await lifetime.stopRequested;
  await new Promise<void>((resolve) => void clock.after(longestStopSeconds, resolve));
  return exitCodes.interrupted;
}

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
