/** Reads summaries of segments (format/summary.ts): of the whole, or of each minute. */
import { open, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { constants, gunzip, gunzipSync } from "node:zlib";
import { parseHeader } from "../format/header.ts";
import type { Rollup } from "../format/rollup.ts";
import { type Segment, segmentPath } from "../format/segmentNames.ts";

const unpack = promisify(gunzip);
/** Holds the line of the whole in all but the busiest ten minutes. */
const firstBytes = 6 * 1024;

/** A segment's minutes, or the whole of it in one; undefined when it has no summary that can be trusted. */
export async function readSummary(
  directory: string,
  { stem }: Segment,
  resolution: "whole" | "minutes",
): Promise<readonly Rollup[] | undefined> {
  const path = segmentPath(directory, stem, "summary");
  try {
    if (resolution === "whole") return await readWhole(path);
    const [header = "", ...lines] = (await unpack(await readFile(path))).toString("utf8").split("\n");
    if (parseHeader(header).kind !== "ours" || lines.pop() !== "" || lines.length < 2) return undefined;
    return lines.slice(1).map((line) => JSON.parse(line) as Rollup);
  } catch {
    return undefined;
  }
}

/** Only the beginning of the file is unpacked, if that will do: a week is a thousand files. */
async function readWhole(path: string): Promise<readonly Rollup[] | undefined> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    for (const wanted of [firstBytes, size]) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(Math.min(wanted, size)), 0, Math.min(wanted, size), 0);
      const text = gunzipSync(buffer.subarray(0, bytesRead), { finishFlush: constants.Z_SYNC_FLUSH }).toString("utf8");
      const [header = "", whole, next] = text.split("\n", 3);
      if (whole === undefined || next === undefined) continue;
      return parseHeader(header).kind === "ours" ? [JSON.parse(whole) as Rollup] : undefined;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}
