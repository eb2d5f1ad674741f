/**
 * The texts of families that say what they said in the scrape before. Most do: names and settings of devices, counters of what never happens.
 * prom-client writes a family when something of it has changed.
 */
import type { Point } from "./family.ts";

/** What decides whether a text is still right. */
interface Said {
  readonly help: string;
  readonly type: string;
  readonly points: readonly SaidPoint[];
}

type SaidPoint = Point & { readonly metricName?: string };

/** A family of more would take longer to compare than to write. */
const mostPoints = 150;
const mostFamilies = 10_000;

/** Of one format. */
export class KeptTexts {
  readonly #kept = new Map<string, Said & { readonly text: string }>();

  /** The text of the family as it was written last, if it says the same now. */
  find(name: string, { help, type, points }: Said): string | undefined {
    const kept = this.#kept.get(name);
    if (kept === undefined || kept.help !== help || kept.type !== type || kept.points.length !== points.length) return undefined;
    return points.every((point, index) => isSame(point, kept.points[index])) ? kept.text : undefined;
  }

  keep(name: string, { help, type, points }: Said, text: string): void {
    if (points.length > mostPoints) return;
    if (this.#kept.size >= mostFamilies) this.#kept.clear();
    this.#kept.set(name, { help, type, points, text });
  }
}

function isSame(one: SaidPoint, other: SaidPoint | undefined): boolean {
  if (other === undefined || !Object.is(one.value, other.value) || one.metricName !== other.metricName) return false;
  return one.labels === other.labels || hasSameLabels(one.labels, other.labels);
}

/** In the same order, too, for so they are written. */
function hasSameLabels(one: Point["labels"], other: Point["labels"]): boolean {
  const names = Object.keys(one);
  const others = Object.keys(other);
  return names.length === others.length && names.every((name, index) => name === others[index] && one[name] === other[name]);
}
