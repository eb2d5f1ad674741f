/** Reads a segment, packed or not, whole or torn, a chunk at a time. */
import { type FileHandle, open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { reasonOf } from "../../model/errors.ts";
import { parseHeader } from "../format/header.ts";
import type { RecordedLine } from "../format/line.ts";
import { timeOf } from "../format/lineTime.ts";
import { type Segment, segmentPath } from "../format/segmentNames.ts";
import { hasCode } from "./segmentFiles.ts";

/** Told what is wrong with a file, for the log. */
export type Say = (stem: string, problem: string) => void;

const chunkBytes = 128 * 1024;
const lineEnd = 10;
/** Somebody else's file may unpack to gigabytes without a line end: so much is held of it and no more. */
const mostLineBytes = 64 * 1024 * 1024;
/** Ten minutes of the busiest machine are a tenth of it. */
const mostUnpackedBytes = 1024 ** 3;

/** A segment that is held open: it can be read as often as is wanted, and stays what it was when it was opened. */
export class OpenSegment {
  readonly startMs: number;
  readonly #stem: string;
  readonly #handle: FileHandle;
  readonly #packed: boolean;
  readonly #bytes: number;
  readonly #say: Say;

  private constructor({ stem, startMs }: Segment, handle: FileHandle, packed: boolean, bytes: number, say: Say) {
    this.startMs = startMs;
    this.#stem = stem;
    this.#handle = handle;
    this.#packed = packed;
    this.#bytes = bytes;
    this.#say = say;
  }

  /** Opens one; undefined when it has gone meanwhile. */
  static async open(directory: string, segment: Segment, say: Say): Promise<OpenSegment | undefined> {
    // the packed one is made of the plain one, and takes its place at any moment
    for (const file of ["plain", "packed"] as const) {
      try {
        const handle = await open(segmentPath(directory, segment.stem, file), "r");
        const { size } = await handle.stat();
        return new OpenSegment(segment, handle, file === "packed", size, say);
      } catch (error) {
        if (!hasCode(error, "ENOENT")) throw error;
      }
    }
    return undefined;
  }

  /** Its whole lines. What cannot be read is said and left out. */
  async *lines(): AsyncGenerator<RecordedLine> {
    let first = true;
    const tooLong = () => this.#say(this.#stem, "it holds a line that is too long to be one of a recording; the rest of it is left out");
    for await (const bytes of wholeLines(this.#content(), tooLong)) {
      if (first) {
        first = false;
        const { kind } = parseHeader(bytes.toString("utf8"));
        if (kind === "ours") continue;
        this.#say(
          this.#stem,
          kind === "newer" ? "it was written by a newer Culprit and is left alone" : "it does not begin as a recording does",
        );
        return;
      }
      const takenAtMs = timeOf(bytes);
      if (takenAtMs !== undefined) yield new HeldLine(takenAtMs, bytes);
    }
  }

  /** Whether it is written as this Culprit writes, or an older one did. */
  async isOurs(): Promise<boolean> {
    for await (const bytes of wholeLines(this.#content(), () => undefined)) return parseHeader(bytes.toString("utf8")).kind === "ours";
    return true;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** How much is packed, as the end of a gzip file says (RFC 1952). */
  async #promisedBytes(): Promise<number | undefined> {
    const end = Buffer.alloc(4);
    const { bytesRead } = await this.#handle.read(end, 0, 4, Math.max(0, this.#bytes - 4));
    return bytesRead === 4 ? end.readUInt32LE() : undefined;
  }

  async *#content(): AsyncGenerator<Buffer> {
    const raw = chunksOf(this.#handle, this.#bytes);
    if (!this.#packed) {
      yield* raw;
      return;
    }
    if (this.#bytes === 0) {
      this.#say(this.#stem, "its file is empty");
      return;
    }
    // a torn file gives all that it has
    const gunzip = createGunzip({ chunkSize: chunkBytes, finishFlush: constants.Z_SYNC_FLUSH });
    pipeline(Readable.from(raw, { objectMode: true, highWaterMark: 1 }), gunzip, () => undefined);
    let unpackedBytes = 0;
    try {
      for await (const chunk of gunzip) {
        unpackedBytes += (chunk as Buffer).length;
        if (unpackedBytes > mostUnpackedBytes) {
          this.#say(this.#stem, "it unpacks to more than 1 GiB; the rest of it is left out");
          return;
        }
        yield chunk as Buffer;
      }
      if (unpackedBytes !== (await this.#promisedBytes()))
        this.#say(this.#stem, "the packed file is torn or damaged; what could be unpacked is used");
    } catch (error) {
      this.#say(this.#stem, `the rest of it cannot be unpacked: ${reasonOf(error)}`);
    }
  }
}

/** A string is made of it only when it is looked at: hours of lines at once would stall the event loop. */
class HeldLine implements RecordedLine {
  readonly takenAtMs: number;
  readonly #bytes: Buffer;

  constructor(takenAtMs: number, bytes: Buffer) {
    this.takenAtMs = takenAtMs;
    this.#bytes = bytes;
  }

  get line(): string {
    return this.#bytes.toString("utf8");
  }
}

/** With positions of its own, so that several readers of one file do not disturb each other. */
async function* chunksOf(handle: FileHandle, bytes: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < bytes; ) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, bytes - position));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** The lines that have their line end; what is behind the last one is torn. */
async function* wholeLines(chunks: AsyncIterable<Buffer>, onTooLong: () => void): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end >= 0; end = chunk.indexOf(lineEnd, start)) {
      const piece = chunk.subarray(start, end);
      yield rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
      rest = [];
      restBytes = 0;
      start = end + 1;
    }
    if (start >= chunk.length) continue;
    rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    if (restBytes > mostLineBytes) return onTooLong();
  }
}
