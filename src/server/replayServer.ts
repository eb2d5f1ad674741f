/** The live page on something that was recorded: the same routes as far as they only look back, and none that changes anything. */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { addCompareRoutes } from "./routes/compare.ts";
import { addEventRoutes } from "./routes/events.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { addHostRoutes } from "./routes/host.ts";
import { addPlainStyle } from "./routes/landing.ts";
import { addLogRoutes } from "./routes/log.ts";
import { addLoginRoutes } from "./routes/login.ts";
import { addPageRoutes } from "./routes/page.ts";
import { addProcessRoutes } from "./routes/processes.ts";
import { addReplayRoutes, type ReplayedParts } from "./routes/replay.ts";
import { addSearchRoutes } from "./routes/search.ts";
import { addSnapshotRoutes } from "./routes/snapshots.ts";
import { addSpikeRoutes } from "./routes/spikes.ts";
import { type AddRoutes, type CulpritServer, createServerOf } from "./server.ts";
import type { ServerServices, WebSettings } from "./services.ts";

interface ReplayServices
  extends ReplayedParts,
    Pick<
      ServerServices,
      "recording" | "spikes" | "newest" | "recordedFromMs" | "secondsFromMs" | "notes" | "logLines" | "redact" | "readiness"
    > {
  /** What happened to the machine, as far as it was kept or can be found. */
  readonly events: Pick<ServerServices["events"], "between">;
  /** When the recording ends: that is "now" for everybody who looks at it. */
  readonly toMs: number;
}

const routes: readonly AddRoutes<ReplayServices>[] = [
  addHealthRoutes,
  addSnapshotRoutes,
  addCompareRoutes,
  addSpikeRoutes,
  addSearchRoutes,
  addEventRoutes,
  addLogRoutes,
  addLoginRoutes,
  addPlainStyle,
  addHostRoutes,
  addProcessRoutes,
  addReplayRoutes,
  (router, parts) => addPageRoutes(router, parts),
];

/** Makes the server; it listens only when told to. */
export function createReplayServer(services: ReplayServices, settings: WebSettings, log: Log, clock: Clock): CulpritServer {
  return createServerOf(routes, services, settings, log, standingAt(services.toMs + 1, clock));
}

/** What is asked for without a time is asked for at the end of the recording. */
function standingAt(nowMs: number, clock: Clock): Clock {
  return {
    wallMs: () => nowMs,
    monotonicSeconds: () => clock.monotonicSeconds(),
    after: (seconds, callback) => clock.after(seconds, callback),
  };
}
