/** Reads a file that was packed in pieces (format/pieces.ts): from memory, or one piece after the other from the disk. */
import { type FileHandle, open } from "node:fs/promises";
import { constants, gunzipSync } from "node:zlib";
import { type PiecesHead, parsePiecesHead } from "../format/pieces.ts";

/** Holds the head, however many pieces there are behind it. */
const headBytes = 4096;

/** The pieces of a file in memory. */
interface Pieces {
  readonly head: PiecesHead;
  /** Of the one at a place, the first behind the head at 0. It takes a tenth of a millisecond: less than having somebody else do it. */
  text(place: number): string;
}

/** Opens it; undefined where it is none of ours. @throws when it is damaged */
export function openPieces(bytes: Buffer): Pieces | undefined {
  const head = readHead(bytes.subarray(0, headBytes));
  if (head === undefined) return undefined;
  return {
    head,
    text(place) {
      const { start, end } = spanOf(head, bytes.length, place);
      return gunzipSync(bytes.subarray(start, end)).toString("utf8");
    },
  };
}

/** The pieces of a file that is held open. */
export class PiecesFile {
  readonly head: PiecesHead;
  readonly #handle: FileHandle;
  readonly #size: number;

  private constructor(head: PiecesHead, handle: FileHandle, size: number) {
    this.head = head;
    this.#handle = handle;
    this.#size = size;
  }

  /** Opens one: `absent` where there is none, `foreign` where it is none of ours or damaged. */
  static async open(path: string): Promise<PiecesFile | "absent" | "foreign"> {
    const handle = await open(path, "r").catch(() => undefined);
    if (handle === undefined) return "absent";
    try {
      const { size } = await handle.stat();
      const head = readHead(await readSpan(handle, 0, Math.min(headBytes, size)));
      if (head !== undefined) return new PiecesFile(head, handle, size);
    } catch {
      // damaged: as good as nobody's
    }
    await handle.close();
    return "foreign";
  }

  /** The text of a piece; "" where it is damaged: it costs itself. */
  async text(place: number): Promise<string> {
    const { start, end } = spanOf(this.head, this.#size, place);
    try {
      return gunzipSync(await readSpan(this.#handle, start, end)).toString("utf8");
    } catch {
      return "";
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function readHead(beginning: Buffer): PiecesHead | undefined {
  return parsePiecesHead(gunzipSync(beginning, { finishFlush: constants.Z_SYNC_FLUSH }).toString("utf8"));
}

function spanOf({ bytes }: PiecesHead, size: number, place: number): { readonly start: number; readonly end: number } {
  const start = bytes.slice(place).reduce((left, length) => left - length, size);
  return { start, end: start + (bytes[place] ?? 0) };
}

async function readSpan(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, end - start)), 0, Math.max(0, end - start), start);
  return buffer.subarray(0, bytesRead);
}
