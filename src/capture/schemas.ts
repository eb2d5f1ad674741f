/** The shapes of what capture stores, checked when it is read again: another version of Culprit may have written it. */
import { z } from "zod";
import { type Archive, type CaptureRequest, captureOrigins, type JoinedAlert } from "../model/capture.ts";
import { spikeAspects, spikeResources } from "../model/spikeResource.ts";
import { verdictSchema } from "../recorder/format/spikeLine.ts";
import { checked } from "../spool/checked.ts";
import type { Incident } from "./requests/incident.ts";

const texts = z.record(z.string(), z.string());
const origin = z.enum(captureOrigins);
const match = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("own") }),
  z.object({ kind: z.literal("unmatched") }),
  z.object({ kind: z.literal("other"), host: z.string() }),
]);

const request: z.ZodType<CaptureRequest> = z.object({
  id: z.string(),
  origin,
  name: z.string(),
  labels: texts,
  annotations: texts.exactOptional(),
  reason: z.string().exactOptional(),
  fingerprint: z.string().exactOptional(),
  requestedAtMs: z.number(),
  onsetMs: z.number(),
  lookbackSeconds: z.number(),
  incidentKey: z.string(),
  match: match.exactOptional(),
  truncatedAlerts: z.number().exactOptional(),
});

/** An alert that joined, as the incident file, the manifest and the sidecar keep it. */
export const joinedAlert: z.ZodType<JoinedAlert> = z.object({
  fingerprint: z.string(),
  name: z.string(),
  labels: texts,
  onsetMs: z.number().exactOptional(),
  about: z.object({ resource: z.enum(spikeResources), aspect: z.enum(spikeAspects).exactOptional() }).exactOptional(),
  times: z.number(),
  firstAtMs: z.number(),
  lastAtMs: z.number(),
  judged: z.string().exactOptional(),
});

const archive: z.ZodType<Archive> = z.object({
  id: z.string(),
  createdAtMs: z.number(),
  origin,
  name: z.string(),
  reason: z.string().exactOptional(),
  fingerprint: z.string().exactOptional(),
  incidentKey: z.string(),
  sizeBytes: z.number(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  process: z.string().exactOptional(),
  verdict: verdictSchema.exactOptional(),
  span: z.object({ fromMs: z.number(), toMs: z.number() }),
  missing: z.array(z.object({ part: z.string(), reason: z.string() })),
  joined: z.array(joinedAlert).exactOptional(),
});

const incident: z.ZodType<Incident> = z.object({
  key: z.string(),
  name: z.string(),
  firing: z.record(z.string(), z.object({ startsAtMs: z.number(), lastSeenMs: z.number() })),
  fingerprints: z.array(z.string()),
  openedAtMs: z.number(),
  lastSeenMs: z.number(),
  endedAtMs: z.number().exactOptional(),
  firedAtMs: z.array(z.number()),
  archiveId: z.string(),
  archiveAskedAtMs: z.number().exactOptional(),
  gatherKey: z.string().exactOptional(),
  joined: z.array(joinedAlert).exactOptional(),
});

const incidents = z.object({ schemaVersion: z.literal(1), incidents: z.array(incident) });

/** A request out of the queue. Throws with the reason when it is none. */
export function parseRequest(json: unknown): CaptureRequest {
  return checked(request, json);
}

/** A sidecar's content. Throws with the reason when it is none. */
export function parseArchive(json: unknown): Archive {
  return checked(archive, json);
}

/** The incident file's content. Throws with the reason when it is none. */
export function parseIncidents(json: unknown): readonly Incident[] {
  return checked(incidents, json).incidents;
}
