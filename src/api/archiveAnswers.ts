/** What is answered of captures and archives, of this host and of a fleet. See answers.ts for how names say their unit. */
import type { Archive, CaptureProgress, CaptureRequest, JoinedAlert } from "../model/capture.ts";

/** A capture that is asked for. They are made one at a time. */
export interface PendingCapture extends Pick<CaptureRequest, "id" | "origin" | "name" | "requestedAtMs" | "reason"> {
  readonly state: "working" | "waiting";
  /** What it is at, in words, and how much of that is done. */
  readonly progress?: CaptureProgress;
  /** Who it is, as soon as that is known. */
  readonly sentence?: string;
  /** The alerts that have joined it so far. */
  readonly joined?: readonly JoinedAlert[];
}

/** `GET /api/captures`: what is being made right now, the oldest first. */
export interface CapturesAnswer {
  readonly pending: readonly PendingCapture[];
}

/** `POST /archives`: the archive that is promised. Its `url` answers 202 until it is there. */
export interface PromisedArchive {
  readonly id: string;
  readonly status: "pending";
  readonly url: string;
}

/** A finished archive in a list. */
export type ListedArchive = Archive & { readonly status: "ready"; readonly url: string };

/** `GET /archives`: the newest first. */
export interface ArchivesAnswer {
  readonly pending: readonly (PromisedArchive &
    Pick<CaptureRequest, "origin" | "name" | "fingerprint" | "requestedAtMs"> &
    Pick<Archive, "joined">)[];
  readonly archives: readonly ListedArchive[];
}

/** `GET /archives?fleet=1`: those of all hosts, the newest first, and how the hosts were found, this one first. */
export interface FleetAnswer {
  readonly hosts: readonly FleetHost[];
  readonly pending: readonly (FleetPending & { readonly host: string; readonly status: "pending" })[];
  readonly archives: readonly (FleetArchive & { readonly host: string; readonly status: "ready" })[];
}

/** A host of the fleet: how many it has of both, or the reason why that is not known. */
export interface FleetHost {
  readonly host: string;
  /** Its target; this host has none. */
  readonly address?: string;
  readonly result: "ok" | "failed";
  readonly reason?: string;
  readonly archives?: number;
  readonly pending?: number;
}

/** An archive of a host; `url` leads to it there. */
export interface FleetArchive extends Pick<Archive, "id" | "name" | "fingerprint" | "createdAtMs" | "sizeBytes" | "sha256" | "process"> {
  readonly origin: string;
  readonly url: string;
}

/** An archive that a host is making. */
export interface FleetPending extends Pick<CaptureRequest, "id" | "name" | "fingerprint" | "requestedAtMs"> {
  readonly origin: string;
  readonly url: string;
}
