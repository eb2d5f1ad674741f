/** The first line of a segment: by which rules the others are written, and which machine they tell of. */
import { parseJsonObject } from "../../model/json.ts";

/** The version of the format that this Culprit writes. Older ones are read for ever, newer ones are left alone. */
export const schemaVersion = 1;

/** The machine that was recorded. */
export interface RecordedHost {
  readonly hostname: string;
  readonly os: string;
  readonly kernel: string;
  readonly arch: string;
}

interface SegmentHeader {
  readonly schemaVersion: number;
  readonly host: RecordedHost;
  /** The version of Culprit that wrote it. */
  readonly culprit: string;
}

/** Writes the first line of a segment. */
export function encodeHeader(host: RecordedHost, culprit: string): string {
  return `${JSON.stringify({ schemaVersion, recording: "culprit", host, culprit })}\n`;
}

/** What a file is that begins so: ours, a newer Culprit's, or nobody's that we know. */
type FileKind =
  | { readonly kind: "ours"; readonly header: SegmentHeader }
  | { readonly kind: "newer"; readonly schemaVersion: number }
  | { readonly kind: "foreign" };

/** Reads a first line. */
export function parseHeader(line: string): FileKind {
  const header = parseJsonObject(line);
  if (header?.recording !== "culprit" || typeof header.schemaVersion !== "number") return { kind: "foreign" };
  if (header.schemaVersion > schemaVersion) return { kind: "newer", schemaVersion: header.schemaVersion };
  return { kind: "ours", header: header as unknown as SegmentHeader };
}

/** Whether bytes may be the beginning of a first line that was cut off: by a crash at the very start, or as blocks that were never written. */
export function mayBeTornHeader(bytes: Buffer): boolean {
  const start = Buffer.from('{"schemaVersion":');
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length)) || bytes.every((byte) => byte === 0);
}
