/**
 * Binds families to prom-client, which keeps the events and writes the text.
 *
 * The content type belongs to a registry of prom-client, not to a request: there is one for each format.
 */
import { type Metric, Registry } from "prom-client";
import { createEvents, type Events } from "./events.ts";
import type { Family, Point } from "./family.ts";
import type { Format } from "./format.ts";
import type { KeptTexts } from "./keptTexts.ts";
import type { MetricsView } from "./view.ts";

/** A scrape's answer. */
export interface Rendered {
  readonly contentType: string;
  readonly body: string;
}

/** A family with the points of one scrape. `untyped` is what OpenMetrics calls `unknown`. */
export interface PointFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly points: Iterable<Point & { readonly metricName?: string }>;
}

/** All metrics of one Culprit. */
export class MetricsRegistry {
  readonly events: Events;
  readonly #families: readonly Family[];
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
    const texts = await textsOf(withPoints(this.#families, view), format);
    return { contentType: registry.contentType, body: joined(format, [...texts, ...events]) };
  }

  /** The same series without their text, for those that send them elsewhere. */
  async families(view: MetricsView): Promise<readonly PointFamily[]> {
    const counted = await Promise.all((Object.values(this.events) as Metric[]).map(countedFamily));
    return [...withPoints(this.#families, view), ...counted];
  }
}

async function countedFamily(event: Metric): Promise<PointFamily> {
  const { name, help, type, values } = (await event.get()) as unknown as {
    readonly name: string;
    readonly help: string;
    readonly type: string;
    readonly values: readonly (Point & { readonly metricName?: string })[];
  };
  return { name, help, type, points: values };
}

function* withPoints(families: Iterable<Family>, view: MetricsView): Iterable<PointFamily> {
  for (const family of families) {
    const { name, help, type } = family;
    yield { name, help, type, points: family.points(view) };
  }
}

/** Texts of the scrape before, by format. */
type KeptByFormat = Readonly<Record<Format, KeptTexts>>;

/** Writes families that were made for this scrape alone, one after the other; what `kept` still has is not written again. */
export async function renderFamilies(families: Iterable<PointFamily>, format: Format, kept?: KeptByFormat): Promise<Rendered> {
  const registry = emptyRegistry(format);
  const texts: string[] = [];
  const turns = new Turns();
  for (const { name, help, type, points: given } of families) {
    // looked at when their turn has come: all at once would hold the event loop
    const points = [...given];
    const known = kept?.[format].find(name, { help, type, points });
    const text = known ?? (await textOf(registry, { name, help, type, points: shareLabels(points) }, format, turns));
    if (known === undefined) kept?.[format].keep(name, { help, type, points }, text);
    else await turns.after(text);
    texts.push(text);
  }
  return { contentType: registry.contentType, body: joined(format, texts) };
}

async function textsOf(families: Iterable<PointFamily>, format: Format): Promise<string[]> {
  const registry = emptyRegistry(format);
  const texts: string[] = [];
  const turns = new Turns();
  for (const family of families) texts.push(await textOf(registry, family, format, turns));
  return texts;
}

/** So many points are written at once. */
const pointsPerPart = 150;

/** A family may have thousands of points: prom-client writes a part of them at a time. */
async function textOf(registry: Registry, family: PointFamily, format: Format, turns: Turns): Promise<string> {
  let part: readonly Point[] = [];
  const metric = bind(family, () => part, format);
  registry.registerMetric(metric);
  const { name } = metric as unknown as { readonly name: string };
  const texts: string[] = [];
  for (part of partsOf(family.points)) {
    const text = await registry.getSingleMetricAsString(name);
    texts.push(texts.length === 0 ? text : withoutHead(text));
    await turns.after(text);
  }
  return texts.join("\n");
}

/** One at least. */
function* partsOf(points: Iterable<Point>): Iterable<readonly Point[]> {
  let part: Point[] = [];
  let isFirst = true;
  for (const point of points) {
    if (part.length === pointsPerPart) {
      yield part;
      part = [];
      isFirst = false;
    }
    part.push(point);
  }
  if (isFirst || part.length > 0) yield part;
}

/** Help and type, a line each, come once. */
function withoutHead(text: string): string {
  return text.slice(text.indexOf("\n", text.indexOf("\n") + 1) + 1);
}

/** So much text is written between two turns of the event loop: a few milliseconds. */
const lettersPerTurn = 18_000;

/** Lets others run in between. */
class Turns {
  #letters = 0;

  async after(text = ""): Promise<void> {
    this.#letters += text.length;
    if (this.#letters < lettersPerTurn) return;
    this.#letters = 0;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** As prom-client puts families together. */
function joined(format: Format, texts: readonly string[]): string {
  return format === "openmetrics" ? `${texts.join("\n")}\n# EOF\n` : `${texts.join("\n\n")}\n`;
}

/** Most of these label objects are the same from scrape to scrape: as shared labels, prom-client keeps their text. */
function* shareLabels(points: Iterable<SharedPoint>): Iterable<SharedPoint> {
  for (const { labels, value, metricName } of points) {
    yield metricName === undefined
      ? { value, labels: noLabels, sharedLabels: labels }
      : { value, labels: noLabels, sharedLabels: labels, metricName };
  }
}

/** A point as prom-client takes it. */
type SharedPoint = Point & { readonly sharedLabels?: Point["labels"]; readonly metricName?: string };

const noLabels: Point["labels"] = Object.freeze({});

function emptyRegistry(format: Format): Registry {
  // prom-client's types allow the second content type only where the first is a type argument
  const AnyRegistry = Registry as unknown as new (contentType: string) => Registry;
  return new AnyRegistry(format === "text" ? Registry.PROMETHEUS_CONTENT_TYPE : Registry.OPENMETRICS_CONTENT_TYPE);
}

/** prom-client serialises any object with these members: the points go to it as they are, without a hash of labels per point. */
function bind(family: Pick<PointFamily, "name" | "help" | "type">, points: () => readonly Point[], format: Format): Metric {
  const { help } = family;
  const type = typeIn(format, family);
  const name = format === "openmetrics" && type === "counter" ? withoutTotal(family.name) : family.name;
  const get = () => ({ name, help, type, values: points(), aggregator: "sum" });
  return { name, help, type, get, reset: () => undefined } as unknown as Metric;
}

/** In OpenMetrics a counter's name must end in _total: one that does not keeps its name and loses its type. */
function typeIn(format: Format, { name, type }: Pick<PointFamily, "name" | "type">): string {
  if (format === "text") return type === "unknown" ? "untyped" : type;
  if (type === "untyped") return "unknown";
  return type === "counter" && !name.endsWith("_total") ? "unknown" : type;
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
