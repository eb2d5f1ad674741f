/** The queues of one Culprit, as the metrics show them. */
import type { CaptureService } from "../capture/captureService.ts";
import type { MetricsView } from "../metrics/view.ts";
import type { RecordedPast } from "./recordedPast.ts";
import type { FleetRelay } from "./relay.ts";
import type { Telling } from "./telling.ts";

/** Those who have one. */
interface QueueParts {
  readonly past: Pick<RecordedPast, "recorder">;
  readonly capture: Pick<CaptureService, "queueFigures">;
  readonly telling: Pick<Telling, "notifications" | "audit">;
  readonly relay: Pick<FleetRelay, "figures">;
}

interface QueueFigures {
  readonly length: number;
  readonly dropped: number;
}

/** How long each of them is, and what it had to drop; of what is not opened yet nothing. */
export function queuesOf(parts: QueueParts | undefined, log: QueueFigures | undefined): MetricsView["queues"] {
  const nothing: QueueFigures = { length: 0, dropped: 0 };
  const { past, capture, telling, relay } = parts ?? {};
  const recording = past?.recorder.figures;
  return [
    { queue: "captures", ...(capture?.queueFigures() ?? nothing) },
    { queue: "notifications", ...(telling?.notifications.figures() ?? nothing) },
    { queue: "relay", ...(relay?.figures() ?? nothing) },
    { queue: "recording", length: recording?.queued ?? 0, dropped: recording?.lost ?? 0 },
    { queue: "audit", ...(telling?.audit.figures() ?? nothing) },
    ...(log === undefined ? [] : [{ queue: "log", length: log.length, dropped: log.dropped }]),
  ];
}
