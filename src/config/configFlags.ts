/** The flags that stand for settings. A flag wins over the file. */
import type { z } from "zod";
import { collectorFlags, disabledCollectors } from "./collectors.ts";
import { ConfigError, type ConfigProblem, quoteValue } from "./errors.ts";
import { sharedFields } from "./fields.ts";
import type { FlagDefinition, ParsedFlags } from "./flags.ts";
import { wholePatternField } from "./pattern.ts";

/** The definitions, in the order of the help. */
export const configFlags: readonly FlagDefinition[] = [
  { name: "config.file", value: "FILE", help: "Configuration file; without it ./culprit.yml is used when there is one." },
  {
    name: "web.listen-address",
    value: "HOST:PORT",
    help: "Where to listen (127.0.0.1:10054); repeat it for several. No host means every address, port 0 any free port.",
    repeatable: true,
  },
  {
    name: "web.config.file",
    value: "FILE",
    help: "TLS, client certificates, users and headers, in the format of Prometheus' exporters; read again when it changes.",
  },
  { name: "web.telemetry-path", value: "PATH", help: "Path of the metrics (/metrics)." },
  { name: "web.external-url", value: "URL", help: "How others reach this Culprit; links in messages begin with it." },
  {
    name: "storage.path",
    value: "DIR",
    help: "Where tokens, queues, the recording and archives are kept ($STATE_DIRECTORY, else ./data).",
  },
  { name: "source", value: "SOURCE", help: "Where readings come from: procfs (on Linux) or portable (elsewhere; slower and coarser)." },
  { name: "path.procfs", value: "DIR", help: "Where procfs is mounted (/proc)." },
  { name: "path.sysfs", value: "DIR", help: "Where sysfs is mounted (/sys)." },
  { name: "path.rootfs", value: "DIR", help: "Where the host's root file system is mounted (/)." },
  ...collectorFlags,
  { name: "log.level", value: "LEVEL", help: "Least important lines to write: error, warn, info or debug (info)." },
  { name: "log.format", value: "FORMAT", help: "How to write them: text or json (text)." },
];

/** Checks the values of the flags. @throws ConfigError */
export function readFlagSettings({ values }: ParsedFlags) {
  const problems: ConfigProblem[] = [];
  const all = <T>(name: string, field: z.ZodType<T, unknown>): T[] | undefined =>
    values.get(name)?.flatMap((value) => {
      const checked = field.safeParse(value);
      if (checked.success) return [checked.data];
      const expected = checked.error.issues[0]?.message ?? "expected something else";
      problems.push({ key: `--${name}`, message: `${expected}, got ${quoteValue(value)}` });
      return [];
    });
  const one = <T>(name: string, field: z.ZodType<T, unknown>): T | undefined => all(name, field)?.[0];
  const known = sharedFields();
  const settings = {
    configFile: one("config.file", known.path),
    listenAddresses: all("web.listen-address", known.listenAddress),
    webConfigFile: one("web.config.file", known.path),
    telemetryPath: one("web.telemetry-path", known.telemetryPath),
    externalUrl: one("web.external-url", known.externalUrl),
    storagePath: one("storage.path", known.path),
    source: one("source", known.source),
    procfs: one("path.procfs", known.path),
    sysfs: one("path.sysfs", known.path),
    rootfs: one("path.rootfs", known.path),
    disabledCollectors: disabledCollectors(values),
    // all of a name must fit, as for node_exporter
    chosenUnits: one("collector.systemd.unit-include", wholePatternField()),
    textfileDirectories: all("collector.textfile.directory", known.path),
    logLevel: one("log.level", known.level),
    logFormat: one("log.format", known.format),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}

/** The settings that were given as flags, checked and typed. */
export type FlagSettings = ReturnType<typeof readFlagSettings>;
