/** Puts the families of several text files together, so that no family and no series is shown twice. */
import type { TextFamily, TextPoint } from "../model/scraped.ts";
import { completeHistogram, completeSummary } from "./textDistributions.ts";
import type { ParsedFamily } from "./textFormat.ts";

/** What one file gave. */
export interface FileFamilies {
  readonly path: string;
  readonly modifiedSeconds: number;
  readonly families: readonly ParsedFamily[];
}

/** What all files give together, and what had to be left out. */
interface MergedFiles {
  readonly families: readonly TextFamily[];
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
}

interface Part extends ParsedFamily {
  readonly path: string;
}

/**
 * Figures are kept whatever their files say beside them: the first HELP goes for all, and a file without TYPE takes that of the others.
 * Only a family of another type is left out, for it means another thing, and a series that was there before.
 */
export function mergeFiles(files: readonly FileFamilies[]): MergedFiles {
  const problems: { file: string; reason: string }[] = [];
  const byName = new Map<string, Part[]>();
  for (const { path, families } of files) {
    for (const family of families) byName.set(family.name, [...(byName.get(family.name) ?? []), { ...family, path }]);
  }
  const families = [...byName.values()].flatMap((parts) => join(ofOneType(parts, problems), problems));
  return { families, problems };
}

/** The parts that go together under the first type that a file gives. */
function ofOneType(parts: readonly Part[], problems: { file: string; reason: string }[]): readonly Part[] {
  const leader = parts.find((part) => part.type !== "untyped") ?? parts[0];
  if (leader === undefined) return [];
  // what a histogram or a summary is made of has other names: a bare figure cannot be a part of it
  const takesUntyped = leader.type === "counter" || leader.type === "gauge";
  return parts.flatMap((part) => {
    if (part.type === leader.type || (part.type === "untyped" && takesUntyped)) return { ...part, type: leader.type };
    problems.push({ file: part.path, reason: `the metric "${part.name}" has another TYPE in ${leader.path}` });
    return [];
  });
}

function join(parts: readonly Part[], problems: { file: string; reason: string }[]): TextFamily[] {
  const [first] = parts;
  if (first === undefined) return [];
  const seen = new Set<string>();
  const points: TextPoint[] = [];
  for (const { path, name, points: own } of parts) {
    for (const point of own) {
      const key = seriesKey(point);
      if (seen.has(key)) problems.push({ file: path, reason: `the metric "${name}" was there before with the same labels` });
      else points.push(point);
      seen.add(key);
    }
  }
  const { help = `Metric read from ${[...new Set(parts.map((part) => part.path))].join(", ")}` } =
    parts.find((part) => part.help !== undefined) ?? {};
  const { name, type } = first;
  if (type === "histogram") return [{ name, help, type, points: completeHistogram(name, points) }];
  if (type === "summary") return [{ name, help, type, points: completeSummary(name, points) }];
  return [{ name, help, type, points }];
}

/** Equal for equal names and labels, whatever their order; an empty label is the same as none. */
function seriesKey({ metricName = "", labels }: TextPoint): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== "");
  return JSON.stringify([metricName, ...pairs.sort(([one], [other]) => (one < other ? -1 : 1))]);
}
