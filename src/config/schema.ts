/**
 * Every key that a configuration file may have. A key is added in the step that makes it work; until then it is unknown.
 *
 * Schemas are made where they are used, and are no constants: together they hold 300 kB, and a configuration is read once.
 */
import { z } from "zod";
import { writtenDuration } from "../text.ts";
import { ownCommands } from "./commands.ts";
import { count, duration, externalUrl, hostName, labelName, listenAddress, oneOf, size, telemetryPath, word } from "./fields.ts";
import { groupRules } from "./groupRules.ts";
import { notifyKeys } from "./notify.ts";
import { redactKeys } from "./redact.ts";
import { relayKeys } from "./relay.ts";
import { triggers } from "./triggers.ts";

const mebibyte = 1024 ** 2;
const minute = 60;
const hour = 60 * minute;

/** The values that hold where neither the file nor a flag says anything. */
export const defaults = {
  web: { listenAddress: [{ host: "127.0.0.1", port: 10_054 }], telemetryPath: "/metrics", auth: "auto", allowedHosts: [] },
  identity: { names: [] },
  sample: { interval: 1, window: minute },
  groups: [],
  recording: { maxBytes: 512 * mebibyte, maxAge: 7 * 24 * hour },
  archives: { maxBytes: 2048 * mebibyte, maxCount: 200, maxAge: 30 * 24 * hour },
  capture: { lookback: 30 * minute, after: 15, commands: [] },
  webhook: { ignoreLabels: ["replica", "prometheus", "prometheus_replica", "severity"], cooldown: 10 * minute, notify: false },
  hosts: { files: [] },
  redact: { level: "careful", patterns: [] },
  log: { level: "info", format: "text", maxBytes: 10 * mebibyte, maxFiles: 5, checkEvery: 5 * minute },
} as const;

const levels = ["error", "warn", "info", "debug"] as const;
const formats = ["text", "json"] as const;
const sources = ["procfs", "portable"] as const;

/** What single values must be; keys of the file and flags of the command line share them. */
export const fields = () => ({
  listenAddress: listenAddress(),
  telemetryPath: telemetryPath(),
  externalUrl: externalUrl(),
  auth: oneOf(["auto", "always"]),
  level: oneOf(levels),
  format: oneOf(formats),
  source: oneOf(sources),
  path: word("a path"),
});

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
  const values = fields();
  return z.strictObject({
    web: section({
      listenAddress: z.union([values.listenAddress, z.array(values.listenAddress).min(1)]).optional(),
      telemetryPath: values.telemetryPath.optional(),
      externalUrl: values.externalUrl.optional(),
      auth: values.auth.optional(),
      allowedHosts: list(hostName()),
    }),
    identity: section({ hostname: hostName().optional(), names: list(hostName()) }),
    sample: sample().nullish(),
    groups: groupRules().nullish(),
    storage: section({ path: values.path.optional() }),
    recording: section({
      maxBytes: size(16 * mebibyte).optional(),
      maxAge: duration(2 * hour, Number.POSITIVE_INFINITY).optional(),
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
  });
};

/** The file's settings, checked and typed; what it does not say is absent. */
export type FileSettings = z.output<ReturnType<typeof fileSchema>>;
