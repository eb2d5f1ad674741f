/** Flags over file over defaults: the whole configuration. */
import { dirname, isAbsolute, join, resolve } from "node:path";
import { defined } from "../model/defined.ts";
import { ownCommandSettings } from "./commands.ts";
import { type FlagSettings, readFlagSettings } from "./configFlags.ts";
import { ConfigError } from "./errors.ts";
import { type Environment, readSettings } from "./file.ts";
import type { ParsedFlags } from "./flags.ts";
import { groupRule } from "./groupRules.ts";
import { notifySettings } from "./notify.ts";
import { isAbsent, type ReadFile, reason } from "./readFile.ts";
import { relaySettings } from "./relay.ts";
import { defaults, type FileSettings } from "./schema.ts";
import { triggerRules } from "./triggers.ts";
import type { Config } from "./types.ts";

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
  readonly path?: string;
  readonly folder: string;
}

/** Makes the configuration. @throws ConfigError that names everything that is wrong with the flags, or else with the file. */
export function makeConfig({ flags, env, cwd, readFile, platform }: ConfigSources): Config {
  if (flags.problems.length > 0) throw new ConfigError(flags.problems);
  const given = readFlagSettings(flags);
  const file = findFile(given.configFile, env, cwd, readFile);
  const { settings } = file;
  const storage = given.storagePath ? resolve(cwd, given.storagePath) : storagePath(file, env, cwd);
  const externalUrl = given.externalUrl ?? settings.web?.externalUrl;
  return defined({
    file: file.path,
    web: defined({
      listenAddresses: given.listenAddresses ?? listOf(settings.web?.listenAddress) ?? defaults.web.listenAddress,
      telemetryPath: given.telemetryPath ?? settings.web?.telemetryPath ?? defaults.web.telemetryPath,
      externalUrl,
      auth: settings.web?.auth ?? defaults.web.auth,
      allowedHosts: settings.web?.allowedHosts ?? defaults.web.allowedHosts,
    }),
    identity: defined({ hostname: settings.identity?.hostname, names: settings.identity?.names ?? defaults.identity.names }),
    sample: {
      intervalSeconds: settings.sample?.interval ?? defaults.sample.interval,
      windowSeconds: settings.sample?.window ?? defaults.sample.window,
    },
    groups: (settings.groups ?? defaults.groups).map(groupRule),
    source: given.source ?? (platform === "linux" ? "procfs" : "portable"),
    paths: mountPaths(given, cwd),
    collectors: {
      disabled: given.disabledCollectors ?? [],
      textfileDirectories: (given.textfileDirectories ?? []).map((directory) => resolve(cwd, directory)),
    },
    storage: { path: storage },
    recording: {
      maxBytes: settings.recording?.maxBytes ?? defaults.recording.maxBytes,
      maxAgeSeconds: settings.recording?.maxAge ?? defaults.recording.maxAge,
    },
    archives: {
      path: settings.archives?.path ? resolve(file.folder, settings.archives.path) : join(storage, "archives"),
      maxBytes: settings.archives?.maxBytes ?? defaults.archives.maxBytes,
      maxCount: settings.archives?.maxCount ?? defaults.archives.maxCount,
      maxAgeSeconds: settings.archives?.maxAge ?? defaults.archives.maxAge,
    },
    capture: {
      lookbackSeconds: settings.capture?.lookback ?? defaults.capture.lookback,
      afterSeconds: settings.capture?.after ?? defaults.capture.after,
      commands: (settings.capture?.commands ?? defaults.capture.commands).map((command) => ownCommandSettings(command, file.folder)),
    },
    redact: {
      level: settings.redact?.level ?? defaults.redact.level,
      patterns: settings.redact?.patterns ?? defaults.redact.patterns,
    },
    webhook: {
      ignoreLabels: settings.webhook?.ignoreLabels ?? defaults.webhook.ignoreLabels,
      cooldownSeconds: settings.webhook?.cooldown ?? defaults.webhook.cooldown,
      notify: settings.webhook?.notify ?? defaults.webhook.notify,
    },
    notify: notifySettings(settings.notify ?? {}, file.folder),
    quietHours: settings.notify?.quiet ?? [],
    hosts: { files: (settings.hosts?.files ?? defaults.hosts.files).map((pattern) => resolve(file.folder, pattern)) },
    relay: relaySettings(settings.relay ?? {}, file.folder),
    triggers: triggerRules(settings.triggers),
    log: defined({
      level: given.logLevel ?? settings.log?.level ?? defaults.log.level,
      format: given.logFormat ?? settings.log?.format ?? defaults.log.format,
      file: settings.log?.file === undefined ? undefined : resolve(file.folder, settings.log.file),
      maxBytes: settings.log?.maxBytes ?? defaults.log.maxBytes,
      maxFiles: settings.log?.maxFiles ?? defaults.log.maxFiles,
      checkEverySeconds: settings.log?.checkEvery ?? defaults.log.checkEvery,
    }),
  });
}

/** The file that was named must be there; the usual one need not. */
function findFile(named: string | undefined, env: Environment, cwd: string, readFile: ReadFile): SettingsFile {
  const shown = named ?? usualFile;
  const path = resolve(cwd, shown);
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    if (named === undefined && isAbsent(error)) return { settings: {}, folder: cwd };
    const key = named === undefined ? {} : { key: "--config.file" };
    throw new ConfigError([{ ...key, message: `cannot read ${shown}: ${reason(error)}` }]);
  }
  return { settings: readSettings(path, shown, text, env, readFile), path: shown, folder: dirname(path) };
}

function storagePath({ settings, folder }: SettingsFile, env: Environment, cwd: string): string {
  if (settings.storage?.path !== undefined) return resolve(folder, settings.storage.path);
  // systemd lists all state directories of a unit, the first one is ours.
  const fromSystemd = env.STATE_DIRECTORY?.split(":")[0];
  return fromSystemd !== undefined && isAbsolute(fromSystemd) ? fromSystemd : resolve(cwd, "data");
}

function mountPaths({ procfs = "/proc", sysfs = "/sys", rootfs = "/" }: FlagSettings, cwd: string): Config["paths"] {
  return { procfs: resolve(cwd, procfs), sysfs: resolve(cwd, sysfs), rootfs: resolve(cwd, rootfs) };
}

function listOf<T extends object>(value: T | readonly T[] | undefined): readonly T[] | undefined {
  return value === undefined ? undefined : Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
