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
export interface MergedFiles {
  readonly families: readonly TextFamily[];
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
}

interface Part extends ParsedFamily {
  readonly path: string;
}

/** The first file to name a family decides on its type and help; a file that says otherwise loses that family, and a repeated series is left out. */
export function mergeFiles(files: readonly FileFamilies[]): MergedFiles {
  const problems: { file: string; reason: string }[] = [];
  const byName = new Map<string, Part[]>();
  for (const { path, families } of files) {
    for (const family of families) {
      const parts = byName.get(family.name) ?? [];
      byName.set(family.name, parts);
      const reason = conflict(family, parts);
      if (reason === undefined) parts.push({ ...family, path });
      else problems.push({ file: path, reason });
    }
  }
  const families = [...byName.values()].flatMap((parts) => join(parts, problems));
  return { families, problems };
}

function conflict(family: ParsedFamily, parts: readonly Part[]): string | undefined {
  const differing = parts.find((part) => part.type !== family.type || part.help !== family.help);
  if (differing === undefined) return undefined;
  return `the metric "${family.name}" has another TYPE or HELP in ${differing.path}`;
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
  const help = first.help ?? `Metric read from ${[...new Set(parts.map((part) => part.path))].join(", ")}`;
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
