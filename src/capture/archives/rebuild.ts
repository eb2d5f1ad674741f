/** Finds out about an archive that lies there without its sidecar: Culprit was killed between the two, or somebody copied it here. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { type Archive, captureOrigins } from "../../model/capture.ts";
import { reasonOf } from "../../model/errors.ts";
import { archiveOf, parseManifest } from "./manifest.ts";

/** Reads the whole archive: its hash, and the manifest inside. What cannot be read as an archive is still listed, by its name. */
export async function describeArchive(path: string, id: string): Promise<Archive> {
  const { size, mtimeMs } = await stat(path);
  const written = { sizeBytes: size, sha256: await hashOf(path) };
  try {
    return archiveOf(parseManifest(await manifestIn(path)), written);
  } catch (error) {
    const reason = reasonOf(error);
    const origin = captureOrigins.find((one) => id.split("-")[1] === one);
    return {
      id,
      createdAtMs: Math.round(mtimeMs),
      origin: origin ?? "manual",
      name: id,
      incidentKey: "",
      ...written,
      span: { fromMs: Math.round(mtimeMs), toMs: Math.round(mtimeMs) },
      missing: [{ part: "manifest.json", reason: `it cannot be read: ${reason}` }],
    };
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

async function manifestIn(path: string): Promise<string> {
  const entries = extract();
  let manifest: string | undefined;
  const reading = pipeline(createReadStream(path), createGunzip(), new PassThrough(), entries);
  const looking = (async () => {
    for await (const entry of entries) {
      if (/^[^/]+\/manifest\.json$/.test(entry.header.name)) {
        const chunks: Buffer[] = [];
        for await (const chunk of entry) chunks.push(chunk as Buffer);
        manifest = Buffer.concat(chunks).toString("utf8");
      } else entry.resume();
    }
  })();
  await Promise.all([reading, looking]);
  if (manifest === undefined) throw new Error("there is no manifest.json in it");
  return manifest;
}
