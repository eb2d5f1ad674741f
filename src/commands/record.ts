/** `culprit record`: collects without a server, into a table or into a recording. */
import { arch, hostname, type as readOsType, release } from "node:os";
import { extname, resolve } from "node:path";
import { type Config, configFlags, loadConfig, parseDurationSeconds, readVersion } from "../config.ts";
import { createLog, type Log } from "../log.ts";
import { reasonOf } from "../model/errors.ts";
import { visibleLines } from "../visible.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { openRecordSink, type RecordSink } from "./recordSinks.ts";

const ownFlags: readonly Command["flags"][number][] = [
  {
    name: "out",
    value: "FILE.csv|DIR",
    help: "Where to: a new table with a row each time, or a folder for a recording with everything in it.",
  },
  { name: "interval", value: "DURATION", help: "How often, from 100ms to 1m (sample.interval of the configuration file, else 1s)." },
  { name: "seconds", value: "N", help: "How long; without it until Ctrl-C or SIGTERM." },
  { name: "duration", value: "DURATION", help: "The same, such as 90s, 5m or 1h30m." },
];

/** As `sample.interval` takes it. */
const leastIntervalSeconds = 0.1;
const mostIntervalSeconds = 60;

/** Settings that make no difference where nobody is served and nothing is kept. */
const notTaken = /^(?:web|storage)\./;

/** The command. */
export const record: Command = {
  name: "record",
  usage: [
    "culprit record --out=FILE.csv [--interval=1s] [--seconds=N|--duration=5m] [FLAGS]",
    "culprit record --out=DIR [--interval=1s] [--seconds=N|--duration=5m] [FLAGS]",
  ],
  summary:
    "Records this machine, once a second or less often, without a server: into a CSV file, or into a folder as the flight recorder does.",
  flags: [...ownFlags, ...configFlags.filter(({ name, isForScrapes }) => isForScrapes !== true && !notTaken.test(name))],
  mostWords: 0,
  run,
};

async function run(context: CommandContext): Promise<number> {
  const { flags, out, err, clock, lifetime } = context;
  const target = only(flags.values, "out");
  if (target === undefined) throw new UsageError(`--out: expected where to write: ${record.usage.join(" or ")}`);
  const seconds = parseLength(only(flags.values, "seconds"), only(flags.values, "duration"));
  const config = withInterval(loadConfig({ flags }), only(flags.values, "interval"));
  const log = createLog({ ...config.log, stream: err });
  lifetime.logCrashesTo(log);
  const host = { hostname: config.identity.hostname ?? hostname(), os: readOsType(), kernel: release(), arch: arch() };
  try {
    const kind = extname(target) === ".csv" ? "table" : "recording";
    const sink = await openRecordSink({ path: resolve(target), kind, host, version: readVersion(), clock, log });
    out.write(`Recording into ${target}${seconds === undefined ? "; Ctrl-C ends it" : ` for ${seconds} s`}\n`);
    await collect(config, context, log, sink, seconds);
    const { written, lost } = await sink.close();
    out.write(`${written} ${written === 1 ? "snapshot was" : "snapshots were"} written to ${target}\n`);
    if (lost > 0) err.write(`culprit: ${lost} ${lost === 1 ? "snapshot" : "snapshots"} could not be written; the log says why\n`);
    return lost > 0 ? exitCodes.failure : exitCodes.ok;
  } catch (error) {
    err.write(`culprit: ${visibleLines(reasonOf(error))}\n`);
    return exitCodes.failure;
  }
}

/** Until so many seconds are recorded, a signal comes, or nothing can be written any more. */
async function collect(config: Config, { clock, lifetime }: CommandContext, log: Log, sink: RecordSink, seconds?: number): Promise<void> {
  const { createSampling } = await import("../wiring/sampling.ts");
  const { sampling, close } = createSampling(config, { clock, log });
  // a tick is shifted a little, and the last one is not to be waited for twice
  const enoughSeconds = (seconds ?? Number.POSITIVE_INFINITY) - config.sample.intervalSeconds / 2;
  let recordedSeconds = 0;
  const enough = new Promise<void>((done) =>
    sampling.subscribe(({ snapshot, shown }) => {
      if (recordedSeconds >= enoughSeconds) return;
      sink.take(snapshot, shown);
      recordedSeconds += snapshot.elapsedSeconds ?? 0;
      if (recordedSeconds >= enoughSeconds) done();
    }),
  );
  sampling.sampler.start();
  try {
    await Promise.race([enough, lifetime.stopRequested, sink.failed]);
  } finally {
    await close();
  }
}

/** @throws UsageError */
function withInterval(config: Config, text: string | undefined): Config {
  if (text === undefined) return config;
  const seconds = parseDurationSeconds(text);
  if (seconds === undefined || seconds < leastIntervalSeconds || seconds > mostIntervalSeconds) {
    throw new UsageError(`--interval: expected a duration from 100ms to 1m, such as 5s, got ${JSON.stringify(text)}`);
  }
  const { sample } = config;
  return { ...config, sample: { intervalSeconds: seconds, windowSeconds: Math.max(sample.windowSeconds, seconds) } };
}

/** @throws UsageError */
function parseLength(seconds: string | undefined, duration: string | undefined): number | undefined {
  if (seconds !== undefined && duration !== undefined) throw new UsageError("expected --seconds or --duration, not both");
  const [flag, text, length] =
    seconds === undefined
      ? ["--duration", duration, duration === undefined ? undefined : parseDurationSeconds(duration)]
      : ["--seconds", seconds, /^\d{1,9}(?:\.\d{1,3})?$/.test(seconds) ? Number(seconds) : undefined];
  if (text === undefined) return undefined;
  if (length !== undefined && length > 0) return length;
  const expected = flag === "--seconds" ? "a number above 0, such as 60" : "a duration above 0, such as 90s, 5m or 1h30m";
  throw new UsageError(`${flag}: expected ${expected}, got ${JSON.stringify(text)}`);
}

function only(values: ReadonlyMap<string, readonly string[]>, name: string): string | undefined {
  return values.get(name)?.[0];
}
