/**
 * One sink: every interval a batch is made, kept on disk and sent, oldest first. A server that is down costs nothing but disk, and that is
 * bounded: beyond it the oldest batches are dropped and counted.
 *
 * What waits goes out many together. Where the server refuses them, one by one: a bad batch costs itself only.
 */
import { join } from "node:path";
import { HttpError } from "../http/errors.ts";
import { askTarget, type OutgoingTarget, TargetProblem } from "../http/target.ts";
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { reasonOf } from "../model/errors.ts";
import type { PushFigures } from "../model/push.ts";
import { withinLimit } from "../model/withinLimit.ts";
import { doublingBackoff } from "../spool/backoff.ts";
import type { Attempted, LaneDelay, LaneEnd, Some } from "../spool/laneOptions.ts";
import { RetryLanes } from "../spool/retryLanes.ts";
import { meaningOf } from "./answers.ts";
import type { NewBatch, SinkKind, StoredBatches } from "./kind.ts";
import { type BatchName, Payloads, parseBatchName } from "./payloads.ts";
import { SinkCounts } from "./sinkCounts.ts";

/** What a sink is made of. */
interface SinkOptions {
  readonly name: string;
  readonly kind: SinkKind;
  readonly target: OutgoingTarget;
  readonly intervalSeconds: number;
  readonly maxBytes: number;
  /** Its own. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
}

/** A batch is rarely smaller than this; so many files at most. */
const mostBatches = 20_000;
const mostTogether = 20;
const mostBytesTogether = 512 * 1024;
const firstWaitSeconds = 1;
const longestWaitSeconds = 60;
const longestRetryAfterSeconds = 600;

/** One sink, open. */
export class Sink {
  readonly #options: SinkOptions;
  readonly #payloads: Payloads;
  readonly #lanes: RetryLanes<BatchName>;
  readonly #counts = new SinkCounts();
  #cancel: Cancel = () => undefined;
  #making: Promise<void> = Promise.resolve();
  #isStopped = false;
  #wasUnmade = false;
  /** Being sent: whether the server has them is not known, so they are not given up meanwhile. */
  #underWay: readonly BatchName[] = [];

  private constructor(options: SinkOptions, payloads: Payloads, lanes: RetryLanes<BatchName>) {
    this.#options = options;
    this.#payloads = payloads;
    this.#lanes = lanes;
  }

  /** Opens the queue. Nothing is sent before `start`. @throws when its directory cannot be used */
  static async open(options: SinkOptions): Promise<Sink> {
    const { name, directory, clock, log, random } = options;
    const payloads = new Payloads(join(directory, "payloads"));
    const lanes = await RetryLanes.open<BatchName>({
      name: `push ${name}`,
      directory,
      maxEntries: mostBatches,
      parse(json) {
        parseBatchName(json);
        return json as BatchName;
      },
      laneOf: () => name,
      order: "strict",
      mostTogether,
      writeDown: "never",
      backoffSeconds: doublingBackoff(firstWaitSeconds, longestWaitSeconds, random),
      longestRetryAfterSeconds,
      attempt: (names, { stop }) => sink.#attempt(names, stop),
      onEnd: (end) => sink.#ended(end),
      onDelay: (delay) => sink.#putOff(delay),
      clock,
      log,
    });
    const sink = new Sink(options, payloads, lanes);
    await payloads.open(lanes.items());
    return sink;
  }

  /** Begins, with what waited since before a restart. Hosts that were started together do not send together. */
  start(): void {
    this.#lanes.start();
    this.#plan(this.#options.intervalSeconds * this.#options.random());
  }

  /** Makes a batch now, as it does every interval. Never rejects. */
  flush(): Promise<void> {
    this.#making = this.#making.then(() => this.#make());
    return this.#making;
  }

  /** How it fares. */
  figures(): PushFigures {
    const waiting = this.#lanes.items().map(parseBatchName);
    const [oldest] = waiting;
    return this.#counts.figures({
      sink: this.#options.name,
      pendingBatches: waiting.length,
      pendingBytes: waiting.reduce((sum, { bytes }) => sum + bytes, 0),
      lagSeconds: oldest === undefined ? 0 : Math.max(0, (this.#options.clock.wallMs() - oldest.takenAtMs) / 1000),
    });
  }

  /** Brings the queue back when somebody has removed it. Rejects when nothing can be kept there now. */
  check(): Promise<void> {
    return this.#lanes.check();
  }

  /** What does not arrive within this time stays in the queue. */
  async stop(graceSeconds: number): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#making;
    const last = graceSeconds > 0 ? this.#options.kind.last?.() : undefined;
    if (last !== undefined) {
      await this.#keep(last).catch(() => undefined);
      await withinLimit(this.#options.clock, graceSeconds, this.#lanes.idle());
    }
    await this.#lanes.stop(graceSeconds);
  }

