/** An archive's bytes over HTTP: whole or a part, resumable, and not at all when the client has them. */
import { type FileHandle, open } from "node:fs/promises";
import type { StoredArchive } from "../../capture/contract.ts";
import { codeOf } from "../../model/errors.ts";
import type { ServerContext } from "../context.ts";
import { goneSignal } from "../gone.ts";
import { HttpProblem } from "../problem.ts";
import type { WorkPlaces } from "../workPlaces.ts";
import { matchesIfRange, parseRange } from "./range.ts";

/** The path under which an archive is served. */
export function archivePath(id: string): string {
  return `/archives/${encodeURIComponent(id)}.tar.gz`;
}

/** The path under which the newest archive of an alert is served. */
export function alertArchivePath(fingerprint: string): string {
  return `/archives/alert/${encodeURIComponent(fingerprint)}.tar.gz`;
}

/** Answers with the archive. The file is opened first: retention may take it away while it is being sent. */
export async function sendArchive(ctx: ServerContext, stored: StoredArchive, downloads: WorkPlaces): Promise<void> {
  const { archive } = stored;
  await downloads.enterUntil(goneSignal(ctx));
  const file = await openArchive(stored);
  let handedOver = false;
  try {
    const { size } = await file.stat();
    if (size === 0 || size !== archive.sizeBytes) {
      throw new HttpProblem(500, `the file of archive ${archive.id} is damaged: it has ${size} bytes and should have ${archive.sizeBytes}`);
    }
    const etag = `"${archive.sha256}"`;
    ctx.status = 200;
    ctx.attachment(`${archive.id}.tar.gz`);
    ctx.set({ "Content-Type": "application/gzip", ETag: etag, "Cache-Control": "private, no-cache", "Accept-Ranges": "bytes" });
    ctx.lastModified = new Date(archive.createdAtMs);
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    const resumable = ctx.method === "GET" && matchesIfRange(ctx.get("If-Range"), { etag, modifiedAtMs: archive.createdAtMs });
    const range = resumable ? parseRange(ctx.get("Range"), size) : ({ kind: "whole" } as const);
    if (range.kind === "unsatisfiable") {
      throw new HttpProblem(416, `the range ${ctx.get("Range").slice(0, 100)} lies outside of the archive's ${size} bytes`, {
        headers: { "Content-Range": `bytes */${size}` },
      });
    }
    const [firstByte, lastByte] = range.kind === "part" ? [range.firstByte, range.lastByte] : [0, size - 1];
    if (range.kind === "part") {
      ctx.status = 206;
      ctx.set("Content-Range", `bytes ${firstByte}-${lastByte}/${size}`);
    }
    ctx.length = lastByte - firstByte + 1;
    if (ctx.method === "HEAD") return;
    handedOver = true;
    ctx.body = file.createReadStream({ start: firstByte, end: lastByte });
  } finally {
    if (!handedOver) await file.close();
  }
}

async function openArchive(stored: StoredArchive): Promise<FileHandle> {
  try {
    return await open(stored.path, "r");
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      throw new HttpProblem(404, `the file of archive ${stored.archive.id} is not there any more`);
    }
    throw error;
  }
}
