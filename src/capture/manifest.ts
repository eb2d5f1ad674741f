/** `manifest.json`: what an archive is, what it covers, and what became of each of its parts. */
import { z } from "zod";
import type { Archive, CaptureRequest, PartOutcome } from "../model/capture.ts";
import type { Late } from "./late.ts";
import type { Span } from "./part.ts";
import { parseRequest } from "./schemas.ts";
import type { HostIdentity } from "./summary.ts";

/** The content of a manifest. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly id: string;
  /** The version of Culprit that made it. */
  readonly culprit: string;
  readonly host: HostIdentity;
  readonly request: CaptureRequest;
  readonly late?: Late;
  /** `small`: the disk was nearly full, and only Culprit's own parts were kept. */
  readonly size: "full" | "small";
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  /** The time that was asked for, and what was recorded of it. */
  readonly asked: Span;
  readonly covered: Span & { readonly snapshots: number };
  /** The group that used most CPU when it mattered. */
  readonly process?: string;
  readonly notes: readonly string[];
  /** Every file's outcome; those that were made with size and hash. */
  readonly parts: readonly PartOutcome[];
  readonly missing: Archive["missing"];
}

/** The part of a manifest that the shelf shows. */
export type ArchiveFacts = Pick<Manifest, "id" | "request" | "finishedAtMs" | "covered" | "process" | "missing">;

/** What the shelf shows of an archive. */
export function archiveOf(manifest: ArchiveFacts, written: { readonly sizeBytes: number; readonly sha256: string }): Archive {
  const { id, request, covered, process, missing, finishedAtMs } = manifest;
  return {
    id,
    createdAtMs: finishedAtMs,
    origin: request.origin,
    name: request.name,
    ...(request.fingerprint === undefined ? {} : { fingerprint: request.fingerprint }),
    incidentKey: request.incidentKey,
    ...written,
    ...(process === undefined ? {} : { process }),
    span: { fromMs: covered.fromMs, toMs: covered.toMs },
    missing,
  };
}

const described = z.object({
  id: z.string(),
  request: z.unknown(),
  finishedAtMs: z.number(),
  covered: z.object({ fromMs: z.number(), toMs: z.number(), snapshots: z.number() }),
  process: z.string().exactOptional(),
  missing: z.array(z.object({ part: z.string(), reason: z.string() })),
});

/** Reads a stored manifest. Throws when it is none. */
export function parseManifest(text: string): ArchiveFacts {
  const manifest = described.parse(JSON.parse(text));
  return { ...manifest, request: parseRequest(manifest.request) };
}
