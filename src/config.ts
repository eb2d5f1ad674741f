/** Loads the configuration, and is the only reader of the environment: culprit.yml, `.env`, flags. */
import { readFileSync } from "node:fs";
import { configFlags } from "./config/configFlags.ts";
import { ConfigError } from "./config/errors.ts";
import type { Environment } from "./config/file.ts";
import { type ParsedFlags, parseFlags } from "./config/flags.ts";
import { type Config, makeConfig, writtenSettings } from "./config/load.ts";
import type { ReadFile } from "./config/readFile.ts";
import { readWebFile } from "./config/webFile.ts";
import type { Door } from "./model/door.ts";

export { settingChanges } from "./config/changes.ts";
export { configFlags, readFlagSettings } from "./config/configFlags.ts";
export { ConfigError, formatProblem } from "./config/errors.ts";
export { type FlagDefinition, type ParsedFlags, parseFlags } from "./config/flags.ts";
export type { ListenAddress } from "./config/listenAddress.ts";
export type { Config } from "./config/load.ts";
export { nearest } from "./config/nearest.ts";
export { absentNameProblem } from "./config/quiet.ts";
export { parseSizeBytes } from "./config/size.ts";
export { wantsColour } from "./config/terminal.ts";
export { parseAbove } from "./config/triggers.ts";
export { readVersion } from "./config/version.ts";
export { parseDurationSeconds } from "./model/duration.ts";

/** Where a configuration comes from; what is left out is that of this process. */
export interface LoadOptions {
  /** The flags, without `node`, the script and the command. */
  readonly argv?: readonly string[];
  /** The flags when somebody has taken them apart already; wins over `argv`. */
  readonly flags?: ParsedFlags;
  readonly env?: Environment;
  readonly cwd?: string;
  readonly readFile?: ReadFile;
  readonly platform?: NodeJS.Platform;
}

/** Loads the configuration. @throws ConfigError that lists everything that is wrong, each with its place and what was expected. */
export function loadConfig(options: LoadOptions = {}): Config {
  return makeConfig(sourcesOf(options));
}

/** What the file says of the same configuration, by its keys, for telling what has changed. @throws ConfigError */
export function loadWritten(options: LoadOptions = {}): Readonly<Record<string, unknown>> {
  return writtenSettings(sourcesOf(options));
}

function sourcesOf(options: LoadOptions) {
  const { env = process.env, cwd = process.cwd(), readFile = (path: string) => readFileSync(path, "utf8") } = options;
  return {
    flags: options.flags ?? onlyFlags(options.argv ?? []),
    env,
    cwd,
    readFile,
    platform: options.platform ?? process.platform,
  };
}

/** Reads `--web.config.file` once more; its first file is itself. @throws ConfigError */
export function readDoor({ files: [path = ""] }: Door, readFile: ReadFile = (file) => readFileSync(file, "utf8")): Door {
  return readWebFile(path, path, readFile);
}

function onlyFlags(argv: readonly string[]): ParsedFlags {
  const flags = parseFlags(argv, configFlags);
  const [unexpected] = flags.positionals;
  if (unexpected !== undefined) throw new ConfigError([{ key: unexpected, message: "expected only flags" }]);
  return flags;
}
