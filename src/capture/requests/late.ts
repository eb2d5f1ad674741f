/** How late a capture is made, and why. */
import type { CaptureRequest } from "../../model/capture.ts";

/** A capture that was not made when it was asked for. */
export interface Late {
  readonly seconds: number;
  readonly reason: string;
  /** How often it was begun before. */
  readonly attemptsBefore: number;
}

/** A capture that begins sooner than this is on time. */
const onTimeSeconds = 10;

/** Undefined when the capture is on time. */
export function latenessOf(request: CaptureRequest, startedAtMs: number, attemptsBefore: number, wasQueued: boolean): Late | undefined {
  const seconds = Math.max(0, Math.round((startedAtMs - request.requestedAtMs) / 100) / 10);
  if (attemptsBefore === 0 && seconds < onTimeSeconds) return undefined;
  const reason =
    attemptsBefore > 0
      ? "it was begun before and did not come to its end"
      : wasQueued
        ? "others were made before it"
        : "Culprit was not running";
  return { seconds, reason, attemptsBefore };
}
