/** Binds the catalogue to prom-client, which keeps the events and writes the text. */
import { type Metric, Registry } from "prom-client";
import { createEvents, type Events } from "./events.ts";
import type { Family, Point } from "./family.ts";
import type { MetricsView } from "./view.ts";

/** A scrape's answer. */
export interface Rendered {
  readonly contentType: string;
  readonly body: string;
}

/** All metrics of one Culprit. */
export class MetricsRegistry {
  readonly events: Events;
  readonly #registry = new Registry();
  readonly #look: () => MetricsView;
  #view: MetricsView | undefined;

  /** `look` makes the picture that one scrape shows. */
  constructor(families: readonly Family[], look: () => MetricsView) {
    this.#look = look;
    for (const family of families) this.#registry.registerMetric(this.#bind(family));
    this.events = createEvents(this.#registry);
  }

  /** Prometheus' text format 0.0.4. */
  async render(): Promise<Rendered> {
    this.#view = this.#look();
    // every get() below runs before the first await inside metrics(): one scrape shows one view
    const rendered = this.#registry.metrics();
    this.#view = undefined;
    return { contentType: this.#registry.contentType, body: await rendered };
  }

  /** prom-client serialises any object with these members: the points go to it as they are, without a hash of labels per point. */
  #bind(family: Family): Metric {
    const { name, help, type } = family;
    const bound = {
      name,
      help,
      type,
      get: (): { name: string; help: string; type: string; values: readonly Point[]; aggregator: string } => ({
        name,
        help,
        type,
        values: this.#view === undefined ? [] : [...family.points(this.#view)],
        aggregator: "sum",
      }),
      reset: () => undefined,
    };
    return bound as unknown as Metric;
  }
}
