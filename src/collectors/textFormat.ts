/**
 * Prometheus' text format 0.0.4, as strictly as node_exporter reads it: what it refuses is refused here, whole file for whole file.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import { defined } from "../model/defined.ts";
import type { TextFamilyType, TextPoint } from "../model/scraped.ts";
import { parseSample, TextFormatError } from "./textSample.ts";

/** A family as it stands in one file; `help` is absent when the file has none. */
export interface ParsedFamily {
  readonly name: string;
  readonly help?: string;
  readonly type: TextFamilyType;
  readonly points: readonly TextPoint[];
}

interface Draft {
  readonly name: string;
  help?: string;
  type?: TextFamilyType;
  readonly points: TextPoint[];
}

const types: readonly string[] = ["counter", "gauge", "untyped", "histogram", "summary"] satisfies TextFamilyType[];

const suffixes: { readonly [Type in TextFamilyType]?: RegExp } = { histogram: /_(bucket|sum|count)$/, summary: /_(sum|count)$/ };

/** Parses a file; throws TextFormatError with the number of the line that is not right. */
export function parseTextFormat(bytes: Uint8Array): ParsedFamily[] {
  const text = decode(bytes);
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new TextFormatError(lines.length + 1, "the last line must end with a line feed");
  const families = new Map<string, Draft>();
  lines.forEach((line, index) => {
    const trimmed = line.replace(/^[ \t]+/, "");
    if (trimmed === "") return;
    if (trimmed.startsWith("#")) takeComment(families, trimmed, index + 1);
    else takeSample(families, trimmed, index + 1);
  });
  return [...families.values()].flatMap(({ name, help, type = "untyped", points }) =>
    points.length === 0 ? [] : [defined({ name, help, type, points })],
  );
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new TextFormatError(undefined, "the file is not UTF-8");
  }
}

function takeComment(families: Map<string, Draft>, line: string, number: number): void {
  const match = /^#[ \t]*(HELP|TYPE)(?:[ \t]+([^ \t]+)(?:[ \t]+(.*))?)?[ \t]*$/s.exec(line);
  const [, keyword, name, rest = ""] = match ?? [];
  // any other comment, and a HELP or TYPE of nothing, is for people
  if (keyword === undefined || name === undefined) return;
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) throw new TextFormatError(number, `invalid metric name in ${keyword}`);
  const family = familyOf(families, name);
  if (keyword === "HELP") {
    if (family.help !== undefined) throw new TextFormatError(number, `second HELP line for metric name "${name}"`);
    family.help = unescapeHelp(rest, number);
    return;
  }
  if (family.type !== undefined || family.points.length > 0) {
    throw new TextFormatError(number, `second TYPE line for metric name "${name}", or TYPE reported after samples`);
  }
  const type = rest.trimEnd().toLowerCase();
  if (!isType(type)) throw new TextFormatError(number, `unknown metric type "${rest}": expected one of ${types.join(", ")}`);
  family.type = type;
}

function takeSample(families: Map<string, Draft>, line: string, number: number): void {
  const { name, labels, value } = parseSample(line, number);
  const family = ownerOf(families, name);
  family.points.push(defined({ metricName: family.name === name ? undefined : name, labels, value }));
}

/** `x_bucket` belongs to the histogram `x` when there is one. */
function ownerOf(families: Map<string, Draft>, name: string): Draft {
  const base = name.replace(/_(bucket|sum|count)$/, "");
  const owner = base === name ? undefined : families.get(base);
  return owner?.type !== undefined && suffixes[owner.type]?.test(name) === true ? owner : familyOf(families, name);
}

function familyOf(families: Map<string, Draft>, name: string): Draft {
  const family = families.get(name) ?? { name, points: [] };
  families.set(name, family);
  return family;
}

function isType(text: string): text is TextFamilyType {
  return types.includes(text);
}

function unescapeHelp(text: string, number: number): string {
  return text.replace(/\\(.?)/gs, (_, letter: string) => {
    if (letter === "n") return "\n";
    if (letter === "\\") return "\\";
    throw new TextFormatError(number, `invalid escape sequence "\\${letter}"`);
  });
}
