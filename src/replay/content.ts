/** The bytes of a file that is to be opened, unpacked where they are packed, and never more than the limit. */
import { type FileHandle, open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { reasonOf } from "../model/errors.ts";
import { limited } from "./limits.ts";

const chunkBytes = 128 * 1024;

interface ContentOptions {
  readonly path: string;
  readonly mostBytes: number;
  /** Called when a packed file ends too early or is damaged; what came before has been given. */
  readonly onTorn: (problem: string) => void;
}

/** The content, a chunk at a time. @throws ReplayProblem when it is too much */
export async function* readContent({ path, mostBytes, onTorn }: ContentOptions): AsyncGenerator<Buffer> {
  const handle = await open(path, "r");
  try {
    const start = Buffer.alloc(2);
    await handle.read(start, 0, 2, 0);
    const isPacked = start[0] === 0x1f && start[1] === 0x8b;
    const raw = chunksOf(handle);
    yield* limited(isPacked ? unpacked(raw, onTorn) : raw, mostBytes, isPacked ? "its unpacked content" : "the file");
  } finally {
    await handle.close();
  }
}

/** The beginning of the content: enough to see what it is. */
export async function readBeginning(path: string, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readContent({ path, mostBytes: Number.POSITIVE_INFINITY, onTorn: () => undefined })) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(chunks).subarray(0, bytes);
}

async function* chunksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* unpacked(raw: AsyncIterable<Buffer>, onTorn: (problem: string) => void): AsyncGenerator<Buffer> {
  let tail = Buffer.alloc(0);
  let unpackedBytes = 0;
  async function* keepingTail(): AsyncGenerator<Buffer> {
    for await (const chunk of raw) {
      tail = Buffer.concat([tail, chunk.subarray(-4)]).subarray(-4);
      yield chunk;
    }
  }
  // a torn file gives all that it has
  const gunzip = createGunzip({ chunkSize: chunkBytes, finishFlush: constants.Z_SYNC_FLUSH });
  pipeline(Readable.from(keepingTail(), { objectMode: true, highWaterMark: 1 }), gunzip, () => undefined);
  const chunks = gunzip[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        onTorn(reasonOf(error));
        return { done: true, value: undefined } as const;
      });
      if (next.done === true) break;
      unpackedBytes += next.value.length;
      yield next.value;
    }
  } finally {
    gunzip.destroy();
  }
  // a gzip file ends with how much is packed in it, as 32 bits (RFC 1952)
  if (tail.length === 4 && tail.readUInt32LE() !== unpackedBytes % 2 ** 32) onTorn("it ends in the middle");
}
