/**
 * Writes a family as text: Prometheus' format 0.0.4, or OpenMetrics.
 *
 * prom-client writes what is counted, and would write these as well; but of hundreds of families that live for one scrape it makes promises,
 * arrays and strings anew for every point, which was a third of a scrape's garbage. Here what is the same from scrape to scrape is kept.
 */
import type { Point } from "./family.ts";
import type { Format } from "./format.ts";

/** A family with the points of one scrape. `untyped` is what OpenMetrics calls `unknown`. */
export interface PointFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly points: Iterable<WrittenPoint>;
}

/** `metricName` where it is not the family's own. */
type WrittenPoint = Point & { readonly metricName?: string };

/** So many points are written at once. */
const pointsPerPart = 150;
const mostHeads = 10_000;

/** Writes in one format, and remembers. */
export class FamilyText {
  readonly #format: Format;
  readonly #keepsLabels: boolean;
  readonly #heads = new Map<string, { readonly help: string; readonly type: string; readonly text: string; readonly metricName: string }>();
  /** Of label objects that are the same from scrape to scrape. */
  readonly #labelTexts = new WeakMap<Point["labels"], string>();

  /** `keepsLabels`: most label objects come again in the next scrape. */
  constructor(format: Format, keepsLabels: boolean) {
    this.#format = format;
    this.#keepsLabels = keepsLabels;
  }

  /** The family's text in parts, each with the ends of its lines but the last. */
  *parts(family: PointFamily): Iterable<string> {
    const { text: head, metricName: usual } = this.#headOf(family);
    let text = head;
    let points = 0;
    for (const { labels, value, metricName = usual } of family.points) {
      text += `\n${metricName}${this.#labelText(labels)} ${valueText(value)}`;
      if (++points % pointsPerPart > 0) continue;
      yield text;
      text = "";
    }
    if (text !== "") yield text;
  }

  #headOf({ name, help, type }: PointFamily) {
    const known = this.#heads.get(name);
    if (known !== undefined && known.help === help && known.type === type) return known;
    const shownType = typeIn(this.#format, name, type);
    const isCounter = this.#format === "openmetrics" && shownType === "counter";
    const shownName = isCounter ? name.replace(/_total$/, "") : name;
    const text = `# HELP ${shownName} ${escaped(help)}\n# TYPE ${shownName} ${shownType}`;
    if (this.#heads.size >= mostHeads) this.#heads.clear();
    const head = { help, type, text, metricName: name };
    this.#heads.set(name, head);
    return head;
  }

  #labelText(labels: Point["labels"]): string {
    if (!this.#keepsLabels) return labelText(labels);
    let text = this.#labelTexts.get(labels);
    if (text === undefined) {
      text = labelText(labels);
      this.#labelTexts.set(labels, text);
    }
    return text;
  }
}

/** In OpenMetrics a counter's name must end in _total: one that does not keeps its name and loses its type. */
function typeIn(format: Format, name: string, type: string): string {
  if (format === "text") return type === "unknown" ? "untyped" : type;
  if (type === "untyped") return "unknown";
  return type === "counter" && !name.endsWith("_total") ? "unknown" : type;
}

function labelText(labels: Point["labels"]): string {
  let text = "";
  for (const name of Object.keys(labels)) {
    const value = `${name}="${escaped(labels[name] ?? "").replaceAll('"', '\\"')}"`;
    text = text === "" ? value : `${text},${value}`;
  }
  return text === "" ? "" : `{${text}}`;
}

function escaped(text: string): string {
  return text.includes("\\") || text.includes("\n") ? text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n") : text;
}

function valueText(value: number): string {
  if (Number.isFinite(value)) return `${value}`;
  if (Number.isNaN(value)) return "NaN";
  return value < 0 ? "-Inf" : "+Inf";
}
