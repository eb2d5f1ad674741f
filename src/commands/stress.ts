/** `culprit stress`: makes a load, and prints what the running Culprit does about it, link by link. */
import { statfs } from "node:fs/promises";
import { availableParallelism, freemem, totalmem } from "node:os";
import { type Config, configFlags, loadConfig, parseDurationSeconds, parseSizeBytes } from "../config.ts";
import { reasonOf } from "../model/errors.ts";
import { Chain, type ChainLine } from "../stress/chain.ts";
import { type ExpectedTrigger, expectedTriggers } from "../stress/expected.ts";
import { type Load, LoadProblem, loadText, planLoad, stressKinds, stressName } from "../stress/load.ts";
import { type RunningLoad, startLoad } from "../stress/startLoad.ts";
import { listText } from "../text.ts";
import { visibleLines } from "../visible.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { InstanceProblem } from "./runningInstance.ts";
import { findInstance, type WatchedInstance } from "./stressWatch.ts";

const neededSeconds = 15;
const mostWaitSeconds = 45;

/** The command. */
export const stress: Command = {
  name: "stress",
  usage: [`culprit stress ${stressKinds.join("|")} [--for=DURATION] [--processes=N] [--size=SIZE]`],
  summary: "Makes a load for a short while, and prints how the Culprit that runs here notices, names, captures and tells it.",
  flags: [
    { name: "for", value: "DURATION", help: "How long at most, up to 15m; it ends sooner when the last link has held." },
    { name: "processes", value: "N", help: "How many busy loops (8 for each core) or loops that fork (1 for each core)." },
    { name: "size", value: "SIZE", help: "How much memory is filled (a quarter), or how large the file is (256MiB)." },
    ...configFlags.filter(({ name }) => ["config.file", "storage.path", "web.listen-address"].includes(name)),
  ],
  mostWords: 1,
  run,
};

