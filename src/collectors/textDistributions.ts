/** Histograms and summaries of text files, completed as client libraries write them: buckets in order up to +Inf, then sum and count. */
import type { TextPoint } from "../model/scraped.ts";

interface Distribution {
  readonly labels: Readonly<Record<string, string>>;
  /** Buckets or quantiles: by their bound, which is a label. */
  readonly bounds: Map<number, number>;
  sum: number;
  count: number;
}

/** Buckets of every set of labels, with what is missing: the bucket +Inf holds the count, sum and count are 0. */
export function completeHistogram(name: string, points: readonly TextPoint[]): TextPoint[] {
  return distributions(points, "le").flatMap(({ labels, bounds, sum, count }) => {
    if (!bounds.has(Number.POSITIVE_INFINITY)) bounds.set(Number.POSITIVE_INFINITY, count);
    return [
      ...inOrder(bounds).map(([bound, value]) => ({ metricName: `${name}_bucket`, labels: { ...labels, le: goFloat(bound) }, value })),
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
}

/** Quantiles of every set of labels, then sum and count. */
export function completeSummary(name: string, points: readonly TextPoint[]): TextPoint[] {
  return distributions(points, "quantile").flatMap(({ labels, bounds, sum, count }) => [
    ...inOrder(bounds).map(([bound, value]) => ({ labels: { ...labels, quantile: goFloat(bound) }, value })),
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ]);
}

function distributions(points: readonly TextPoint[], boundLabel: string): Distribution[] {
  const known = new Map<string, Distribution>();
  for (const { metricName = "", labels, value } of points) {
    const { [boundLabel]: bound, ...rest } = labels;
    const key = JSON.stringify(Object.entries(rest).sort(([one], [other]) => (one < other ? -1 : 1)));
    const distribution = known.get(key) ?? { labels: rest, bounds: new Map(), sum: 0, count: 0 };
    known.set(key, distribution);
    if (metricName.endsWith("_sum")) distribution.sum = value;
    else if (metricName.endsWith("_count")) distribution.count = value;
    else if (bound !== undefined && !Number.isNaN(toNumber(bound))) distribution.bounds.set(toNumber(bound), value);
  }
  return [...known.values()];
}

function inOrder(bounds: ReadonlyMap<number, number>): [number, number][] {
  return [...bounds].sort(([one], [other]) => one - other);
}

function toNumber(bound: string): number {
  const infinity = /^([+-]?)inf(inity)?$/i.exec(bound);
  if (infinity === null) return bound.trim() === "" ? Number.NaN : Number(bound);
  return infinity[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** A bound as Go writes it, for it is a label and must be the same text as elsewhere: 0.5, 10, 1e+06. */
export function goFloat(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  // Go's %g with the fewest digits that are exact
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}
