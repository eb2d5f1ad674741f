/**
 * Works through the durable queue, one capture at a time.
 *
 * The attempt is written down before the work begins: a capture that takes Culprit down with it is tried again after the restart, but
 * not for ever.
 */
import type { Log } from "../../log.ts";
import type { Archive, CaptureRequest } from "../../model/capture.ts";
import type { Cancel, Clock } from "../../model/clock.ts";
import type { Entry } from "../../spool/batches.ts";
import { refusesToWrite } from "../../spool/durable.ts";
import type { Spool } from "../../spool/spool.ts";
import type { CaptureSignals } from "../making/makeArchive.ts";
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

/** What the queue works with. */
interface CaptureWorkerOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly spool: Spool<CaptureRequest>;
  readonly capture: (request: CaptureRequest, late: Late | undefined, signals: CaptureSignals) => Promise<Archive>;
  /** True for a request whose archive was finished before a crash could acknowledge it. */
  readonly isDone: (id: string) => boolean;
  readonly onEnd: (end: CaptureEnd) => void;
  /** An attempt came to nothing; there will be another one, unless Culprit is being stopped. */
  readonly onFailedAttempt?: ((request: CaptureRequest, reason: string) => void) | undefined;
  /** There will be no archive of this one. */
  readonly onGivenUp: (request: CaptureRequest, reason: string) => void;
}

/** What takes Culprit down even when nothing is attempted any more is not tried for ever. */
const mostDeaths = 8;

/** Seconds until the next attempt, after the first, the second and the third. */
const backoffSeconds = [30, 120, 600];
const longestBackoffSeconds = Math.max(...backoffSeconds);

interface Try {
  /** Begun so often, by this process and by those before it. */
  readonly attempts: number;
  /** Ended so often in an error of its own, in this process. */
  readonly failures: number;
  readonly notBeforeMs: number;
}

/** The worker of the queue. */
export class CaptureWorker {
  readonly #options: CaptureWorkerOptions;
  readonly #hurry = new AbortController();
  readonly #stop = new AbortController();
  /** What this process knows of its attempts; the disk may have been too full to be told. */
  readonly #tries = new Map<string, Try>();
  readonly #acknowledged = new Set<string>();
  #running: Promise<void> | undefined;
  #cancelTimer: Cancel = () => undefined;
  #isStarted = false;

  constructor(options: CaptureWorkerOptions) {
    this.#options = options;
  }

