/** The audit of one Culprit, and how it tells of a capture. */
import type { CaptureEnd } from "../capture/requests/captureWorker.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { type Audit, openAudit } from "../logs/audit.ts";
import type { Clock } from "../model/clock.ts";
import type { NotificationFigures } from "../model/notification.ts";

interface AuditSurroundings {
  readonly log: Log;
  readonly clock: Clock;
  /** The machine now. */
  readonly figures: () => NotificationFigures;
}

/** Opens the audit in the storage. @throws when its file cannot be one */
export function openAuditIn({ storage, log: { maxBytes, maxFiles } }: Config, surroundings: AuditSurroundings): Promise<Audit> {
  return openAudit({ storageDirectory: storage.path, maxBytes, maxFiles, ...surroundings });
}

/** Writes down what became of a capture. */
export function auditCapture(audit: Audit, { request, result, durationSeconds, reason, archive }: CaptureEnd): void {
  const { id, origin, name, labels, reason: asked } = request;
  const { sizeBytes, verdict } = archive ?? {};
  audit.record("capture", {
    id,
    origin,
    name,
    labels,
    wish: asked,
    result,
    durationSeconds,
    reason,
    sizeBytes,
    verdict: verdict?.sentence,
  });
}
