/**
 * Makes the captures that wait, one at a time.
 *
 * The attempt is written down before the work begins: a capture that takes Culprit down with it is tried again after the restart, but
 * not for ever.
 */
import type { Log } from "../../log.ts";
import type { Archive, CaptureRequest } from "../../model/capture.ts";
import type { Clock } from "../../model/clock.ts";
import { reasonOf } from "../../model/errors.ts";
import { refusesToWrite } from "../../spool/durable.ts";
import type { LaneDelay, LaneEnd } from "../../spool/laneOptions.ts";
import { RetryLanes } from "../../spool/retryLanes.ts";
import type { CaptureSignals } from "../making/archiveTools.ts";
import { parseRequest } from "../schemas.ts";
import { type Late, latenessOf } from "./late.ts";

/** How a request ended. */
export interface CaptureEnd {
  readonly request: CaptureRequest;
  /** `failed`: given up after all attempts. */
  readonly result: "ok" | "failed";
  readonly durationSeconds: number;
  /** Why there will be no archive. */
  readonly reason?: string;
  readonly archive?: Archive;
}

interface CaptureWorkerOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly capture: (request: CaptureRequest, late: Late | undefined, signals: CaptureSignals) => Promise<Archive>;
  /** True for a request whose archive was finished before a crash could acknowledge it. */
  readonly isDone: (id: string) => boolean;
  readonly onEnd: (end: CaptureEnd) => void;
  /** An attempt came to nothing; there will be another one, unless Culprit is being stopped. */
  readonly onFailedAttempt?: ((request: CaptureRequest, reason: string) => void) | undefined;
}

/** Never reached by what is promised here; a queue of an older version may be longer. */
const mostKept = 1000;

/** A request that crashes Culprit even when next to nothing is attempted is not tried for ever. */
const mostCrashes = 8;

/** Seconds until the next attempt, after the first, the second and the third. */
const backoffSeconds = [30, 120, 600];
const longestBackoffSeconds = Math.max(...backoffSeconds);

/** The worker of the queue. */
export class CaptureWorker {
  readonly #options: CaptureWorkerOptions;
  readonly #lanes: RetryLanes<CaptureRequest, Archive>;

  private constructor(options: CaptureWorkerOptions, lanes: RetryLanes<CaptureRequest, Archive>) {
    this.#options = options;
    this.#lanes = lanes;
  }

  /** Opens the queue. Nothing is made before `start`. @throws when its directory cannot be used */
  static async open(options: CaptureWorkerOptions): Promise<CaptureWorker> {
    const { directory, clock, log, capture } = options;
    const lanes = await RetryLanes.open<CaptureRequest, Archive>({
      name: "capture",
      directory,
      maxEntries: mostKept,
      parse: parseRequest,
      laneOf: () => "captures",
      order: "due",
      writeDown: "before",
      backoffSeconds: (failures) => backoffSeconds[failures - 1] ?? longestBackoffSeconds,
      longestRetryAfterSeconds: longestBackoffSeconds,
      mostFailures: backoffSeconds.length + 1,
      mostAttempts: mostCrashes,
      async attempt([request], { hurry, stop, startedAtMs, attemptsBefore, isInherited }) {
        try {
          const late = latenessOf(request, startedAtMs, attemptsBefore, !isInherited);
          return { kind: "done", result: await capture(request, late, { hurry, stop }) };
        } catch (error) {
          if (stop.aborted) log.warn("capture: stopped, it is made at the next start", { id: request.id });
          // a full disk counts as no attempt: the request waits until there is room
          return { kind: "later", reason: reasonOf(error), isNoFailure: refusesToWrite(error) };
        }
      },
      onEnd: (end) => worker.#ended(end),
      onDelay: (delay) => worker.#putOff(delay),
      clock,
      log,
    });
    const worker = new CaptureWorker(options, lanes);
    return worker;
  }

  /** Takes up what waited since before a restart, at once. */
  start(): void {
    void this.#lanes.remove(this.#lanes.entries().filter(({ item }) => this.#options.isDone(item.id)));
    this.#lanes.start();
  }

  /** Resolves once all requests are on disk; rejects and keeps none of them when they cannot be. */
  async add(requests: readonly CaptureRequest[]): Promise<void> {
    await this.#lanes.add(requests);
    this.#lanes.wake();
  }

  /** Brings the queue back when somebody has removed it. Rejects when nothing can be kept there now. */
  check(): Promise<void> {
    return this.#lanes.check();
  }

  /** Requests that wait or are at work, oldest first. */
  pending(): readonly CaptureRequest[] {
    return this.#lanes.items();
  }

  /** How many wait, and how many there was no room for. */
  figures(): { readonly length: number; readonly dropped: number } {
    return this.#lanes.figures();
  }

  /** Finishes the capture at work with what there is, within the time given; all others stay in the queue. */
  stop(graceSeconds: number): Promise<void> {
    return this.#lanes.stop(graceSeconds);
  }

  #putOff({ item: request, attempts, reason, inSeconds }: LaneDelay<CaptureRequest>): void {
    const { log, onFailedAttempt } = this.#options;
    log.warn("capture: failed, it is tried again", { id: request.id, attempt: attempts, reason, inSeconds });
    onFailedAttempt?.(request, reason);
  }

  #ended(end: LaneEnd<CaptureRequest, Archive>): void {
    const { log, onEnd } = this.#options;
    const { item: request, tookSeconds: durationSeconds } = end;
    const { id, origin, name } = request;
    if (end.kind === "done") {
      const seconds = Math.round(durationSeconds * 100) / 100;
      log.info("capture: archive finished", { id, origin, name, bytes: end.result.sizeBytes, seconds });
      onEnd({ request, result: "ok", durationSeconds, archive: end.result });
    } else {
      log.error("capture: given up, there will be no archive", { id, origin, name, reason: end.reason });
      onEnd({ request, result: "failed", durationSeconds, reason: end.reason });
    }
  }
}
