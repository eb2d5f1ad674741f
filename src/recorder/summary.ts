/**
 * `<segment>.summary.jsonl.gz`: what a packed segment says, in a line for the whole and one for each minute, so that days can be looked at
 * without reading every second. Behind the header of the segment each line is a Stretch (stretch.ts), the first one of the whole segment.
 * A bare number is mean and peak in one. It can be made again from the segment at any time, and is only trusted when all of it is there.
 */
import { open, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { constants, gunzip, gunzipSync } from "node:zlib";
import { Fold } from "./fold.ts";
import { parseHeader } from "./header.ts";
import { parseWithoutProcesses } from "./recorded.ts";
import type { RecordedLines } from "./recording.ts";
import { type Segment, segmentPath, slotMs, slotOf } from "./segments.ts";
import { type Stretch, stretchOf } from "./stretch.ts";

/** How long a line of a summary speaks for, apart from the one of the whole. */
export const minuteMs = 60_000;

const unpack = promisify(gunzip);
/** Holds the line of the whole in all but the busiest ten minutes. */
const firstBytes = 6 * 1024;

/** What a segment says, at two depths. */
interface Summary {
  readonly whole: Stretch;
  readonly minutes: readonly Stretch[];
}

/** Sums up the lines of one segment; undefined when there is none among them that can be read. */
export async function summarise(lines: RecordedLines): Promise<Summary | undefined> {
  let whole: Fold | undefined;
  const minutes = new Map<number, Fold>();
  for await (const line of lines) {
    const snapshot = parseWithoutProcesses(line);
    if (snapshot === undefined) continue;
    const stretch = stretchOf(snapshot);
    const minute = Math.floor(stretch.atMs / minuteMs);
    whole ??= new Fold(slotOf(stretch.atMs) * slotMs);
    whole.add(stretch);
    const fold = minutes.get(minute) ?? new Fold(minute * minuteMs);
    fold.add(stretch);
    minutes.set(minute, fold);
  }
  const result = whole?.result();
  if (result === undefined) return undefined;
  return { whole: result, minutes: [...minutes.values()].flatMap((fold) => fold.result() ?? []) };
}

/** The text of a summary's file. */
export function encodeSummary({ whole, minutes }: Summary, header: string): string {
  return `${header}${[whole, ...minutes].map((stretch) => `${JSON.stringify(stretch)}\n`).join("")}`;
}

/** A segment's minutes, or the whole of it in one; undefined when it has no summary that can be trusted. */
export async function readSummary(
  directory: string,
  { stem }: Segment,
  depth: "whole" | "minutes",
): Promise<readonly Stretch[] | undefined> {
  const path = segmentPath(directory, stem, "summary");
  try {
    if (depth === "whole") return await readWhole(path);
    const [header = "", ...lines] = (await unpack(await readFile(path))).toString("utf8").split("\n");
    if (parseHeader(header).kind !== "ours" || lines.pop() !== "" || lines.length < 2) return undefined;
    return lines.slice(1).map((line) => JSON.parse(line) as Stretch);
  } catch {
    return undefined;
  }
}

/** Only the beginning of the file is unpacked, if that will do: a week is a thousand files. */
async function readWhole(path: string): Promise<readonly Stretch[] | undefined> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    for (const wanted of [firstBytes, size]) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(Math.min(wanted, size)), 0, Math.min(wanted, size), 0);
      const text = gunzipSync(buffer.subarray(0, bytesRead), { finishFlush: constants.Z_SYNC_FLUSH }).toString("utf8");
      const [header = "", whole, next] = text.split("\n", 3);
      if (whole === undefined || next === undefined) continue;
      return parseHeader(header).kind === "ours" ? [JSON.parse(whole) as Stretch] : undefined;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}
