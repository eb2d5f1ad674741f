/** What is counted of one sink, and what has been said of it already. */
import { defined } from "../model/defined.ts";
import type { PushFigures } from "../model/push.ts";

type Waiting = Pick<PushFigures, "sink" | "pendingBatches" | "pendingBytes" | "lagSeconds">;

/** The counts of one sink since it was opened. */
export class SinkCounts {
  #sentBatches = 0;
  #sentSamples = 0;
  #droppedBatches = 0;
  #refusedBatches = 0;
  #failedAttempts = 0;
  #lastSuccessMs: number | undefined;
  #lastDurationSeconds: number | undefined;
  #saidRefusal: string | undefined;
  #isDropping = false;
  /** Since its last attempt. */
  isFailing = false;
  /** Batches that an attempt has done with, while others of the same attempt have to be tried again: they are not sent nor counted twice. */
  readonly #settled = new Set<string>();

  attempted(tookSeconds: number, successMs?: number): void {
    this.#lastDurationSeconds = tookSeconds;
    if (successMs === undefined) this.#failedAttempts++;
    else this.#lastSuccessMs = successMs;
  }

  sent(name: string, samples: number): void {
    this.#settled.add(name);
    this.#sentBatches++;
    this.#sentSamples += samples;
  }

  /** True when it is worth a line: the first for this reason. */
  refused(name: string, reason: string): boolean {
    this.#settled.add(name);
    this.#refusedBatches++;
    const isNews = this.#saidRefusal !== reason;
    this.#saidRefusal = reason;
    return isNews;
  }

  /** True when it is worth a line: the first since the sink took something. */
  dropped(batches: number): boolean {
    this.#droppedBatches += batches;
    const isNews = !this.#isDropping;
    this.#isDropping = true;
    return isNews;
  }

  /** True when it is worth a line: it follows failures. */
  recovered(): boolean {
    const isNews = this.isFailing;
    this.isFailing = false;
    this.#isDropping = false;
    return isNews;
  }

  settle(name: string): void {
    this.#settled.add(name);
  }

  isSettled(name: string): boolean {
    return this.#settled.has(name);
  }

  forget(name: string): void {
    this.#settled.delete(name);
  }

  figures(waiting: Waiting): PushFigures {
    return defined({
      ...waiting,
      sentBatches: this.#sentBatches,
      sentSamples: this.#sentSamples,
      droppedBatches: this.#droppedBatches,
      refusedBatches: this.#refusedBatches,
      failedAttempts: this.#failedAttempts,
      lastSuccessMs: this.#lastSuccessMs,
      lastDurationSeconds: this.#lastDurationSeconds,
    });
  }
}
