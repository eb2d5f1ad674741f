/** One metric family as the catalogue describes it: what it is called, what it means, where its points come from. */
import type { MetricsView } from "./view.ts";

/** Prometheus' metric types that a catalogue family can have. */
type FamilyType = "gauge" | "counter" | "unknown";

/** One series' value at the moment of a scrape. */
export interface Point {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A family without state: every scrape asks it for its points anew. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: FamilyType;
  readonly labels: readonly string[];
  points(view: MetricsView): Iterable<Point>;
}

const noLabels: Readonly<Record<string, string>> = Object.freeze({});

/** One point without labels; none where the value is unknown. */
function single(value: number | undefined): readonly Point[] {
  return value === undefined ? [] : [{ labels: noLabels, value }];
}

/** A gauge without labels. */
export function gauge(name: string, help: string, value: (view: MetricsView) => number | undefined): Family {
  return { name, help, type: "gauge", labels: [], points: (view) => single(value(view)) };
}

/** A counter without labels. */
export function counter(name: string, help: string, value: (view: MetricsView) => number | undefined): Family {
  return { name, help, type: "counter", labels: [], points: (view) => single(value(view)) };
}
