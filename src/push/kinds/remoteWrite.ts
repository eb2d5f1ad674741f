/**
 * Prometheus remote write 1.0. A batch is what a scrape would have seen, with the moment of each series' value; a series that was in the batch
 * before and is not any more gets a stale marker. Kept packed: several batches one after the other are one request again.
 */
import snappy from "snappyjs";
import type { NewBatch, SinkKind } from "../kind.ts";
import { encodeLabels, encodeMetadata, encodeSeries } from "../protobuf.ts";
import { pointsPerTurn, type SeriesFamily, type SeriesSource } from "../series.ts";

/** HELP and TYPE go along once in so many batches: receivers keep them in memory only. */
const batchesPerMetadata = 20;

const headers = {
  "content-type": "application/x-protobuf",
  "content-encoding": "snappy",
  "x-prometheus-remote-write-version": "0.1.0",
} as const;

/** Makes the kind. */
export function createRemoteWrite(source: SeriesSource): SinkKind {
  /** The series of the newest batch, with their labels as they are written. */
  let known = new Map<string, Buffer>();
  let made = 0;
  const common = Object.entries(source.labels).filter(([, value]) => value !== "");

  async function next(): Promise<NewBatch | undefined> {
    const families = await source.families();
    const takenAtMs = source.wallMs();
    const seen = new Map<string, Buffer>();
    const parts: Buffer[] = made++ % batchesPerMetadata === 0 ? families.map(encodeMetadata) : [];
    let points = 0;
    for (const { name, labels, value } of pointsOf(families)) {
      const key = `${name}\n${JSON.stringify(labels)}`;
      if (seen.has(key)) continue;
      const encoded = known.get(key) ?? encodeLabels(pairsOf(name, labels, common));
      seen.set(key, encoded);
      parts.push(encodeSeries(encoded, value, takenAtMs));
      if (++points % pointsPerTurn === 0) await source.nextTurn();
    }
    for (const [key, encoded] of known) if (!seen.has(key)) parts.push(encodeSeries(encoded, "stale", takenAtMs));
    const samples = points + [...known.keys()].filter((key) => !seen.has(key)).length;
    known = seen;
    return samples === 0 ? undefined : { payload: snappy.compress(Buffer.concat(parts)), samples, takenAtMs };
  }

  /** All series end: else they would look alive for five minutes more. */
  function last(): NewBatch | undefined {
    if (known.size === 0) return undefined;
    const takenAtMs = source.wallMs();
    const parts = [...known.values()].map((encoded) => encodeSeries(encoded, "stale", takenAtMs));
    known = new Map();
    return { payload: snappy.compress(Buffer.concat(parts)), samples: parts.length, takenAtMs };
  }

  return {
    next,
    last,
    request([first, ...others]) {
      const body = others.length === 0 ? first : snappy.compress(Buffer.concat([first, ...others].map((one) => snappy.uncompress(one))));
      return { headers, body };
    },
  };
}

function* pointsOf(families: readonly SeriesFamily[]) {
  for (const { name, points } of families)
    for (const { labels, value, metricName = name } of points) yield { name: metricName, labels, value };
}

/** Sorted by name, as receivers demand; an empty label is none. */
function pairsOf(
  name: string,
  labels: Readonly<Record<string, string | number>>,
  common: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const own = Object.entries(labels).map(([label, value]): readonly [string, string] => [label, String(value)]);
  const all = new Map([...common, ...own.filter(([, value]) => value !== ""), ["__name__", name] as const]);
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
}
