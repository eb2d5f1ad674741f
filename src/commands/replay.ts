/** `culprit replay`: the live page on what was recorded, here or elsewhere. */
import { configFlags, loadConfig, readFlagSettings } from "../config.ts";
import { createLog } from "../log.ts";
import { LogRing } from "../logs/logRing.ts";
import { createRedactor, type RedactSettings } from "../redact/redactor.ts";
import type { Opened } from "../replay/opened.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { readSourceSettings, type SourceSettings, sourceFlags, withOpened } from "./recordedSource.ts";
import { replayText } from "./replayText.ts";

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
    ...sourceFlags,
    ...configFlags.filter(({ name }) => taken.has(name)).map((flag) => ({ ...flag, help: helpHere.get(flag.name) ?? flag.help })),
  ],
  mostWords: 1,
  run,
};

interface Settings {
  readonly where: string;
  readonly source: SourceSettings;
  readonly listenAddresses: readonly { readonly host: string; readonly port: number }[];
  readonly log: Parameters<typeof createLog>[0];
  readonly ring: LogRing;
  readonly redact: RedactSettings;
}

async function run(context: CommandContext): Promise<number> {
  const settings = await readSettings(context);
  const log = createLog(settings.log);
  const { where, source } = settings;
  return withOpened({ where, source, log, context }, (opened, directory) => show(opened, { settings, directory, context }));
}

interface Showing {
  readonly settings: Settings;
  readonly directory: string;
  readonly context: CommandContext;
}

/** Until it is told to stop. */
async function show(opened: Opened, { settings, directory, context }: Showing): Promise<number> {
  const { out, clock, lifetime } = context;
  const { listenAddresses, ring, redact } = settings;
  const { openReplayServer } = await import("./replayServing.ts");
  keepNotes(opened, ring);
  const served = await openReplayServer(opened, {
    directory,
    listenAddresses,
    log: createLog(settings.log),
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
  const ring = new LogRing({ firstSequence: clock.wallMs() });
  return {
    where,
    source: await readSourceSettings(flags),
    listenAddresses,
    log: { level: logLevel, format: logFormat, stream: err, copies: [{ format: "json", stream: ring }] },
    ring,
    redact: configFile === undefined ? { level: "careful", patterns: [] } : loadConfig({ flags }).redact,
  };
}
