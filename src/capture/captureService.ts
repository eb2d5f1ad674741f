/** Puts the folder's pieces together: queue, incidents, archives, parts, worker. */
import { join } from "node:path";
import type { Log } from "../log.ts";
import type { CaptureRequest, IncidentRequest } from "../model/capture.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import type { Recording } from "../recorder/format/recording.ts";
import { carefulRedactor, type Redactor } from "../redact/redactor.ts";
import { type Archives, openArchives } from "./archives/archives.ts";
import { FreeSpace } from "./archives/freeSpace.ts";
import type { RetentionLimits } from "./archives/retention.ts";
import type { AlertReceiver, ArchiveStore, MatchedAlert, RequestQueue } from "./contract.ts";
import { makeArchive } from "./making/makeArchive.ts";
import type { Part } from "./making/part.ts";
import type { ProcessList } from "./making/processList.ts";
import { Standing } from "./making/standing.ts";
import type { SpikeLookup } from "./report/archiveVerdict.ts";
import type { HostIdentity } from "./report/summary.ts";
import { AbandonedRequests } from "./requests/abandonedRequests.ts";
import { type CaptureEnd, CaptureWorker } from "./requests/captureWorker.ts";
import { createIncidentFile } from "./requests/incidentFile.ts";
import { RequestIntake } from "./requests/requestIntake.ts";

interface CaptureSettings {
  readonly lookbackSeconds: number;
  readonly afterSeconds: number;
  readonly ignoreLabels: readonly string[];
  readonly cooldownSeconds: number;
  readonly limits: RetentionLimits;
}

/** What captures are made with. */
export interface CaptureOptions {
  /** Holds the queue (`captures/`) and `incidents.json`. */
  readonly storageDirectory: string;
  readonly archivesDirectory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly recording: Recording;
  /** The spikes that were noticed; left out, verdicts are made from the recording alone. */
  readonly spikes?: SpikeLookup;
  readonly parts: readonly Part[];
  readonly readProcessList: () => Promise<ProcessList>;
  readonly host: HostIdentity;
  readonly version: string;
  readonly settings: CaptureSettings;
  /** Told of each request that came to its end: for the metrics. */
  readonly onCaptured?: ((end: CaptureEnd) => void) | undefined;
  /** Told of each attempt that came to nothing and is made again later. */
  readonly onFailedAttempt?: ((request: CaptureRequest, reason: string) => void) | undefined;
  /** Cuts the secrets out of a person's reason. */
  readonly redactor?: Redactor;
  /** In place of the guard's own 64 and 8 MiB. */
  readonly space?: { readonly leastFreeBytes: number; readonly reserveBytes: number };
}

/** The captures of this host. */
export interface CaptureService {
  readonly alerts: AlertReceiver<MatchedAlert>;
  readonly queue: RequestQueue;
  /** A trigger's request; resolves with the archive's id once it is on disk. @throws QueueUnavailable. */
  requestFor(asked: IncidentRequest): Promise<{ readonly id: string }>;
  readonly archives: ArchiveStore & Pick<Archives, "figures" | "check">;
  /** Makes files again that somebody has removed. Rejects when a request could not be kept now. */
  checkQueue(): Promise<void>;
  queueFigures(): { readonly length: number; readonly dropped: number };
  /** Takes up what waited since before a restart. */
  start(): void;
  /** Finishes the capture at work with what there is, within `graceSeconds`; what is left stays in the queue. */
  stop(graceSeconds?: number): Promise<void>;
}

/** No archive reaches over more than this. */
const maxSpanSeconds = 6 * 3600;
/** More than these would be worked on for many minutes, long after the trouble. */
const mostWaiting = 50;
const hourSeconds = 3600;
const defaultGraceSeconds = 10;

/** Opens everything and clears away what was interrupted. Nothing is captured before `start`. */
export async function openCaptureService(options: CaptureOptions): Promise<CaptureService> {
  const { storageDirectory, archivesDirectory, clock, log, settings } = options;
  const archives = await openArchives({
    directory: archivesDirectory,
    limits: settings.limits,
    clock,
    log,
    incidentOf: (fingerprint) => intake.incidentOf(fingerprint),
  });
  const freeSpace = new FreeSpace({ directory: archivesDirectory, log, ...options.space });
  const complain = (error: unknown) => log.warn("archives: the housekeeping failed", { reason: String(error) });
  await freeSpace.restoreReserve().catch(complain);
  const abandoned = new AbandonedRequests();
  const standing = new Standing();
  const tools = {
    ...options,
    archives,
    freeSpace,
    closeFor: (request: CaptureRequest) => intake.close(request),
    abandoned,
    standing,
    afterSeconds: settings.afterSeconds,
    maxSpanSeconds,
  };
  const worker = await CaptureWorker.open({
    directory: join(storageDirectory, "captures"),
    clock,
    log,
    async capture(request, late, signals) {
      try {
        return await makeArchive(request, late, tools, signals);
      } finally {
        standing.end();
        intake.reopen();
        await freeSpace.restoreReserve().catch(complain);
      }
    },
    isDone: (id) => archives.find(id) !== undefined,
    onFailedAttempt: options.onFailedAttempt,
    onEnd: (end) => {
      if (end.reason !== undefined) abandoned.add(end.request, intake.joinedBy(end.request), end.reason);
      options.onCaptured?.(end);
      archives.notifyChange();
    },
  });
  const incidents = createIncidentFile(join(storageDirectory, "incidents.json"), clock, log);
  const intake = new RequestIntake({
    clock,
    log,
    worker,
    standing,
    incidents,
    freeSpace,
    hasArchive: (id) => archives.find(id) !== undefined,
    archiveOf: (key) => archives.list().find(({ incidentKey }) => incidentKey === key)?.id,
    // a promise is only made for what is kept then
    settings: { ...settings, maxSpanSeconds, mostWaiting: Math.min(mostWaiting, settings.limits.maxCount ?? mostWaiting) },
    redactor: options.redactor ?? carefulRedactor,
    spikes: options.spikes,
  });
  await intake.open();
  const cancelHourly = everyHour(clock, () =>
    archives
      .prune()
      .then(() => freeSpace.restoreReserve())
      .catch(complain),
  );
  return {
    alerts: intake,
    queue: intake,
    requestFor: (asked) => intake.requestFor(asked),
    archives,
    checkQueue: () => intake.check(),
    queueFigures: () => worker.figures(),
    start: () => worker.start(),
    async stop(graceSeconds = defaultGraceSeconds) {
      cancelHourly();
      await worker.stop(graceSeconds);
      await incidents.close();
    },
  };
}

function everyHour(clock: Clock, work: () => unknown): Cancel {
  let cancel: Cancel = () => undefined;
  const again = () => {
    cancel = clock.after(hourSeconds, () => {
      again();
      work();
    });
  };
  again();
  return () => cancel();
}
