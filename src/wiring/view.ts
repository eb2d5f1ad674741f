/** The picture that a scrape shows, of everything that is open. */
import type { CaptureService } from "../capture/captureService.ts";
import type { Hub } from "../hub/hub.ts";
import type { Audit } from "../logs/audit.ts";
import { look } from "../metrics/look.ts";
import { readSelf } from "../metrics/self.ts";
import type { HostInfo, MetricsView } from "../metrics/view.ts";
import { defined } from "../model/defined.ts";
import type { Sampling } from "../sampler/sampling.ts";
import type { MetricsLog } from "./metricsLog.ts";
import type { PushSinks } from "./push.ts";
import type { RecordedPast } from "./recordedPast.ts";
import type { FleetRelay } from "./relay.ts";
import type { Reload } from "./reload.ts";
import type { StorageWatch } from "./storageWatch.ts";
import type { Telling } from "./telling.ts";

interface ViewParts {
  readonly version: string;
  readonly startTimeSeconds: number;
  readonly host: HostInfo;
  readonly sampling: Sampling;
  readonly past: Pick<RecordedPast, "recorder" | "spikes">;
  readonly audit: Pick<Audit, "figures">;
  readonly metricsLog: Pick<MetricsLog, "figures"> | undefined;
  readonly capture: Pick<CaptureService, "archives" | "queueFigures">;
  readonly telling: Pick<Telling, "notifications" | "triggers">;
  readonly relay: Pick<FleetRelay, "figures">;
  readonly push: Pick<PushSinks, "figures">;
  readonly hub: Pick<Hub, "figures">;
  readonly storage: Pick<StorageWatch, "problem">;
  readonly scrapes: { readonly gapSeconds: number | undefined };
  readonly reload: Pick<Reload, "figures">;
  /** How the log's file fares, where there is one. */
  readonly logQueue?: (() => QueueFigures | undefined) | undefined;
}

interface QueueFigures {
  readonly length: number;
  readonly dropped: number;
}

/** Looks at all of it, as it is now; where there is much of everything that takes some turns of the event loop. */
export async function viewOf(parts: ViewParts): Promise<MetricsView> {
  const { version, startTimeSeconds, host, sampling, past, capture, telling, push, storage, scrapes } = parts;
  const lookBack = await sampling.lookBack();
  return look(
    sampling,
    lookBack,
    defined({
      host,
      self: readSelf(version, startTimeSeconds),
      archives: capture.archives.figures(),
      queues: queuesOf(parts),
      push: push.figures(),
      hub: parts.hub.figures(),
      triggers: telling.triggers.status(),
      storageWritable: storage.problem === undefined,
      spikes: past.spikes.figures(),
      scrapeGapSeconds: scrapes.gapSeconds,
      reload: parts.reload.figures(),
    }),
  );
}

/** How long each of them is, and what it had to drop. */
function queuesOf({ capture, telling, relay, past, audit, metricsLog, logQueue }: ViewParts): MetricsView["queues"] {
  const { queued, lost } = past.recorder.figures;
  const log = logQueue?.();
  return [
    { queue: "captures", ...capture.queueFigures() },
    { queue: "notifications", ...telling.notifications.figures() },
    { queue: "relay", ...relay.figures() },
    { queue: "recording", length: queued, dropped: lost },
    { queue: "audit", ...audit.figures() },
    ...(log === undefined ? [] : [{ queue: "log", length: log.length, dropped: log.dropped }]),
    ...(metricsLog === undefined ? [] : [{ queue: "metrics_log", ...metricsLog.figures() }]),
  ];
}
