/** `push`: where the metrics are sent to, a list of sinks. */
import { z } from "zod";
import type { OutgoingTarget } from "../http/target.ts";
import { defined } from "../model/defined.ts";
import { type InfluxSettings, pushTypes } from "../model/push.ts";
import { checked, duration, oneOf, size, targetName, word } from "./fields.ts";
import { outgoingKeys, outgoingProblem, outgoingTarget } from "./outgoing.ts";

const mebibyte = 1024 ** 2;
const usualIntervalSeconds = 15;
const usualMaxBytes = 64 * mebibyte;

const sink = () =>
  z
    .strictObject({
      type: oneOf(pushTypes),
      name: targetName().optional(),
      ...outgoingKeys(),
      interval: duration(1, 3600).optional(),
      labels: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
      collect: z.array(word("a collector of node_exporter's, or node for all of them")).optional(),
      queue: z.strictObject({ maxBytes: size(mebibyte).optional() }).optional(),
      version: checked("1 or 2", (value) => (value === 1 || value === 2 ? value : undefined)).optional(),
      org: word("the name of an organisation").optional(),
      bucket: word("the name of a bucket").optional(),
      database: word("the name of a database").optional(),
      retentionPolicy: word("the name of a retention policy").optional(),
    })
    .superRefine((written, context) => {
      const complain = (path: string, message: string) => context.addIssue({ code: "custom", path: path === "" ? [] : [path], message });
      for (const name of Object.keys(written.labels ?? {})) {
        if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && name !== "__name__") continue;
        context.addIssue({ code: "custom", path: ["labels", name], message: "expected a label name of letters, digits and underscores" });
      }
      const together = outgoingProblem(written);
      if (together !== undefined) complain("basic", together);
      for (const [key, message] of influxProblems(written)) complain(key, message);
    });

type Written = z.output<ReturnType<typeof sink>>;

/** What the key may hold. */
export const pushSinks = () =>
  z.array(sink()).superRefine((sinks, context) => {
    const names = sinks.map(nameOf);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      const path = [index, sinks[index]?.name === undefined ? "type" : "name"];
      context.addIssue({ code: "custom", path, message: `expected a name beside it that no sink before it has; ${name} is taken` });
    }
  });

/** A sink as the rest of Culprit sees it. */
type SinkSettings = SharedSettings & ({ readonly type: "remoteWrite" } | { readonly type: "influxdb"; readonly influx: InfluxSettings });

interface SharedSettings {
  readonly name: string;
  readonly target: OutgoingTarget;
  readonly intervalSeconds: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly collect: readonly string[];
  readonly maxBytes: number;
}

/** The sinks, complete. Relative paths begin at the folder of the file. */
export function pushSettings(written: readonly Written[], folder: string): readonly SinkSettings[] {
  return written.map((one): SinkSettings => {
    const shared: SharedSettings = {
      name: nameOf(one),
      target: outgoingTarget(one, folder),
      intervalSeconds: one.interval ?? usualIntervalSeconds,
      labels: Object.fromEntries(Object.entries(one.labels ?? {}).map(([name, value]) => [name, String(value)])),
      collect: one.collect ?? [],
      maxBytes: one.queue?.maxBytes ?? usualMaxBytes,
    };
    if (one.type !== "influxdb") return { ...shared, type: one.type };
    const influx = influxSettings(one);
    // https://docs.influxdata.com/influxdb/v2/api/v2/: `Authorization: Token`
    const target = influx.version === 2 ? { ...shared.target, tokenScheme: "Token" as const } : shared.target;
    return { ...shared, target, type: one.type, influx };
  });
}

function nameOf({ name, type }: Pick<Written, "name" | "type">): string {
  return name ?? type.toLowerCase();
}

function influxSettings({ version = 2, org = "", bucket = "", database = "", retentionPolicy }: Written): InfluxSettings {
  return version === 2 ? { version, org, bucket } : defined({ version: 1 as const, database, retentionPolicy });
}

const influxKeys = ["version", "org", "bucket", "database", "retentionPolicy"] as const;

function influxProblems(written: Written): readonly (readonly [key: string, message: string])[] {
  const { type, version = 2 } = written;
  const mine: readonly (typeof influxKeys)[number][] =
    type !== "influxdb" ? [] : version === 2 ? ["version", "org", "bucket"] : ["version", "database", "retentionPolicy"];
  const needed = mine.filter((key) => key !== "version" && key !== "retentionPolicy" && written[key] === undefined);
  const strange = influxKeys.filter((key) => written[key] !== undefined && !mine.includes(key));
  const whose = type === "influxdb" ? `version ${version} of influxdb` : type;
  return [
    ...needed.map((key) => ["", `expected ${key}, for ${whose}`] as const),
    ...strange.map((key) => [key, `expected it not to be there: ${whose} has no ${key}`] as const),
  ];
}
