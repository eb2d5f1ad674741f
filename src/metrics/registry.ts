/**
 * All metrics of a scrape: families are written from their points, and prom-client keeps and writes what was counted.
 *
 * The content type belongs to a registry of prom-client, not to a request: there is one for each format.
 */
import { type Metric, Registry } from "prom-client";
import { createEvents, type Events } from "./events.ts";
import type { Family } from "./family.ts";
import { FamilyText, type PointFamily } from "./familyText.ts";
import type { Format } from "./format.ts";
import type { MetricsView } from "./view.ts";

/** A scrape's answer. */
export interface Rendered {
  readonly contentType: string;
  readonly body: string;
}

/** All metrics of one Culprit. */
export class MetricsRegistry {
  readonly events: Events;
  readonly #families: readonly Family[];
  readonly #texts: Readonly<Record<Format, FamilyText>> = {
    text: new FamilyText("text", false),
    openmetrics: new FamilyText("openmetrics", false),
  };
  /** What was counted, in each format. */
  readonly #registries: Readonly<Record<Format, Registry>>;

  constructor(families: readonly Family[]) {
    this.#families = families;
    const text = emptyRegistry("text");
    const openmetrics = emptyRegistry("openmetrics");
    this.#registries = { text, openmetrics };
    this.events = createEvents(text);
    for (const event of Object.values(this.events) as Metric[]) openmetrics.registerMetric(mirror(event));
  }

  /** Everything, of one view, however many turns of the event loop it takes to write it. */
  async render(format: Format, view: MetricsView): Promise<Rendered> {
    const registry = this.#registries[format];
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    // what was counted is written before anybody else has a turn: it has no view
    const events = await Promise.all(names.map((name) => registry.getSingleMetricAsString(name)));
    const texts = await textsOf(withPoints(this.#families, view), this.#texts[format]);
    return { contentType: registry.contentType, body: joined(format, [...texts, ...events]) };
  }
}

function* withPoints(families: Iterable<Family>, view: MetricsView): Iterable<PointFamily> {
  for (const family of families) {
    const { name, help, type } = family;
    yield { name, help, type, points: family.points(view) };
  }
}

/** Writes families that were made for one scrape alone. */
export class FamilyWriter {
  readonly #texts: Readonly<Record<Format, FamilyText>> = {
    text: new FamilyText("text", true),
    openmetrics: new FamilyText("openmetrics", true),
  };

  /** One after the other; their points are looked at when their turn has come: all at once would hold the event loop. */
  async render(families: Iterable<PointFamily>, format: Format): Promise<Rendered> {
    return { contentType: contentTypes[format], body: joined(format, await textsOf(families, this.#texts[format])) };
  }
}

async function textsOf(families: Iterable<PointFamily>, text: FamilyText): Promise<string[]> {
  const texts: string[] = [];
  const turns = new Turns();
  for (const family of families) {
    let whole = "";
    for (const part of text.parts(family)) {
      whole += part;
      if (turns.isOver(part)) await turns.next();
    }
    texts.push(whole);
  }
  return texts;
}

/** So much text is written between two turns of the event loop: a few milliseconds. */
const lettersPerTurn = 18_000;

/** Lets others run in between. */
class Turns {
  #letters = 0;

  isOver(text: string): boolean {
    this.#letters += text.length;
    return this.#letters >= lettersPerTurn;
  }

  async next(): Promise<void> {
    this.#letters = 0;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** As prom-client puts families together. */
function joined(format: Format, texts: readonly string[]): string {
  return format === "openmetrics" ? `${texts.join("\n")}\n# EOF\n` : `${texts.join("\n\n")}\n`;
}

const contentTypes: Readonly<Record<Format, string>> = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
};

function emptyRegistry(format: Format): Registry {
  // prom-client's types allow the second content type only where the first is a type argument
  const AnyRegistry = Registry as unknown as new (contentType: string) => Registry;
  return new AnyRegistry(contentTypes[format]);
}

/** prom-client takes `_total` off a counter's name for good when it writes OpenMetrics: the other registry must not see that. */
function mirror(event: Metric): Metric {
  const source = event as unknown as { name: string; help: string; type: string; get(): unknown };
  const { name, help, type } = source;
  return {
    name,
    help,
    type,
    get: async () => ({ ...((await source.get()) as object), name: withoutTotal(name) }),
    reset: () => undefined,
  } as unknown as Metric;
}

function withoutTotal(name: string): string {
  return name.replace(/_total$/, "");
}
