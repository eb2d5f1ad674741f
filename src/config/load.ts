/** Flags over file over defaults: the whole configuration. */
import { dirname, isAbsolute, resolve } from "node:path";
import { defined } from "../model/defined.ts";
import { type FlagSettings, readFlagSettings } from "./configFlags.ts";
import { ConfigError } from "./errors.ts";
import { type Environment, readSettings } from "./file.ts";
import type { ParsedFlags } from "./flags.ts";
import { isAbsent, type ReadFile, reason } from "./readFile.ts";
import { completeSettings, type FileSettings } from "./settings.ts";
import { readWebFile } from "./webFile.ts";

const usualFile = "culprit.yml";

/** What a configuration is made from. */
interface ConfigSources {
  readonly flags: ParsedFlags;
  readonly env: Environment;
  /** Where relative paths of the command line begin. */
  readonly cwd: string;
  readonly readFile: ReadFile;
  /** process.platform: Linux has procfs, the others have not. */
  readonly platform: NodeJS.Platform;
}

/** A file's settings, its path as shown and the folder where its relative paths begin. */
interface SettingsFile {
  readonly settings: FileSettings;
  readonly written: Readonly<Record<string, unknown>>;
  readonly path?: string;
  readonly folder: string;
}

/** Makes the configuration. @throws ConfigError that names everything that is wrong with the flags, or else with the file. */
export function makeConfig({ flags, env, cwd, readFile, platform }: ConfigSources) {
  if (flags.problems.length > 0) throw new ConfigError(flags.problems);
  const given = readFlagSettings(flags);
  const file = findFile(given.configFile, env, cwd, readFile);
  const { settings } = file;
  const storage = given.storagePath ? resolve(cwd, given.storagePath) : storagePath(file, env, cwd);
  const settled = completeSettings({ settings, given, folder: file.folder, storagePath: storage });
  return defined({
    ...settled,
    web: defined({
      ...settled.web,
      /** TLS, users and headers, as the file said; whoever serves reads it again when it changes. */
      door: readDoor(given, file, cwd, readFile),
    }),
    /** The file that was read, if there was one. */
    file: file.path,
    source: given.source ?? (platform === "linux" ? "procfs" : "portable"),
    /** Where the kernel's file systems are mounted. */
    paths: mountPaths(given, cwd),
    /** Collectors that are switched off, and what some of them look at. */
    collectors: defined({
      disabled: given.disabledCollectors ?? [],
      textfileDirectories: (given.textfileDirectories ?? []).map((directory) => resolve(cwd, directory)),
      /** Units of systemd to show although nothing is wrong with them. */
      chosenUnits: given.chosenUnits,
    }),
  });
}

/** The configuration as the rest of Culprit sees it: complete, checked, in seconds and bytes, with absolute paths. */
export type Config = ReturnType<typeof makeConfig>;

/** What the file says, as it is written: to tell which of its keys are others than before. @throws ConfigError */
export function writtenSettings({ flags, env, cwd, readFile }: ConfigSources): Readonly<Record<string, unknown>> {
  return findFile(readFlagSettings(flags).configFile, env, cwd, readFile).written;
}

/** The file that was named must be there; the usual one need not. */
function findFile(named: string | undefined, env: Environment, cwd: string, readFile: ReadFile): SettingsFile {
  const shown = named ?? usualFile;
  const path = resolve(cwd, shown);
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    if (named === undefined && isAbsent(error)) return { settings: {}, written: {}, folder: cwd };
    const key = named === undefined ? {} : { key: "--config.file" };
    throw new ConfigError([{ ...key, message: `cannot read ${shown}: ${reason(error)}` }]);
  }
  return { ...readSettings(path, shown, text, env, readFile), path: shown, folder: dirname(path) };
}

function readDoor(given: FlagSettings, { settings, folder }: SettingsFile, cwd: string, readFile: ReadFile) {
  if (given.webConfigFile !== undefined) return readWebFile(resolve(cwd, given.webConfigFile), given.webConfigFile, readFile);
  const named = settings.web?.configFile;
  return named === undefined ? undefined : readWebFile(resolve(folder, named), named, readFile, "web.configFile");
}

function storagePath({ settings, folder }: SettingsFile, env: Environment, cwd: string): string {
  if (settings.storage?.path !== undefined) return resolve(folder, settings.storage.path);
  // systemd lists all state directories of a unit, the first one is ours.
  const fromSystemd = env.STATE_DIRECTORY?.split(":")[0];
  return fromSystemd !== undefined && isAbsolute(fromSystemd) ? fromSystemd : resolve(cwd, "data");
}

function mountPaths({ procfs = "/proc", sysfs = "/sys", rootfs = "/" }: FlagSettings, cwd: string) {
  return { procfs: resolve(cwd, procfs), sysfs: resolve(cwd, sysfs), rootfs: resolve(cwd, rootfs) };
}
