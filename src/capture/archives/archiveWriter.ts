/** Writes a `.tar.gz` as a stream: files go in, a hash of each and of the whole comes out, and nothing is held in memory. */
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Pack, pack } from "tar-stream";
import { asError } from "../../model/errors.ts";
import { inItsDirectory, syncDirectory } from "../../spool/durable.ts";
import type { FileContent } from "../making/content.ts";

/** A file to be packed. */
export interface PackedFile {
  readonly name: string;
  readonly content: FileContent;
}

/** What can be said of written bytes. */
export interface Written {
  readonly sizeBytes: number;
  readonly sha256: string;
}

interface ArchivePlan {
  /** Where it will be; until it is whole it is `path` with `.partial`. */
  readonly path: string;
  /** The folder that everything lies in. */
  readonly folder: string;
  readonly files: readonly PackedFile[];
  /** Made of what was written before it; it holds their hashes. */
  readonly lastFile: (written: ReadonlyMap<string, Written>) => PackedFile;
  readonly modifiedAtMs: number;
}

/** The ending of what is not whole yet. */
export const partialEnding = ".partial";

/** Resolves once the archive is on disk under its own name; otherwise nothing is left of it. */
export async function writeArchive(plan: ArchivePlan, signal: AbortSignal): Promise<Written> {
  const partial = `${plan.path}${partialEnding}`;
  try {
    const file = await inItsDirectory(partial, () => open(partial, "w", 0o600));
    let written: Written;
    try {
      written = await writeStream(plan, file, signal);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, plan.path);
    await syncDirectory(dirname(plan.path));
    return written;
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeStream(plan: ArchivePlan, file: FileHandle, signal: AbortSignal): Promise<Written> {
  const tar = pack();
  const hash = createHash("sha256");
  let sizeBytes = 0;
  // One failure ends all streams, in no certain order: without this a full disk was reported as "aborted".
  let first: Error | undefined;
  const note = (error: unknown): never => {
    first ??= asError(error);
    throw first;
  };
  const packing = packFiles(tar, plan, signal).catch((error: unknown) => {
    // without this the reader of the tar would wait for ever
    tar.destroy(asError(error));
    note(error);
  });
  const write = async (chunk: Buffer) => {
    hash.update(chunk);
    sizeBytes += chunk.length;
    await file.writeFile(chunk);
  };
  const writing = pipeline(
    tar,
    createGzip(),
    async (compressed: AsyncIterable<Buffer>) => {
      for await (const chunk of compressed) await write(chunk).catch(note);
    },
    { signal },
  ).catch(note);
  await Promise.allSettled([packing, writing]);
  if (signal.aborted) throw signal.reason;
  if (first !== undefined) throw first;
  return { sizeBytes, sha256: hash.digest("hex") };
}

async function packFiles(tar: Pack, { folder, files, lastFile, modifiedAtMs }: ArchivePlan, signal: AbortSignal): Promise<void> {
  const written = new Map<string, Written>();
  const add = async ({ name, content }: PackedFile) => {
    signal.throwIfAborted();
    const hash = createHash("sha256");
    const header = { name: `${folder}/${name}`, size: content.sizeBytes, mtime: new Date(modifiedAtMs), mode: 0o644 };
    await packEntry(tar, header, hashing(content, hash));
    written.set(name, { sizeBytes: content.sizeBytes, sha256: hash.digest("hex") });
  };
  for (const file of files) await add(file);
  await add(lastFile(written));
  tar.finalize();
}

/** Waits for room before each chunk, or for the end of everything, whichever comes first. */
async function packEntry(tar: Pack, header: Parameters<Pack["entry"]>[0], chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const packed = newSettlement();
  const sink = tar.entry(header, packed.settle);
  // the callback tells of errors; an event that nobody listens to would end the process
  sink.on("error", () => undefined);
  for await (const chunk of chunks) {
    if (!sink.write(chunk)) await Promise.race([new Promise<void>((resolve) => sink.once("drain", resolve)), packed.done]);
  }
  sink.end(null);
  await packed.done;
}

function newSettlement(): { readonly done: Promise<void>; readonly settle: (error?: Error | null) => void } {
  let settle: (error?: Error | null) => void = () => undefined;
  const done = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve());
  });
  // it is looked at later, or not at all when the chunks themselves fail
  done.catch(() => undefined);
  return { done, settle };
}

async function* hashing(content: FileContent, hash: Hash): AsyncIterable<Uint8Array> {
  for await (const chunk of content.chunks()) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    hash.update(bytes);
    yield bytes;
  }
}