  #plan(inSeconds: number): void {
    this.#cancel = this.#options.clock.after(inSeconds, () => {
      this.#plan(this.#options.intervalSeconds);
      void this.flush();
    });
  }

  async #make(): Promise<void> {
    if (this.#isStopped) return;
    const { kind, log, name } = this.#options;
    try {
      const batch = await kind.next();
      if (batch === undefined) return;
      await this.#keep(batch);
      this.#wasUnmade = false;
    } catch (error) {
      if (!this.#wasUnmade) log.error("push: a batch could not be made; the next is tried", { sink: name, reason: reasonOf(error) });
      this.#wasUnmade = true;
    }
  }

  async #keep(batch: NewBatch): Promise<void> {
    const kept = await this.#payloads.keep(batch);
    await this.#lanes.addAnyway(kept.name);
    await this.#drop(kept.lost, "the disk takes nothing");
    await this.#dropBeyondBytes();
    this.#lanes.wake();
  }

  async #dropBeyondBytes(): Promise<void> {
    const names = this.#lanes.items();
    let bytes = names.reduce((sum, one) => sum + parseBatchName(one).bytes, 0);
    const lost: BatchName[] = [];
    for (const name of names) {
      // the oldest are what is sent: until that has ended none is dropped, for a newer one would be
      if (bytes <= this.#options.maxBytes || this.#underWay.includes(name)) break;
      if (this.#counts.isSettled(name)) continue;
      bytes -= parseBatchName(name).bytes;
      lost.push(name);
    }
    await this.#drop(lost, "more than queue.maxBytes were waiting");
  }

  async #drop(names: readonly BatchName[], reason: string): Promise<void> {
    if (names.length === 0) return;
    const entries = this.#lanes.entries().filter(({ item }) => names.includes(item));
    await this.#lanes.remove(entries);
    for (const { item } of entries) {
      this.#counts.forget(item);
      await this.#payloads.remove(item);
    }
    if (this.#counts.dropped(entries.length)) {
      this.#options.log.error("push: the oldest batches are dropped", { sink: this.#options.name, reason });
    }
  }

  /** All of them are done, or none: where they are refused together, each is sent by itself. */
  async #attempt(names: Some<BatchName>, stop: AbortSignal): Promise<Attempted<void>> {
    this.#underWay = names;
    try {
      return await this.#sendAll(names, stop);
    } finally {
      this.#underWay = [];
    }
  }

  async #sendAll(names: Some<BatchName>, stop: AbortSignal): Promise<Attempted<void>> {
    const batches: { readonly name: BatchName; readonly payload: Buffer }[] = [];
    for (const name of names) {
      if (this.#counts.isSettled(name)) continue;
      const payload = await this.#payloads.read(name);
      if (payload === undefined) this.#lost(name);
      else batches.push({ name, payload });
    }
    for (const group of groupsOf(batches)) {
      const outcome = await this.#send(group, stop);
      if (outcome.kind === "later") return outcome;
    }
    return { kind: "done", result: undefined };
  }

  async #send(group: readonly { readonly name: BatchName; readonly payload: Buffer }[], stop: AbortSignal): Promise<Attempted<string>> {
    const [first, ...others] = group;
    if (first === undefined) return { kind: "done", result: "" };
    const outcome = await this.#ask([first.payload, ...others.map(({ payload }) => payload)], stop);
    if (outcome.kind === "later") return outcome;
    if (outcome.kind === "done") {
      for (const { name } of group) this.#counts.sent(name, parseBatchName(name).samples);
      return outcome;
    }
    if (others.length === 0) {
      this.#refused(first.name, outcome.reason);
      return outcome;
    }
    for (const one of group) {
      const alone = this.#counts.isSettled(one.name) ? undefined : await this.#send([one], stop);
      if (alone?.kind === "later") return alone;
    }
    return { kind: "done", result: "" };
  }

  async #ask(payloads: StoredBatches, stop: AbortSignal): Promise<Attempted<string>> {
    const { kind, target, clock } = this.#options;
    const startedSeconds = clock.monotonicSeconds();
    try {
      const answer = await askTarget(target, { method: "POST", ...kind.request(payloads), signal: stop }, clock);
      const meaning = meaningOf(answer);
      this.#counts.attempted(clock.monotonicSeconds() - startedSeconds, meaning.kind === "done" ? clock.wallMs() : undefined);
      return meaning;
    } catch (error) {
      this.#counts.attempted(clock.monotonicSeconds() - startedSeconds);
      if (error instanceof HttpError || error instanceof TargetProblem) return { kind: "later", reason: error.message };
      throw error;
    }
  }

  #lost(name: BatchName): void {
    this.#counts.settle(name);
    this.#counts.dropped(1);
    this.#options.log.error("push: a kept batch cannot be read any more and is lost", { sink: this.#options.name, batch: name });
  }

  #refused(name: BatchName, reason: string): void {
    if (!this.#counts.refused(name, reason)) return;
    this.#options.log.error("push: the server refuses batches, and they are given up", { sink: this.#options.name, reason });
  }

  #putOff({ attempts, inSeconds, reason, isKnown }: LaneDelay<BatchName>): void {
    this.#counts.isFailing = true;
    const fields = { sink: this.#options.name, attempts, inSeconds: Math.round(inSeconds * 10) / 10, reason };
    if (isKnown) this.#options.log.debug("push: a sink still takes nothing", fields);
    else this.#options.log.warn("push: a sink takes nothing; batches are kept and tried again", fields);
  }

  async #ended(end: LaneEnd<BatchName, void>): Promise<void> {
    if (end.kind === "dropped" && this.#counts.dropped(1)) {
      this.#options.log.error("push: the oldest batches are dropped", { sink: this.#options.name, reason: end.reason });
    }
    if (end.kind === "done" && this.#counts.recovered()) {
      this.#options.log.info("push: a sink takes batches again", { sink: this.#options.name, attempts: end.failures });
    }
    this.#counts.forget(end.item);
    await this.#payloads.remove(end.item);
  }
}

/** As many together as a request may carry. */
function* groupsOf<Batch extends { readonly payload: Buffer }>(batches: readonly Batch[]): Iterable<readonly Batch[]> {
  let group: Batch[] = [];
  let bytes = 0;
  for (const batch of batches) {
    if (group.length > 0 && bytes + batch.payload.length > mostBytesTogether) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(batch);
    bytes += batch.payload.length;
  }
  if (group.length > 0) yield group;
}
