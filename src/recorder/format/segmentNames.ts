/** The names in a recording's directory, and what they say. Pure. */
import { join } from "node:path";

/** Segments end where the clock shows a multiple of this. */
export const slotMs = 600_000;

/** One segment, by the files that it has. */
export interface Segment {
  /** What its files' names begin with: `20261121T100000.123Z`. */
  readonly stem: string;
  /** When its first line was taken. */
  readonly startMs: number;
  /** Its last line was taken before this. */
  readonly endMs: number;
  /** There is a `.jsonl`. */
  readonly plain: boolean;
  /** There is a `.jsonl.gz`. */
  readonly packed: boolean;
  /** There is a `.summary.jsonl.gz`. */
  readonly summarised: boolean;
  /** There is a `.names.jsonl`. */
  readonly named: boolean;
  /** There is a `.names.jsonl.gz`. */
  readonly namesPacked: boolean;
}

/** The files that a segment can have, and how their names end. */
const endings = {
  plain: ".jsonl",
  packed: ".jsonl.gz",
  summary: ".summary.jsonl.gz",
  names: ".names.jsonl",
  namesPacked: ".names.jsonl.gz",
} as const;

const namePattern =
  /^((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z(?:-\d+)?)(\.jsonl|\.jsonl\.gz|\.summary\.jsonl\.gz|\.names\.jsonl|\.names\.jsonl\.gz)$/;

/** The ending of a file that is not complete yet. */
export const partialSuffix = ".partial";

/** One of a segment's files. */
type SegmentFile = keyof typeof endings;

/** All of them. */
export const segmentFiles = Object.keys(endings) as readonly SegmentFile[];

/** The path of one of a segment's files. */
export function segmentPath(directory: string, stem: string, file: SegmentFile): string {
  return join(directory, `${stem}${endings[file]}`);
}

/** The name of a segment that begins now; `again` counts up when the clock was set back onto one that is there. */
export function stemAt(startMs: number, again = 0): string {
  const time = new Date(startMs).toISOString().replaceAll(/[-:]/g, "");
  return again === 0 ? time : `${time}-${again + 1}`;
}

/** Which ten minutes a time belongs to. */
export function slotOf(ms: number): number {
  return Math.floor(ms / slotMs);
}

/** The segments that names tell of, oldest first. Other names are nobody's concern. */
export function segmentsOf(names: readonly string[]): readonly Segment[] {
  return allStemsOf(names).filter(({ plain, packed }) => plain || packed);
}

/** What belongs to segments that are gone. */
export function orphansOf(names: readonly string[]): readonly Segment[] {
  return allStemsOf(names).filter(({ plain, packed }) => !plain && !packed);
}

function allStemsOf(names: readonly string[]): readonly Segment[] {
  const found = new Map<string, { -readonly [Key in keyof Segment]: Segment[Key] }>();
  for (const name of names) {
    const match = namePattern.exec(name);
    if (match === null) continue;
    const [, stem = "", year, month, day, hour, minute, second, fraction, ending] = match;
    const startMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), Number(fraction));
    const segment = found.get(stem) ?? {
      stem,
      startMs,
      endMs: (slotOf(startMs) + 1) * slotMs,
      plain: false,
      packed: false,
      summarised: false,
      named: false,
      namesPacked: false,
    };
    if (ending === endings.plain) segment.plain = true;
    else if (ending === endings.packed) segment.packed = true;
    else if (ending === endings.summary) segment.summarised = true;
    else if (ending === endings.names) segment.named = true;
    else segment.namesPacked = true;
    found.set(stem, segment);
  }
  return [...found.values()].sort((a, b) => a.startMs - b.startMs || (a.stem < b.stem ? -1 : 1));
}
