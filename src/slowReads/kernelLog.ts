/** The kernel log, read to its end without waiting for what is still to be said. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { codeOf } from "../model/errors.ts";
import { isOomRecord } from "../procfs/kernelLog.ts";

/** No record is longer (CONSOLE_EXT_LOG_MAX in kernel/printk). */
const recordBytes = 16 * 1024;

/** The newest records about those that were killed for memory, a line each: at most so many bytes. */
export async function readOomRecords(path: string | Buffer, most: number): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await filtered(file, most);
  } finally {
    await file.close();
  }
}

async function filtered(file: FileHandle, most: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(recordBytes);
  let kept: string[] = [];
  let length = 0;
  let begun = "";
  for (;;) {
    const text = await nextText(file, buffer);
    if (text === undefined) break;
    const lines = (begun + text).split("\n");
    begun = lines.pop() ?? "";
    for (const line of lines) {
      if (!isOomRecord(line)) continue;
      kept.push(line);
      length += line.length + 1;
    }
    if (length > 2 * most) {
      kept = newest(kept, most);
      length = kept.reduce((sum, line) => sum + line.length + 1, 0);
    }
  }
  return Buffer.from(
    newest(kept, most)
      .map((line) => `${line}\n`)
      .join(""),
  );
}

/** A read of the device gives one record. Undefined at the end. */
async function nextText(file: FileHandle, buffer: Buffer): Promise<string | undefined> {
  for (;;) {
    try {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      return bytesRead === 0 ? undefined : buffer.toString("utf8", 0, bytesRead);
    } catch (error) {
      if (codeOf(error) === "EAGAIN") return undefined;
      // the record was overwritten meanwhile: the next read gives the oldest that is left
      if (codeOf(error) !== "EPIPE") throw error;
    }
  }
}

/** The last lines that fit. */
function newest(lines: readonly string[], most: number): string[] {
  let from = lines.length;
  for (let left = most; from > 0 && left >= (lines[from - 1]?.length ?? 0) + 1; from--) left -= (lines[from - 1]?.length ?? 0) + 1;
  return lines.slice(from);
}
