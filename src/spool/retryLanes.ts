/**
 * What must be done though it may fail, and though Culprit may die meanwhile: kept by the durable queue, tried, tried again after a while,
 * and given up loudly. Items of one lane go one after the other, lanes beside each other, so that one that hangs holds no other up.
 *
 * What is done is not done again: only when Culprit dies between that and writing it down. Twice is better than never.
 */
import type { Cancel } from "../model/clock.ts";
import { reasonOf } from "../model/errors.ts";
import type { Entry } from "./batches.ts";
import { HeldEntries } from "./heldEntries.ts";
import type { Attempted, Ending, LaneOptions, Later, Some } from "./laneOptions.ts";
import { LaneTimes, type Tries } from "./laneTimes.ts";

/** The lanes of one queue. */
export class RetryLanes<T, Result = void> {
  readonly #options: LaneOptions<T, Result>;
  readonly #held: HeldEntries<T>;
  readonly #times: LaneTimes<T>;
  readonly #hurry = new AbortController();
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  readonly #inFlight = new Set<string>();
  #cancelTimer: Cancel = () => undefined;
  #isStarted = false;

  private constructor(options: LaneOptions<T, Result>, held: HeldEntries<T>) {
    this.#options = options;
    this.#held = held;
    this.#times = new LaneTimes(options);
  }

