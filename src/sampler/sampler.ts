/**
 * Ticks: once an interval it takes a Sample, makes a Snapshot of it, and hands that to the subscribers.
 *
 * Tick k is due at start + k * interval, so nothing drifts; a small random shift of every tick keeps the clock from beating
 * against the kernel's own sampling of the load every five seconds. Ticks that came due while another ran are missed, and counted.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { advanceInSteps } from "../attribution/advance.ts";
import { ancestorsIn } from "../attribution/ancestors.ts";
import type { NameByRules } from "../attribution/groupRules.ts";
import { createLedger, type Ledger } from "../attribution/ledger.ts";
import type { Hide } from "../attribution/names.ts";
import type { Collector } from "../collectors/collector.ts";
import { collectOneByOne, prepareSample } from "../collectors/collectSample.ts";
import { OutcomeLog } from "../collectors/outcomeLog.ts";
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { traceOf } from "../model/errors.ts";
import type { Sample, SourceName } from "../model/sample.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Steps } from "../model/steps.ts";

/** What is told about one tick. */
export interface Tick {
  readonly sample: Sample;
  readonly snapshot: Snapshot;
  /** How long reading and deriving took. */
  readonly durationSeconds: number;
}

/** Says when there is something to read, where reading takes its own time (the portable source). */
interface Pace {
  /** What it keeps to at present; it may grow when reading becomes slow. */
  readonly intervalSeconds: number;
  /** Calls back whenever a new reading is there; ends when the collectors are closed. */
  start(onReading: () => void): void;
}

/** Settings of a sampler. */
export interface SamplerOptions {
  readonly collectors: readonly Collector[];
  readonly source: SourceName;
  readonly intervalSeconds: number;
  /** Ticks come from here and not from `intervalSeconds`, if it is given. */
  readonly pace?: Pace;
  readonly clock: Clock;
  readonly log: Log;
  /** The user's own names for processes. */
  readonly nameByRules?: NameByRules | undefined;
  /** Cuts the secrets out of the names of units and containers. */
  readonly hide?: Hide;
  /** 0..1, evenly spread: Math.random in life, a constant in tests. */
  readonly random: () => number;
}

/** How far a tick may be shifted, as a part of the interval: 5 % to either side. */
const jitterRatio = 0.1;

/** After so long a tick gives others a turn of the event loop. */
const longTickSeconds = 0.004;

/** Between the ticks of a pace there is no timer to take back. */
const nothing: Cancel = () => undefined;

