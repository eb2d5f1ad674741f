/** Which archives must go. Pure. */
import type { Archive } from "../../model/capture.ts";

/** How much is kept; what is left out has no limit. */
export interface RetentionLimits {
  readonly maxBytes: number;
  readonly maxCount?: number;
  readonly maxAgeSeconds?: number;
}

/** The archives beyond the limits, oldest first. The newest always stays: it is the one somebody is waiting for. */
export function archivesToRemove(newestFirst: readonly Archive[], limits: RetentionLimits, nowMs: number): readonly Archive[] {
  const { maxBytes, maxCount = Number.POSITIVE_INFINITY, maxAgeSeconds = Number.POSITIVE_INFINITY } = limits;
  let bytes = 0;
  const firstTooMany = newestFirst.findIndex((archive, index) => {
    bytes += archive.sizeBytes;
    const isTooOld = nowMs - archive.createdAtMs > maxAgeSeconds * 1000;
    return index > 0 && (bytes > maxBytes || index >= maxCount || isTooOld);
  });
  return firstTooMany < 0 ? [] : newestFirst.slice(firstTooMany).reverse();
}