  /** Opens the queue. Nothing is tried before `start`. @throws when its directory cannot be used */
  static async open<T, Result = void>(options: LaneOptions<T, Result>): Promise<RetryLanes<T, Result>> {
    const held = await HeldEntries.open<T>(options, (entry) => lanes.#dropped(entry));
    const lanes = new RetryLanes<T, Result>(options, held);
    return lanes;
  }

  /** All that wait or are at work, in the order in which they came. */
  entries(): readonly Entry<T>[] {
    return this.#held.all();
  }

  /** The same, without what happened to them so far. */
  items(): readonly T[] {
    return this.entries().map(({ item }) => item);
  }

  /** How many wait, and how many there was no room for. */
  figures(): { readonly length: number; readonly dropped: number } {
    return { length: this.entries().length, dropped: this.#held.dropped };
  }

  /** How many more are kept without dropping another. */
  get room(): number {
    return this.#held.room;
  }

  /** Why a strict lane does not go on at the moment. */
  troubleOf(lane: string): string | undefined {
    return this.#times.reasonOf(lane);
  }

  /** Brings the queue back when somebody has removed it. Rejects when nothing can be kept there now. */
  check(): Promise<void> {
    return this.#held.check();
  }

  /** Resolves once all items are on disk; rejects and keeps none of them when they cannot be. They are tried from the next `wake` on. */
  async add(items: readonly T[]): Promise<void> {
    for (const { id } of await this.#held.append(items)) this.#times.took(id);
  }

  /** The same, but what the disk does not take is tried all the same, as long as this process lives; resolves with the reason then. */
  async addAnyway(item: T): Promise<string | undefined> {
    try {
      await this.add([item]);
      return undefined;
    } catch (error) {
      this.#times.took(this.#held.hold(item).id);
      return reasonOf(error);
    }
  }

  /** It is not needed any more. */
  async remove(entries: readonly Entry<T>[]): Promise<void> {
    this.#finish(entries);
    await this.#held.acknowledge(entries);
  }

  /** Begins, with what waited since before a restart. */
  start(): void {
    this.#isStarted = true;
    this.wake();
  }

  /** Resolves when nothing is being tried at this moment. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Lets what is being tried come to its end for so long; all else stays in the queue. */
  async stop(graceSeconds: number): Promise<void> {
    this.#hurry.abort(new Error("Culprit is being stopped"));
    this.#cancelTimer();
    if (this.#running.size === 0) return;
    const abort = () => this.#stop.abort(new Error("Culprit was stopped before the end"));
    if (graceSeconds <= 0) abort();
    const cancel = this.#options.clock.after(graceSeconds, abort);
    await this.idle();
    cancel();
  }

  /** Tries what has been added, and whatever else is due. */
  wake(): void {
    this.#cancelTimer();
    if (!this.#isStarted || this.#hurry.signal.aborted) return;
    const { clock, log, name, mostLanesAtOnce = Number.POSITIVE_INFINITY } = this.#options;
    const nowSeconds = clock.monotonicSeconds();
    let nextSeconds = Number.POSITIVE_INFINITY;
    for (const [lane, entries] of this.#byLane()) {
      // the attempt that is running wakes us when it ends
      if (this.#running.has(lane) || this.#running.size >= mostLanesAtOnce) continue;
      const next = this.#nextOf(lane, entries);
      if (next.dueSeconds > nowSeconds) {
        nextSeconds = Math.min(nextSeconds, next.dueSeconds);
        continue;
      }
      const work = this.#work(lane, next.entries)
        .catch((error) => log.error(`${name}: an attempt failed`, { lane, reason: reasonOf(error) }))
        .finally(() => {
          this.#running.delete(lane);
          this.wake();
        });
      this.#running.set(lane, work);
    }
    if (Number.isFinite(nextSeconds)) this.#cancelTimer = clock.after(Math.max(0.1, nextSeconds - nowSeconds), () => this.wake());
  }

  #byLane(): ReadonlyMap<string, Some<Entry<T>>> {
    const byLane = new Map<string, [Entry<T>, ...Entry<T>[]]>();
    for (const entry of this.entries()) {
      const lane = this.#options.laneOf(entry.item);
      const before = byLane.get(lane);
      if (before === undefined) byLane.set(lane, [entry]);
      else before.push(entry);
    }
    return byLane;
  }

  /** What of a lane is tried next, and when. Where not the first is, it is the one that waits longest for its turn; new ones do since ever. */
  #nextOf(lane: string, entries: Some<Entry<T>>): { readonly entries: Some<Entry<T>>; readonly dueSeconds: number } {
    const { order, mostTogether = 1, waitsFor = () => false } = this.#options;
    const [first, ...others] = entries;
    if (order === "strict")
      return { entries: [first, ...others.slice(0, mostTogether - 1)], dueSeconds: this.#times.dueSeconds(lane, first) };
    let next: { entries: Some<Entry<T>>; dueSeconds: number } = { entries: [first], dueSeconds: Number.POSITIVE_INFINITY };
    for (const entry of entries) {
      const dueSeconds = this.#times.dueSeconds(lane, entry);
      if (dueSeconds >= next.dueSeconds || entries.some((other) => other !== entry && waitsFor(entry.item, other.item))) continue;
      next = { entries: [entry], dueSeconds };
    }
    return next;
  }

  /** Tries what is at the head of a lane, or gives it up. */
  async #work(lane: string, entries: Some<Entry<T>>): Promise<void> {
    const { attempt, writeDown, backoffSeconds, mostAttempts, mostFailures, clock } = this.#options;
    const [first, ...others] = entries;
    const before = this.#times.triesOf(lane, first);
    if (this.#times.secondsLeft(first) <= 0) {
      return this.#end(lane, [first], before, { kind: "expired", reason: before.reason ?? "Culprit was not running" });
    }
    if (before.attempts >= (mostAttempts ?? Number.POSITIVE_INFINITY)) {
      return this.#end(lane, [first], before, { kind: "failed", reason: "it never came to its end" });
    }
    const startedAtMs = clock.wallMs();
    const startedSeconds = clock.monotonicSeconds();
    if (writeDown === "before") await this.#held.putOff(entries, backoffSeconds(before.failures + 1));
    for (const { id } of entries) this.#inFlight.add(id);
    const outcome = await attempt([first.item, ...others.map(({ item }) => item)], {
      hurry: this.#hurry.signal,
      stop: this.#stop.signal,
      startedAtMs,
      attemptsBefore: before.attempts,
      isInherited: this.#times.isInherited(first),
    }).catch((error): Attempted<Result> => ({ kind: "later", reason: reasonOf(error) }));
    for (const { id } of entries) this.#inFlight.delete(id);
    const attempted = { ...before, attempts: before.attempts + 1 };
    const tookSeconds = clock.monotonicSeconds() - startedSeconds;
    if (outcome.kind === "done") return this.#end(lane, entries, attempted, outcome, tookSeconds);
    if (outcome.kind === "later" && this.#stop.signal.aborted) return;
    const isLast = outcome.kind === "refused" || (outcome.isNoFailure !== true && before.failures + 1 === mostFailures);
    if (isLast) return this.#end(lane, entries, attempted, { kind: "failed", reason: outcome.reason }, tookSeconds);
    await this.#putOff(lane, entries, before, outcome);
  }

  async #putOff(lane: string, entries: Some<Entry<T>>, before: Tries, { reason, retryAfterSeconds, isNoFailure }: Later): Promise<void> {
    const { clock, writeDown, backoffSeconds, longestRetryAfterSeconds, onDelay } = this.#options;
    const inSeconds = Math.max(backoffSeconds(before.failures + 1), Math.min(retryAfterSeconds ?? 0, longestRetryAfterSeconds));
    const notBeforeSeconds = clock.monotonicSeconds() + inSeconds;
    const more = isNoFailure === true ? 0 : 1;
    const tries = { attempts: before.attempts + more, failures: before.failures + more, notBeforeSeconds, reason };
    this.#times.putOff(lane, entries, tries, retryAfterSeconds !== undefined);
    const waiting = new Set(this.entries().map(({ id }) => id));
    for (const entry of entries) {
      if (waiting.has(entry.id)) continue;
      this.#times.forget(entry.id);
      await this.#tell(entry, tries, this.#noRoom());
    }
    if (writeDown === "after") await this.#held.putOff(entries, inSeconds);
    onDelay({ item: entries[0].item, attempts: before.attempts + 1, inSeconds, reason, isKnown: before.reason === reason });
  }

  async #end(lane: string, entries: readonly Entry<T>[], tries: Tries, ending: Ending<Result>, tookSeconds = 0): Promise<void> {
    this.#finish(entries);
    const isEmpty = !this.#byLane().has(lane);
    if (ending.kind !== "expired" || isEmpty) this.#times.settle(lane, isEmpty);
    for (const entry of entries) await this.#tell(entry, tries, ending, tookSeconds);
    await this.#held.acknowledge(entries);
  }

  /** From now on nobody sees them any more. */
  #finish(entries: readonly Entry<T>[]): void {
    this.#held.hide(entries);
    for (const { id } of entries) this.#times.forget(id);
  }

  /** There was no room for it. Where it is at work, it may still be done. */
  #dropped(entry: Entry<T>): void {
    if (this.#inFlight.has(entry.id)) return;
    const tries = this.#times.triesOf(this.#options.laneOf(entry.item), entry);
    this.#times.forget(entry.id);
    void this.#tell(entry, tries, this.#noRoom());
  }

  async #tell({ item }: Entry<T>, { attempts, failures }: Tries, ending: Ending<Result>, tookSeconds = 0): Promise<void> {
    const { onEnd, name, log } = this.#options;
    try {
      await onEnd({ item, attempts, failures, tookSeconds, ...ending });
    } catch (error) {
      log.error(`${name}: an end could not be told`, { reason: reasonOf(error) });
    }
  }

  #noRoom(): Ending<Result> {
    return { kind: "dropped", reason: `more than ${this.#options.maxEntries} were waiting` };
  }
}
