/** What a file is, by its beginning and never by its name: people rename files. Pure. */
import { parseHeader, type RecordedHost, schemaVersion } from "../recorder/format/header.ts";
import { ReplayProblem, whatIsExpected } from "./problem.ts";

type FileKind =
  | { readonly kind: "segment"; readonly host: RecordedHost; readonly culprit: string }
  /** Lines without their header, as an archive has them. */
  | { readonly kind: "lines" }
  | { readonly kind: "archive" }
  | { readonly kind: "table" };

/** So much of the beginning is enough. */
export const beginningBytes = 64 * 1024;

/** Tells it. @throws ReplayProblem that says what it looks like, and what was expected */
export function kindOf(beginning: Buffer): FileKind {
  if (beginning.length === 0) throw new ReplayProblem(`it is empty; ${whatIsExpected}`);
  if (beginning.subarray(257, 262).toString("latin1") === "ustar") return { kind: "archive" };
  const [first = "", second = ""] = beginning
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .split("\n", 2);
  if (/^"?time"?,"?(elapsed|recorded)_seconds"?,/.test(first)) return { kind: "table" };
  const found = parseHeader(first);
  if (found.kind === "newer") throw newer("the recording", found.schemaVersion);
  if (found.kind === "ours") return segmentKind(found.header, second);
  if (first.startsWith('{"takenAtMs":')) return { kind: "lines" };
  throw new ReplayProblem(`line 1: ${otherKindOf(first)}; ${whatIsExpected}`);
}

/** The refusal of what a later Culprit has written. */
export function newer(what: string, version: unknown): ReplayProblem {
  return new ReplayProblem(
    `${what} was written by a newer Culprit (schema version ${String(version)}); this one reads up to version ${schemaVersion}: replay it with a newer Culprit`,
  );
}

function segmentKind({ host, culprit }: { readonly host: RecordedHost; readonly culprit: string }, second: string): FileKind {
  if (second.includes('"figures":{') && !second.startsWith('{"takenAtMs":')) {
    throw new ReplayProblem("it is the summary of a segment, which holds no seconds; expected the segment beside it, without .summary");
  }
  return { kind: "segment", host, culprit };
}

function otherKindOf(first: string): string {
  if (/^\s*<(!doctype|html|\?xml)/i.test(first)) {
    return "this is a web page; of a running Culprit open .../archives/latest.tar.gz or .../api/snapshots.csv";
  }
  if (first.startsWith("time,kind,process,")) {
    return "this is the processes-before.csv of an archive, which holds no figures of the machine; open the archive itself, or its snapshots.jsonl";
  }
  if (/^\{"schemaVersion":\d+,"atMs":\d+,"spike":/.test(first)) {
    return "this is the list of spikes of a recording; open the directory that it lies in";
  }
  if (first.startsWith("{") || first.startsWith("[")) return "this is JSON of another kind";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u0008\ufffd]/.test(first)
    ? "this is none of Culprit's formats"
    : `${JSON.stringify(first.slice(0, 60))} is no first line of Culprit's`;
}
