/** `manifest.json`: what an archive is, what it covers, and what became of each of its parts. */
import { z } from "zod";
import type { Archive, CaptureRequest, JoinedAlert, PartOutcome } from "../../model/capture.ts";
import { defined } from "../../model/defined.ts";
import type { Verdict } from "../../model/spike.ts";
import { verdictSchema } from "../../recorder/format/spikeLine.ts";
import type { Span } from "../making/part.ts";
import type { HostIdentity } from "../report/summary.ts";
import type { Late } from "../requests/late.ts";
import { joinedAlert, parseRequest } from "../schemas.ts";

/** The content of a manifest. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly id: string;
  /** The version of Culprit that made it. */
  readonly culprit: string;
  readonly host: HostIdentity;
  readonly request: CaptureRequest;
  /** Alerts that came meanwhile and are about the same: they have this archive and no other. */
  readonly joined: readonly JoinedAlert[];
  readonly late?: Late;
  /** `small`: the disk was nearly full, and only Culprit's own parts were kept. */
  readonly size: "full" | "small";
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  /** The time that was asked for, and what was recorded of it. */
  readonly asked: Span;
  readonly covered: Span & {
    readonly snapshots: number;
    /** Stretches within, of which nothing is recorded. */
    readonly holes: readonly Span[];
  };
  /** The first of the verdict, where that is a process. */
  readonly process?: string;
  readonly verdict?: Verdict;
  readonly notes: readonly string[];
  /** Every file's outcome; those that were made with size and hash. */
  readonly parts: readonly PartOutcome[];
  readonly missing: Archive["missing"];
}

/** The part of a manifest that the listing shows. */
type ArchiveFacts = Pick<Manifest, "id" | "request" | "finishedAtMs" | "process" | "verdict" | "missing" | "joined"> & {
  readonly covered: Span;
};

/** What the listing shows of an archive. */
export function archiveOf(manifest: ArchiveFacts, written: { readonly sizeBytes: number; readonly sha256: string }): Archive {
  const { id, request, covered, process, verdict, missing, finishedAtMs, joined } = manifest;
  return defined({
    id,
    createdAtMs: finishedAtMs,
    origin: request.origin,
    name: request.name,
    reason: request.reason,
    fingerprint: request.fingerprint,
    incidentKey: request.incidentKey,
    ...written,
    process,
    verdict,
    span: { fromMs: covered.fromMs, toMs: covered.toMs },
    missing,
    joined: joined.length === 0 ? undefined : joined,
  });
}

const described = z.object({
  id: z.string(),
  request: z.unknown(),
  finishedAtMs: z.number(),
  covered: z.object({ fromMs: z.number(), toMs: z.number(), snapshots: z.number() }),
  process: z.string().exactOptional(),
  verdict: verdictSchema.exactOptional(),
  missing: z.array(z.object({ part: z.string(), reason: z.string() })),
  joined: z.array(joinedAlert).default([]),
});

/** Reads a stored manifest. Throws when it is none. */
export function parseManifest(text: string): ArchiveFacts {
  const manifest = described.parse(JSON.parse(text));
  return { ...manifest, request: parseRequest(manifest.request) };
}
