/**
 * InfluxDB's line protocol, for `/api/v2/write` and `/write` of version 1. The measurement is the metric's name without its unit's
 * ending cut off, the tags are its labels, the field is `value`: what PromQL has under a name, Flux and InfluxQL have under the same.
 */
import { gzipSync } from "node:zlib";
import { Point } from "@influxdata/influxdb-client";
import type { InfluxSettings } from "../../model/push.ts";
import type { NewBatch, PushRequest, SinkKind } from "../kind.ts";
import { pointsPerTurn, type SeriesSource } from "../series.ts";

/** Small windows: a batch is some ten kilobytes. */
const packing = { level: 4, memLevel: 6 } as const;
const headers = { "content-type": "text/plain; charset=utf-8", "content-encoding": "gzip" } as const;

/** Makes the kind. */
export function createInflux(source: SeriesSource, settings: InfluxSettings): SinkKind {
  const address = addressOf(settings);

  async function next(): Promise<NewBatch | undefined> {
    const lines: string[] = [];
    const families = await source.families();
    const takenAtMs = source.wallMs();
    for (const { name, points } of families) {
      for (const { labels, value, metricName = name } of points) {
        // the line protocol has neither NaN nor infinity
        if (!Number.isFinite(value)) continue;
        const line = lineOf(metricName, labels, value, takenAtMs, source.labels);
        if (line !== undefined) lines.push(line);
        if (lines.length % pointsPerTurn === 0) await source.nextTurn();
      }
    }
    if (lines.length === 0) return undefined;
    return { payload: gzipSync(`${lines.join("\n")}\n`, packing), samples: lines.length, takenAtMs };
  }

  // packed texts one after the other are one packed text
  return { next, request: (batches) => ({ ...address, headers, body: Buffer.concat(batches) }) };
}

function lineOf(
  name: string,
  labels: Readonly<Record<string, string | number>>,
  value: number,
  takenAtMs: number,
  common: Readonly<Record<string, string>>,
): string | undefined {
  const point = new Point(name).timestamp(takenAtMs).floatField("value", value);
  for (const [label, text] of Object.entries({ ...common, ...labels })) {
    const written = tagValue(String(text));
    if (written !== "") point.tag(label, written);
  }
  return point.toLineProtocol();
}

/** An empty tag is none; one that ends in a backslash would swallow what comes behind it. */
function tagValue(text: string): string {
  return text.endsWith("\\") ? `${text} ` : text;
}

function addressOf(settings: InfluxSettings): Pick<PushRequest, "path" | "query"> {
  if (settings.version === 2) {
    return { path: "/api/v2/write", query: { org: settings.org, bucket: settings.bucket, precision: "ms" } };
  }
  const { database, retentionPolicy } = settings;
  return { path: "/write", query: { db: database, precision: "ms", ...(retentionPolicy === undefined ? {} : { rp: retentionPolicy }) } };
}