  /** Takes up what waited since before a restart, at once. */
  start(): void {
    for (const { id, attempts } of this.#options.spool.entries()) this.#tries.set(id, { attempts, failures: 0, notBeforeMs: 0 });
    this.#isStarted = true;
    this.wake();
  }

  /** There may be something to do. */
  wake(): void {
    if (!this.#isStarted || this.#hurry.signal.aborted || this.#running !== undefined) return;
    this.#cancelTimer();
    const next = this.#waiting().find((entry) => this.#isDue(entry));
    if (next === undefined) {
      this.#setTimer();
      return;
    }
    this.#running = this.#work(next)
      .catch((error) => this.#options.log.error("capture: the queue stumbled", { id: next.item.id, reason: String(error) }))
      .finally(() => {
        this.#running = undefined;
        this.wake();
      });
  }

  /** Requests that wait or are at work, oldest first. */
  pending(): readonly CaptureRequest[] {
    return this.#waiting().map((entry) => entry.item);
  }

  /** Finishes the capture at work with what there is, within the time given; all others stay in the queue. */
  async stop(graceSeconds: number): Promise<void> {
    this.#hurry.abort(new Error("Culprit is being stopped"));
    this.#cancelTimer();
    if (this.#running === undefined) return;
    const cancel = this.#options.clock.after(graceSeconds, () => this.#stop.abort(new Error("Culprit was stopped before the end")));
    await this.#running;
    cancel();
  }

  #waiting(): readonly Entry<CaptureRequest>[] {
    return this.#options.spool.entries().filter((entry) => !this.#acknowledged.has(entry.id));
  }

  async #work(entry: Entry<CaptureRequest>): Promise<void> {
    const { clock, log, capture, onEnd } = this.#options;
    const { item: request } = entry;
    const { id, origin } = request;
    const attemptsBefore = this.#tries.get(entry.id)?.attempts ?? entry.attempts;
    const startedSeconds = clock.monotonicSeconds();
    if (this.#options.isDone(id)) return this.#acknowledge(entry);
    if (attemptsBefore >= mostDeaths) return this.#giveUp(entry, "it never came to its end", 0);

    const late = latenessOf(request, clock.wallMs(), attemptsBefore, !this.#tries.has(entry.id));
    await this.#countAttempt(entry, attemptsBefore);
    try {
      const archive = await capture(request, late, { hurry: this.#hurry.signal, stop: this.#stop.signal });
      const durationSeconds = clock.monotonicSeconds() - startedSeconds;
      log.info("capture: archive finished", { id, origin, name: request.name, bytes: archive.sizeBytes, seconds: round(durationSeconds) });
      await this.#acknowledge(entry);
      onEnd({ request, result: "ok", durationSeconds, archive });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.#stop.signal.aborted) {
        log.warn("capture: stopped, it is made at the next start", { id });
      } else if (!this.#putOff(entry, attemptsBefore, error)) {
        await this.#giveUp(entry, reason, clock.monotonicSeconds() - startedSeconds);
      } else {
        const inSeconds = Math.round((this.#notBeforeMs(entry) - clock.wallMs()) / 1000);
        log.warn("capture: failed, it is tried again", { id, attempt: attemptsBefore + 1, reason, inSeconds });
        this.#options.onFailedAttempt?.(request, reason);
      }
    }
  }

  /** When it is tried again; false when that is no use any more. */
  #putOff(entry: Entry<CaptureRequest>, attemptsBefore: number, error: unknown): boolean {
    const failuresBefore = this.#tries.get(entry.id)?.failures ?? 0;
    const nowMs = this.#options.clock.wallMs();
    // what was promised waits for a disk that takes it, and is then made as if nothing had been
    if (refusesToWrite(error)) {
      const seconds = backoffSeconds[failuresBefore] ?? longestBackoffSeconds;
      this.#tries.set(entry.id, { attempts: attemptsBefore, failures: failuresBefore, notBeforeMs: nowMs + seconds * 1000 });
      return true;
    }
    const seconds = backoffSeconds[failuresBefore];
    if (seconds === undefined) return false;
    this.#tries.set(entry.id, { attempts: attemptsBefore + 1, failures: failuresBefore + 1, notBeforeMs: nowMs + seconds * 1000 });
    return true;
  }

  async #countAttempt(entry: Entry<CaptureRequest>, attemptsBefore: number): Promise<void> {
    const { clock, spool, log } = this.#options;
    const failures = this.#tries.get(entry.id)?.failures ?? 0;
    const notBeforeMs = clock.wallMs() + (backoffSeconds[failures] ?? longestBackoffSeconds) * 1000;
    this.#tries.set(entry.id, { attempts: attemptsBefore + 1, failures, notBeforeMs });
    try {
      await spool.retryAt(entry.id, notBeforeMs);
    } catch (error) {
      log.warn("capture: the attempt could not be written down", { id: entry.item.id, reason: String(error) });
    }
  }

  async #giveUp(entry: Entry<CaptureRequest>, reason: string, durationSeconds: number): Promise<void> {
    const { id, origin, name } = entry.item;
    this.#options.log.error("capture: given up, there will be no archive", { id, origin, name, reason });
    await this.#acknowledge(entry);
    this.#options.onGivenUp(entry.item, reason);
    this.#options.onEnd({ request: entry.item, result: "failed", durationSeconds, reason });
  }

  async #acknowledge(entry: Entry<CaptureRequest>): Promise<void> {
    this.#acknowledged.add(entry.id);
    this.#tries.delete(entry.id);
    try {
      await this.#options.spool.acknowledge(entry.id);
      this.#acknowledged.delete(entry.id);
    } catch (error) {
      // it is found again after a restart, and then its archive is there already
      this.#options.log.warn("capture: a finished request could not be taken off the queue", { id: entry.item.id, reason: String(error) });
    }
  }

  /** A time further ahead than any backoff comes from a clock that was set back since. */
  #isDue(entry: Entry<CaptureRequest>): boolean {
    const aheadMs = this.#notBeforeMs(entry) - this.#options.clock.wallMs();
    return aheadMs <= 0 || aheadMs > longestBackoffSeconds * 1000;
  }

  #notBeforeMs(entry: Entry<CaptureRequest>): number {
    return this.#tries.get(entry.id)?.notBeforeMs ?? entry.retryAtMs;
  }

  #setTimer(): void {
    const next = Math.min(...this.#waiting().map((entry) => this.#notBeforeMs(entry)));
    if (!Number.isFinite(next)) return;
    const { clock } = this.#options;
    this.#cancelTimer = clock.after(Math.max(0.1, (next - clock.wallMs()) / 1000), () => this.wake());
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
