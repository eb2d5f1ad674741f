/** Ids of archives: safe as file names, in URLs and in shells, and sorted by time. */
import { createHash } from "node:crypto";
import type { CaptureOrigin } from "../../model/capture.ts";

/** What an id may look like; a name from outside is held against it before it ever becomes a path. */
export const archiveIdPattern = /^\d{8}T\d{6}Z-[a-z]+(?:-[A-Za-z0-9._-]*[A-Za-z0-9_])?-[0-9a-f]{6}$/;

const longestName = 48;

/** What an id is made of. */
interface ArchiveIdParts {
  readonly atMs: number;
  readonly origin: CaptureOrigin;
  /** The alert's name, however hostile. */
  readonly name: string;
  /** Tells captures of the same second and name apart. */
  readonly seed: string;
}

/** `20261121T101500Z-alert-HighCpu-3f9a1c`: not taken yet, and the same again for the same input. */
export function archiveId({ atMs, origin, name, seed }: ArchiveIdParts, isTaken: (id: string) => boolean): string {
  const time = new Date(atMs)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:]/g, "");
  const clean = safeName(name);
  const start = clean === "" || clean === origin ? `${time}-${origin}` : `${time}-${origin}-${clean}`;
  for (let turn = 0; ; turn++) {
    const hash = createHash("sha256")
      .update(JSON.stringify([seed, atMs, turn]))
      .digest("hex")
      .slice(0, 6);
    const id = `${start}-${hash}`;
    if (!isTaken(id)) return id;
  }
}

/** Letters, digits, dots, underscores and single dashes; no dot at the start, nothing that a file system or a shell takes for more. */
function safeName(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replaceAll(/[^A-Za-z0-9._]+/g, "-")
    .replaceAll(/\.{2,}/g, ".");
  return plain.slice(0, longestName).replaceAll(/^[-.]+|[-.]+$/g, "");
}
