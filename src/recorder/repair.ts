/** Puts a recording in order that was not closed: what is torn is cut off, and nothing else is lost. */
import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import type { Log } from "../log.ts";
import { parseJsonObject } from "../model/json.ts";
import { mayBeTornHeader, parseHeader } from "./format/header.ts";
import { orphansOf, partialSuffix, type Segment, segmentPath, segmentsOf } from "./format/segmentNames.ts";
import { readNames } from "./reading/segmentFiles.ts";

const blockBytes = 64 * 1024;
const lineEnd = 10;

/** What became of a plain segment: it has lines to be packed, it had none and is gone, or it is not ours to touch. */
type RepairResult = "whole" | "removed" | "left";

/** Repairs everything in a directory; the segments that are to be packed. */
export async function repairRecording(directory: string, log: Log): Promise<readonly Segment[]> {
  const names = await readNames(directory);
  for (const name of names) if (name.endsWith(partialSuffix)) await rm(join(directory, name), { force: true });
  const unpacked: Segment[] = [];
  for (const segment of segmentsOf(names)) {
    if (segment.plain && (await repairSegment(directory, segment.stem, log)) === "whole") unpacked.push(segment);
    else if (!segment.plain) await removeEmpty(segmentPath(directory, segment.stem, "packed"), log);
    // packing had come as far as this
    if (!segment.plain && segment.namesPacked) await rm(segmentPath(directory, segment.stem, "names"), { force: true });
  }
  for (const { stem, named, namesPacked } of orphansOf(names)) {
    if (named) await removeOrphan(segmentPath(directory, stem, "names"), (beginning) => beginning);
    if (namesPacked) await removeOrphan(segmentPath(directory, stem, "namesPacked"), unpackBeginning);
  }
  return unpacked;
}

/** An index without its segment is of no use; one of a newer Culprit is not ours to touch. */
async function removeOrphan(path: string, unpack: (beginning: Buffer) => Buffer): Promise<void> {
  const handle = await open(path, "r");
  const beginning = await readAt(handle, 0, blockBytes).finally(() => handle.close());
  const [header = ""] = unpack(beginning).toString("utf8").split("\n", 1);
  if (beginning.length === 0 || parseHeader(header).kind === "ours") await rm(path, { force: true });
}

function unpackBeginning(packed: Buffer): Buffer {
  try {
    return gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
}

/** Cuts off the torn end of a plain segment. */
export async function repairSegment(directory: string, stem: string, log: Log): Promise<RepairResult> {
  const path = segmentPath(directory, stem, "plain");
  const handle = await open(path, "r+");
  try {
    const { size } = await handle.stat();
    const kind = await kindOf(handle, size);
    if (kind === "newer" || kind === "foreign") {
      const reason = kind === "newer" ? "it was written by a newer Culprit" : "it does not begin as a recording does";
      log.warn("recording: a file is left alone", { file: path, reason });
      return "left";
    }
    const { wholeBytes, lines } = kind === "empty" ? { wholeBytes: 0, lines: false } : await findWhole(handle, size);
    if (wholeBytes < size) {
      log.warn("recording: the torn end of a segment is cut off", { file: path, bytes: size - wholeBytes });
      await handle.truncate(wholeBytes);
    }
    if (lines) return "whole";
  } finally {
    await handle.close();
  }
  await rm(path, { force: true });
  return "removed";
}

async function removeEmpty(path: string, log: Log): Promise<void> {
  const { size } = await stat(path);
  if (size > 0) return;
  log.warn("recording: an empty file is removed", { file: path });
  await rm(path, { force: true });
}

async function kindOf(handle: FileHandle, size: number): Promise<"ours" | "empty" | "newer" | "foreign"> {
  const start = await readAt(handle, 0, Math.min(size, blockBytes));
  const end = start.indexOf(lineEnd);
  if (end < 0) return mayBeTornHeader(start) ? "empty" : "foreign";
  return parseHeader(start.toString("utf8", 0, end)).kind;
}

/** Up to where the lines are whole, and whether there are any behind the header. Looks from the end: it is there that a file tears. */
async function findWhole(handle: FileHandle, size: number): Promise<{ readonly wholeBytes: number; readonly lines: boolean }> {
  let end = (await lastLineEnd(handle, size)) + 1;
  while (end > 0) {
    const start = (await lastLineEnd(handle, end - 1)) + 1;
    if (parseJsonObject((await readAt(handle, start, end - 1 - start)).toString("utf8")) !== undefined)
      return { wholeBytes: end, lines: start > 0 };
    end = start;
  }
  return { wholeBytes: 0, lines: false };
}

/** Where the last line end before a position is; -1 when there is none. */
async function lastLineEnd(handle: FileHandle, before: number): Promise<number> {
  for (let end = before; end > 0; ) {
    const start = Math.max(0, end - blockBytes);
    const found = (await readAt(handle, start, end - start)).lastIndexOf(lineEnd);
    if (found >= 0) return start + found;
    end = start;
  }
  return -1;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
