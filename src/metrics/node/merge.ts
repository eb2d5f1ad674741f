/** What a text file says yields to what the machine says: no family and no series is shown twice. */
import type { NodeFamily, NodePoint } from "./family.ts";

/** Families of distinct names, and the names of those that had to give way. */
interface Merged {
  readonly families: readonly NodeFamily[];
  readonly refused: readonly string[];
}

/** Joins `more` to `families`: points of a known family of the same type, or of none, are added to it unless one of them is there already. */
export function mergeFamilies(families: readonly NodeFamily[], more: readonly NodeFamily[]): Merged {
  const byName = new Map(families.map((family) => [family.name, family]));
  const refused: string[] = [];
  for (const family of more) {
    const known = byName.get(family.name);
    if (known === undefined) byName.set(family.name, family);
    else if (mayJoin(known, family) && !overlap(known.points, family.points)) {
      byName.set(family.name, { ...known, points: [...known.points, ...family.points] });
    } else refused.push(family.name);
  }
  return { families: [...byName.values()], refused };
}

/** A script that gave no TYPE means the family of that name, unless its points have names of their own. */
function mayJoin(known: NodeFamily, family: NodeFamily): boolean {
  return known.type === family.type || (family.type === "untyped" && (known.type === "counter" || known.type === "gauge"));
}

function overlap(some: readonly NodePoint[], others: readonly NodePoint[]): boolean {
  const keys = new Set(some.map(seriesKey));
  return others.some((point) => keys.has(seriesKey(point)));
}

/** Equal for equal names and labels, whatever their order; an empty label is the same as none. */
function seriesKey({ metricName = "", labels }: NodePoint): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== "");
  return JSON.stringify([metricName, ...pairs.sort(([one], [other]) => (one < other ? -1 : 1))]);
}
