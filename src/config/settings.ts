/**
 * The settings: every key that a configuration file may have, its usual value, and what it comes to. A key is added in the step that makes it
 * work; until then it is unknown.
 *
 * Schemas are made where they are used, and are no constants: together they hold 300 kB, and a configuration is read once.
 */
import { join, resolve } from "node:path";
import { z } from "zod";
import { defined } from "../model/defined.ts";
import { writtenDuration } from "../text.ts";
import { ownCommandSettings, ownCommands } from "./commands.ts";
import type { FlagSettings } from "./configFlags.ts";
import { count, duration, hostName, labelName, sharedFields, size, word } from "./fields.ts";
import { groupRule, groupRules } from "./groupRules.ts";
import { ingestKeys, ingestSettings } from "./ingest.ts";
import { notifyKeys, notifySettings } from "./notify.ts";
import { pushSettings, pushSinks } from "./push.ts";
import { redactKeys } from "./redact.ts";
import { relayKeys, relaySettings } from "./relay.ts";
import { triggerRules, triggers } from "./triggers.ts";
import { headerName, network, users } from "./web.ts";

const mebibyte = 1024 ** 2;
const minute = 60;
const hour = 60 * minute;

const noNames: readonly string[] = [];
const usualIgnored: readonly string[] = ["replica", "prometheus", "prometheus_replica", "severity"];

/** The values that hold where neither the file nor a flag says anything. */
export const defaults = {
  web: { listenAddress: [{ host: "127.0.0.1", port: 10_054 }], telemetryPath: "/metrics", auth: "auto", allowedHosts: noNames },
  identity: { names: noNames },
  sample: { interval: 1, window: minute },
  groups: [],
  recording: { maxBytes: 512 * mebibyte, maxAge: 7 * 24 * hour, minutesMaxBytes: 200 * mebibyte, minutesMaxAge: 366 * 24 * hour },
  archives: { maxBytes: 2048 * mebibyte, maxCount: 200, maxAge: 30 * 24 * hour },
  capture: { lookback: 30 * minute, after: 15, commands: [] },
  webhook: { ignoreLabels: usualIgnored, cooldown: 10 * minute, notify: false },
  hosts: { files: noNames },
  redact: { level: "careful", patterns: [] },
  log: { level: "info", format: "text", maxBytes: 10 * mebibyte, maxFiles: 5, checkEvery: 5 * minute },
} as const;

/** A section may be left empty, as happens when all its keys are commented out. */
function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape).nullish();
}

function list<T>(item: z.ZodType<T, unknown>) {
  return z.array(item).optional();
}

const sample = () =>
  z
    .strictObject({ interval: duration(0.1, minute).optional(), window: duration(1, hour).optional() })
    .superRefine(({ interval = defaults.sample.interval, window = defaults.sample.window }, context) => {
      if (window >= interval) return;
      context.addIssue({
        code: "custom",
        path: ["window"],
        message: `expected at least the interval, which is ${writtenDuration(interval)}`,
      });
    });

/** The schema of the file. */
export const fileSchema = () => {
  const values = sharedFields();
  return z.strictObject({
    web: section({
      listenAddress: z.union([values.listenAddress, z.array(values.listenAddress).min(1)]).optional(),
      telemetryPath: values.telemetryPath.optional(),
      externalUrl: values.externalUrl.optional(),
      auth: values.auth.optional(),
      allowedHosts: list(hostName()),
      configFile: values.path.optional(),
      users: users().optional(),
      userHeader: headerName().optional(),
      trustedProxies: list(network()),
    }),
    identity: section({ hostname: hostName().optional(), names: list(hostName()) }),
    sample: sample().nullish(),
    groups: groupRules().nullish(),
    storage: section({ path: values.path.optional() }),
    recording: section({
      maxBytes: size(16 * mebibyte).optional(),
      maxAge: duration(2 * hour, Number.POSITIVE_INFINITY).optional(),
      minutesMaxBytes: size(mebibyte).optional(),
      minutesMaxAge: duration(24 * hour, Number.POSITIVE_INFINITY).optional(),
    }),
    archives: section({
      path: values.path.optional(),
      maxBytes: size(mebibyte).optional(),
      maxCount: count(1).optional(),
      maxAge: duration(minute, Number.POSITIVE_INFINITY).optional(),
    }),
    capture: section({
      lookback: duration(0, 6 * hour).optional(),
      after: duration(0, 10 * minute).optional(),
      commands: ownCommands().optional(),
    }),
    webhook: section({ ignoreLabels: list(labelName()), cooldown: duration(0, 24 * hour).optional(), notify: z.boolean().optional() }),
    notify: section(notifyKeys()),
    hosts: section({ files: list(word("a path or pattern such as targets/*.yml")) }),
    relay: section(relayKeys()),
    ingest: section(ingestKeys()),
    push: pushSinks().nullish(),
    triggers: triggers().nullish(),
    redact: section(redactKeys()),
    log: section({
      level: values.level.optional(),
      format: values.format.optional(),
      file: values.path.optional(),
      maxBytes: size(mebibyte / 16).optional(),
      maxFiles: count(2).optional(),
      checkEvery: duration(0, 24 * hour).optional(),
    }),
    logs: section({ metrics: z.union([z.boolean(), values.path]).optional() }),
  });
};

