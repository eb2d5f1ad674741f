/** What a capture is made with, and what ends it early. */
import type { Log } from "../../log.ts";
import type { CaptureRequest, JoinedAlert } from "../../model/capture.ts";
import type { Clock } from "../../model/clock.ts";
import type { Recording } from "../../recorder/format/recording.ts";
import type { Archives } from "../archives/archives.ts";
import type { FreeSpace } from "../archives/freeSpace.ts";
import type { SpikeLookup } from "../report/archiveVerdict.ts";
import type { HostIdentity } from "../report/summary.ts";
import type { AbandonedRequests } from "../requests/abandonedRequests.ts";
import type { Part } from "./part.ts";
import type { ProcessList } from "./processList.ts";
import type { Standing } from "./standing.ts";

/** What making an archive asks of the rest of Culprit. */
export interface ArchiveTools {
  readonly clock: Clock;
  readonly log: Log;
  readonly recording: Recording;
  readonly spikes?: SpikeLookup;
  readonly archives: Pick<Archives, "pathOf" | "add">;
  readonly freeSpace: FreeSpace;
  readonly parts: readonly Part[];
  readonly readProcessList: () => Promise<ProcessList>;
  readonly host: HostIdentity;
  readonly version: string;
  /** What has joined a request by now; what comes later gets another archive. */
  readonly closeFor: (request: CaptureRequest) => Promise<readonly JoinedAlert[]>;
  readonly abandoned: AbandonedRequests;
  /** Where it says how far it is. */
  readonly standing: Standing;
  /** How long the seconds after the request are waited for; a person is not made to wait. */
  readonly afterSeconds: number;
  readonly maxSpanSeconds: number;
}

/** Tells a capture to finish early. */
export interface CaptureSignals {
  /** Wait for nothing more, and finish with what there is. */
  readonly hurry: AbortSignal;
  /** Give it up. */
  readonly stop: AbortSignal;
}