/** Takes Samples and tells subscribers of Snapshots. */
export class Sampler {
  /** What was said of the collectors, and how much they have left out. */
  readonly outcomeLog: OutcomeLog;
  readonly #options: SamplerOptions;
  readonly #ledger: Ledger;
  readonly #subscribers: ((tick: Tick) => Steps)[] = [];
  #startedSeconds = 0;
  #tickNumber = 0;
  #missed = 0;
  #taken = 0;
  #stopped = false;
  /** Undefined while a tick is under way. */
  #cancel: Cancel | undefined = nothing;
  readonly #closed: Promise<void>;
  #noteClosed: () => void = nothing;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.outcomeLog = new OutcomeLog(options.log);
    this.#ledger = createLedger(options.nameByRules, options.hide);
    this.#closed = new Promise((resolve) => {
      this.#noteClosed = resolve;
    });
  }

  get samplesTaken(): number {
    return this.#taken;
  }

  get samplesMissed(): number {
    return this.#missed;
  }

  /** A Snapshot whose ticks lie further apart than this has a gap. */
  get gapSeconds(): number {
    return Math.max(5, 3 * (this.#options.pace ?? this.#options).intervalSeconds);
  }

  /** Names of a process' parents, the nearest first; empty for one that is not known (any more). */
  ancestorsOf(pid: number): readonly string[] {
    return ancestorsIn(this.#ledger, pid);
  }

  /** Gives all processes other names from the next tick on. */
  renameProcesses(nameByRules: NameByRules | undefined): void {
    this.#ledger.newNames = { nameByRules };
  }

  /** Calls `subscriber` after every tick, in the order of subscription. */
  subscribe(subscriber: (tick: Tick) => void): void {
    this.subscribeInSteps(function* (tick) {
      subscriber(tick);
      yield;
    });
  }

  /** The same for who has much to do; the next one comes after its last step. */
  subscribeInSteps(subscriber: (tick: Tick) => Steps): void {
    this.#subscribers.push(subscriber);
  }

  /** Takes the first Sample at once, or as soon as there is a reading, and goes on from there. */
  start(): void {
    const { pace } = this.#options;
    if (pace !== undefined) {
      pace.start(() => void this.#tick());
      return;
    }
    this.#startedSeconds = this.#options.clock.monotonicSeconds();
    void this.#tick();
  }

  /** Takes no more Samples and closes the collectors; resolves when none of them reads any more. */
  stop(): Promise<void> {
    this.#stopped = true;
    // a tick that is under way closes them itself
    if (this.#cancel !== undefined) this.#close();
    return this.#closed;
  }

  #close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const collector of this.#options.collectors) collector.close?.();
    this.#noteClosed();
  }

  async #tick(): Promise<void> {
    const { clock, collectors, log, pace } = this.#options;
    const beganSeconds = clock.monotonicSeconds();
    let turnSeconds = beganSeconds;
    const turnIfLong = () => {
      if (clock.monotonicSeconds() - turnSeconds <= longTickSeconds) return undefined;
      return nextTurn().then(() => {
        turnSeconds = clock.monotonicSeconds();
      });
    };
    this.#cancel = undefined;
    try {
      const prepared = collectors.some((collector) => collector.prepare !== undefined) ? await prepareSample(collectors, clock) : undefined;
      const steps = this.#take(beganSeconds, prepared);
      do {
        const turn = turnIfLong();
        // most ticks are short: they are over at once
        if (turn !== undefined) await turn;
        if (this.#stopped) return this.#close();
      } while (!steps.next().done);
    } catch (error) {
      this.#missed++;
      log.error("a sample could not be taken", { error: traceOf(error) });
    }
    if (this.#stopped) return this.#close();
    if (pace === undefined) this.#plan();
    else this.#cancel = nothing;
  }

  *#take(beganSeconds: number, prepared: ReadonlyMap<Collector, number> | undefined): Steps {
    const { clock, collectors, source } = this.#options;
    const sample = yield* collectOneByOne(collectors, source, clock, prepared);
    this.outcomeLog.note(sample.outcomes);
    yield;
    const snapshot = yield* advanceInSteps(this.#ledger, sample, { gapSeconds: this.gapSeconds });
    yield;
    this.#taken++;
    const tick = { sample, snapshot, durationSeconds: clock.monotonicSeconds() - beganSeconds };
    for (const subscriber of this.#subscribers) {
      yield* this.#tell(subscriber, tick);
      yield;
    }
  }

  *#tell(subscriber: (tick: Tick) => Steps, tick: Tick): Steps {
    try {
      yield* subscriber(tick);
    } catch (error) {
      this.#options.log.error("a subscriber of the sampler failed", {
        error: traceOf(error),
      });
    }
  }

  #plan(): void {
    const { clock, intervalSeconds, random } = this.#options;
    const nowSeconds = clock.monotonicSeconds();
    const next = this.#tickNumber + 1;
    // a tick that is still to come within this very interval is late, not missed
    const due = Math.max(next, Math.floor((nowSeconds - this.#startedSeconds) / intervalSeconds));
    this.#missed += due - next;
    this.#tickNumber = due;
    const shift = (random() - 0.5) * jitterRatio * intervalSeconds;
    const atSeconds = this.#startedSeconds + due * intervalSeconds + shift;
    this.#cancel = clock.after(Math.max(0, atSeconds - nowSeconds), () => void this.#tick());
  }
}
