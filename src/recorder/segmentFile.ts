/**
 * A segment of the recording while it is being written.
 *
 * The format, version 1. A recording is a directory. Its segments are `20261121T100000.123Z.jsonl`, named after the time of their first
 * line (UTC; `-2` is added when the clock was set back onto a name that is there). A segment ends where the clock shows a full ten
 * minutes, when the clock is set back, and when Culprit ends; a complete one is packed and becomes `.jsonl.gz`. It is JSON Lines:
 *
 *   {"schemaVersion":1,"recording":"culprit","host":{"hostname":...,"os":...,"kernel":...,"arch":...},"culprit":"0.1.0"}
 *   {"takenAtMs":1795255200123,"elapsedSeconds":1,"gap":false,"host":{...},"processes":[...],"groups":[...]}
 *   ...
 *
 * From the second line on each line is a Snapshot (model/snapshot.ts): what has happened since `elapsedSeconds` before. `groups` are the
 * lines that were shown of it, the remainder included, so they sum up to the machine; `processes` are the busiest few. What is unknown is
 * left out. `host.filesystems` are left out while they are those of the line before; the first line of a segment has all there is,
 * so that each segment can be read by itself. Times rise within a segment.
 *
 * Readers must skip what is no JSON (a power cut may leave such a line), and must leave a newer `schemaVersion` alone. Beside a
 * segment lies its index of names, see format/names.ts, and beside a packed one `<name>.summary.jsonl.gz`, see format/summary.ts.
 * The minutes of each day are kept longer, in `<day>.minutes.jsonl.gz`, see format/dayFile.ts. `.partial` files are incomplete and are removed at the next start.
 *
 * A line is acknowledged once it was written and fdatasync has come back: then it survives a power cut. A line that was only written
 * survives the end of Culprit, however sudden.
 */
import { type FileHandle, open, rm } from "node:fs/promises";
import { readAvailableBytes } from "../procfs/space.ts";
import { makeDirectory, syncDirectory } from "../spool/durable.ts";
import { segmentPath, stemAt } from "./format/segmentNames.ts";
import { NamesFile } from "./namesFile.ts";
import { hasCode } from "./reading/segmentFiles.ts";

/** What a new segment is made with. */
export interface SegmentFileOptions {
  readonly directory: string;
  /** The first line, with its line end. */
  readonly header: string;
  /** No segment is begun when less than this would be left to others. */
  readonly leastFreeBytes: number;
}

/** One open segment. Its methods are called one after the other. */
export class SegmentFile {
  readonly stem: string;
  /** The index beside it: whatever becomes of that, the lines are kept. */
  readonly names: NamesFile;
  readonly #handle: FileHandle;
  /** Up to here all lines are whole. */
  #wholeBytes = 0;

  private constructor(stem: string, handle: FileHandle, names: NamesFile) {
    this.stem = stem;
    this.#handle = handle;
    this.names = names;
  }

  /** Begins a segment whose first line was taken at `firstMs`. */
  static async create(firstMs: number, { directory, header, leastFreeBytes }: SegmentFileOptions): Promise<SegmentFile> {
    // again for every segment: somebody may have removed it
    await makeDirectory(directory);
    if ((await readAvailableBytes(directory)) < leastFreeBytes)
      throw new Error(`less than ${Math.round(leastFreeBytes / 2 ** 20)} MiB are free on the disk`);
    for (let again = 0; ; again++) {
      const stem = stemAt(firstMs, again);
      const path = segmentPath(directory, stem, "plain");
      const handle = await open(path, "ax", 0o600).catch((error: unknown) => {
        if (!hasCode(error, "EEXIST") || again > 1000) throw error;
      });
      if (handle === undefined) continue;
      const file = new SegmentFile(stem, handle, new NamesFile(segmentPath(directory, stem, "names"), header));
      try {
        await file.append(Buffer.from(header));
        await syncDirectory(directory);
        return file;
      } catch (error) {
        await file.abandon();
        await rm(path, { force: true }).catch(() => undefined);
        throw error;
      }
    }
  }

  /** Writes whole lines; a failure leaves the file to be abandoned. */
  async append(lines: Buffer): Promise<void> {
    await this.#handle.appendFile(lines);
    this.#wholeBytes += lines.length;
  }

  /** Comes back when everything that was appended is on the disk. */
  async sync(): Promise<void> {
    await this.#handle.datasync();
    const { nlink } = await this.#handle.stat();
    if (nlink === 0) throw new Error("the segment was deleted while it was being written");
  }

  async close(): Promise<void> {
    await this.names.close();
    await this.#handle.close();
  }

  /** After a failure: cuts off what was written in part, as far as that is possible, and closes. */
  async abandon(): Promise<void> {
    await this.names.close();
    await this.#handle.truncate(this.#wholeBytes).catch(() => undefined);
    await this.#handle.close().catch(() => undefined);
  }
}