/** The file's settings, checked and typed; what it does not say is absent. */
export type FileSettings = z.output<ReturnType<typeof fileSchema>>;

/** What settings are made from. */
interface SettingsParts {
  readonly settings: FileSettings;
  readonly given: FlagSettings;
  /** Of the file. */
  readonly folder: string;
  readonly storagePath: string;
}

/** What the settings come to: those of the flags, else those of the file, else the usual ones. Relative paths begin at the file's folder. */
export function completeSettings({ settings, given, folder, storagePath }: SettingsParts) {
  return defined({
    web: defined({
      listenAddresses: given.listenAddresses ?? listOf(settings.web?.listenAddress) ?? defaults.web.listenAddress,
      telemetryPath: given.telemetryPath ?? settings.web?.telemetryPath ?? defaults.web.telemetryPath,
      externalUrl: given.externalUrl ?? settings.web?.externalUrl,
      auth: settings.web?.auth ?? defaults.web.auth,
      allowedHosts: settings.web?.allowedHosts ?? defaults.web.allowedHosts,
      /** What users may do; those who are not listed read. */
      userScopes: new Map(Object.entries(settings.web?.users ?? {})),
      userHeader: settings.web?.userHeader?.toLowerCase(),
      trustedProxies: settings.web?.trustedProxies ?? noNames,
    }),
    identity: defined({ hostname: settings.identity?.hostname, names: settings.identity?.names ?? defaults.identity.names }),
    sample: {
      intervalSeconds: settings.sample?.interval ?? defaults.sample.interval,
      windowSeconds: settings.sample?.window ?? defaults.sample.window,
    },
    /** Names of the user's own for processes; the first that fits counts. */
    groups: (settings.groups ?? defaults.groups).map(groupRule),
    storage: { path: storagePath },
    recording: {
      maxBytes: settings.recording?.maxBytes ?? defaults.recording.maxBytes,
      maxAgeSeconds: settings.recording?.maxAge ?? defaults.recording.maxAge,
      minutes: {
        maxBytes: settings.recording?.minutesMaxBytes ?? defaults.recording.minutesMaxBytes,
        maxAgeSeconds: settings.recording?.minutesMaxAge ?? defaults.recording.minutesMaxAge,
      },
    },
    archives: {
      path: settings.archives?.path ? resolve(folder, settings.archives.path) : join(storagePath, "archives"),
      maxBytes: settings.archives?.maxBytes ?? defaults.archives.maxBytes,
      maxCount: settings.archives?.maxCount ?? defaults.archives.maxCount,
      maxAgeSeconds: settings.archives?.maxAge ?? defaults.archives.maxAge,
    },
    capture: {
      lookbackSeconds: settings.capture?.lookback ?? defaults.capture.lookback,
      afterSeconds: settings.capture?.after ?? defaults.capture.after,
      commands: (settings.capture?.commands ?? defaults.capture.commands).map((command) => ownCommandSettings(command, folder)),
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
    notify: notifySettings(settings.notify ?? {}, folder),
    quietHours: settings.notify?.quiet ?? [],
    hosts: { files: (settings.hosts?.files ?? defaults.hosts.files).map((pattern) => resolve(folder, pattern)) },
    relay: relaySettings(settings.relay ?? {}, folder),
    ingest: ingestSettings(settings.ingest ?? {}),
    push: pushSettings(settings.push ?? [], folder),
    triggers: triggerRules(settings.triggers),
    log: defined({
      level: given.logLevel ?? settings.log?.level ?? defaults.log.level,
      format: given.logFormat ?? settings.log?.format ?? defaults.log.format,
      file: settings.log?.file === undefined ? undefined : resolve(folder, settings.log.file),
      maxBytes: settings.log?.maxBytes ?? defaults.log.maxBytes,
      maxFiles: settings.log?.maxFiles ?? defaults.log.maxFiles,
      checkEverySeconds: settings.log?.checkEvery ?? defaults.log.checkEvery,
    }),
    logs: defined({ metricsFile: metricsFile(settings.logs?.metrics, folder, storagePath) }),
  });
}

function listOf<T extends object>(value: T | readonly T[] | undefined): readonly T[] | undefined {
  return value === undefined ? undefined : Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Where the line a minute goes; undefined: there is none. */
function metricsFile(wanted: string | boolean | undefined, folder: string, storagePath: string): string | undefined {
  if (typeof wanted === "string") return resolve(folder, wanted);
  return wanted === true ? join(storagePath, "metrics.jsonl") : undefined;
}