async function run(context: CommandContext): Promise<number> {
  const { flags, err, lifetime, clock } = context;
  const kind = stressKinds.find((one) => one === flags.positionals[0]);
  if (kind === undefined) throw new UsageError(`expected which load: ${stress.usage[0]}`);
  const wishes = readWishes(flags.values);
  const config = loadConfig({ flags });
  const stop = new AbortController();
  void lifetime.stopRequested.then(() => stop.abort());
  try {
    const instance = await findInstance(config, clock, stop.signal);
    const load = planLoad(kind, await readRoom(config, instance), config.storage.path, wishes);
    await waitForHistory(context, instance, stop.signal);
    return await tryOut(context, instance, load, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return exitCodes.interrupted;
    if (error instanceof LoadProblem) throw new UsageError(error.message);
    if (!(error instanceof InstanceProblem)) throw error;
    err.write(`culprit: ${visibleLines(error.message)}\n`);
    return exitCodes.failure;
  }
}

/** A rise needs something to rise from: a Culprit that has started a moment ago is given some seconds. */
async function waitForHistory({ out, clock }: CommandContext, instance: WatchedInstance, stopped: AbortSignal): Promise<void> {
  const untilSeconds = clock.monotonicSeconds() + mostWaitSeconds;
  for (let isSaid = false; !stopped.aborted && clock.monotonicSeconds() < untilSeconds; isSaid = true) {
    if ((await instance.recentSeconds()) >= neededSeconds) return;
    if (!isSaid) out.write(`Waiting for ${neededSeconds} s of history, which a rise is measured against...\n`);
    await new Promise<void>((resolve) => void clock.after(1, resolve));
  }
  stopped.throwIfAborted();
}

/** Makes the load and follows the chain; ends the load whatever happens. */
async function tryOut({ out, err, clock }: CommandContext, instance: WatchedInstance, load: Load, stopped: AbortSignal): Promise<number> {
  const { host, triggers, channels, isQuiet, url } = instance;
  const watched = { ...load, cores: host.cores ?? availableParallelism(), memoryBytes: host.memoryTotalBytes ?? totalmem() };
  const expected = expectedTriggers(triggers, watched, load.seconds);
  for (const line of opening(load, instance, expected)) out.write(`${line}\n`);
  let running: RunningLoad;
  const [startedAtMs, startedSeconds] = [clock.wallMs(), clock.monotonicSeconds()];
  const elapsed = () => Math.round(clock.monotonicSeconds() - startedSeconds);
  try {
    running = await startLoad(load);
  } catch (error) {
    err.write(`culprit: the load could not be started: ${visibleLines(reasonOf(error))}\n`);
    return exitCodes.failure;
  }
  let problem: string | undefined;
  void running.ended.then((reason) => {
    problem = reason;
  });
  try {
    const tried = expected.filter(({ hindered }) => hindered === undefined);
    const chain = new Chain({ kind: load.kind, startedAtMs, pids: running.pids, expected: tried, channels: isQuiet ? [] : channels });
    let isAsked = tried.some(({ capture }) => capture);
    const print = (lines: readonly ChainLine[]) => {
      for (const line of lines) out.write(`${lineText(line)}\n`);
    };
    while (!chain.isOver && !stopped.aborted && problem === undefined) {
      await new Promise<void>((resolve) => void clock.after(1, resolve));
      const lines = chain.take(await instance.see(startedAtMs, elapsed()));
      print(lines);
      if (!isAsked && (lines.some(({ link }) => link === "named") || chain.isOver)) {
        // no trigger makes an archive of this: it is asked for as a person would
        isAsked = true;
        const id = await instance.capture(`culprit stress ${load.kind}`);
        chain.addCapture(id, elapsed());
      }
    }
    if (stopped.aborted) return exitCodes.interrupted;
    if (problem !== undefined) {
      print([{ seconds: elapsed(), link: "broken", text: `the load has ended: ${problem}` }, ...chain.giveUp(elapsed())]);
      return exitCodes.failure;
    }
    out.write(chain.isBroken ? "The chain is broken.\n" : `The whole chain holds, after ${elapsed()} s. See ${url.href}\n`);
    return chain.isBroken ? exitCodes.failure : exitCodes.ok;
  } finally {
    await running.stop();
  }
}

/** What is begun, and what will not be tried and why. */
function opening(load: Load, { host, channels, isQuiet }: WatchedInstance, expected: readonly ExpectedTrigger[]): readonly string[] {
  const hindered = expected.filter((one) => one.hindered !== undefined).map(({ name, hindered: why }) => `${name}: ${why}`);
  const tried = expected.filter((one) => one.hindered === undefined);
  const told = tried.some(({ notify }) => notify !== false);
  const names = tried.map(({ name, withinSeconds }) => `${name} within ${withinSeconds} s`);
  return [
    `Load on ${visibleLines(host.host)}: ${loadText(load)}; all of it is called ${stressName}.`,
    names.length > 0 ? `Must fire: ${listText(names)}.` : "No trigger must fire; an archive is asked for when it is known who it is.",
    ...hindered.map((text) => `Not tried: ${text}.`),
    ...(told && channels.length === 0 ? ["No channel is configured: nobody is told."] : []),
    ...(told && channels.length > 0 && isQuiet ? ["Messages are held back now (silences, quiet hours): they are not waited for."] : []),
  ];
}

function lineText({ seconds, link, text }: ChainLine): string {
  return `${String(seconds).padStart(4)} s  ${link.padEnd(9)}  ${visibleLines(text)}`;
}

async function readRoom({ storage }: Config, { host }: WatchedInstance) {
  const disk = await statfs(storage.path).catch(() => undefined);
  return {
    cores: host.cores ?? availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    freeDiskBytes: disk === undefined ? undefined : disk.bavail * disk.bsize,
  };
}

/** @throws UsageError */
function readWishes(values: ReadonlyMap<string, readonly string[]>) {
  const read = (flag: string, parse: (text: string) => number | undefined, expected: string): number | undefined => {
    const text = values.get(flag)?.[0];
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value !== undefined) return value;
    throw new UsageError(`--${flag}: expected ${expected}, got ${JSON.stringify(text)}`);
  };
  return {
    seconds: read("for", parseDurationSeconds, "a duration such as 90s or 3m"),
    processes: read("processes", (text) => (/^\d{1,6}$/.test(text) ? Number(text) : undefined), "a number such as 8"),
    bytes: read("size", parseSizeBytes, "a size such as 512MiB"),
  };
}
