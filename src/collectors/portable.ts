/**
 * The portable source: the same parts of a Sample by way of systeminformation, for every OS that it knows.
 *
 * Everything in systeminformation starts programs and takes its time, so it is asked in the background on a rhythm of its own, and a
 * tick takes what is there. A reading is given once: the source says when there is a new one, and ticks follow it.
 */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { carefulRedactor, type Redactor } from "../redact/redactor.ts";
import type { Collector } from "./collector.ts";
import { createFeeds, type Feed } from "./portable/feeds.ts";
import { Rounds } from "./portable/rounds.ts";
import type { PortableSystem } from "./portable/system.ts";

export { windowFor } from "./portable/rhythm.ts";
export { type PortableSystem, thisSystem } from "./portable/system.ts";

interface PortableSourceOptions {
  /** `thisSystem()`, or recorded answers. */
  readonly system: PortableSystem;
  readonly clock: Clock;
  readonly log: Log;
  /** How often it looks when looking is cheap: 5 s. */
  readonly intervalSeconds?: number;
  /** How long one question may take before its part is given up for this round: 20 s. */
  readonly limitSeconds?: number;
  /** 0..1, evenly spread: Math.random in life, a constant in tests. */
  readonly random?: () => number;
  /** What command lines pass; the careful one unless told. */
  readonly redactor?: Redactor | undefined;
}

/** Collectors, and what drives them. */
export interface PortableSource {
  readonly collectors: readonly Collector[];
  /** Seconds between two readings at present; it grows when looking takes long. */
  readonly intervalSeconds: number;
  /** Begins to look, and calls back whenever a reading is complete: that is the moment for a Sample. */
  start(onReading: () => void): void;
  /** Ends when no timer is left and no program that it started. Closing the collectors does the same without waiting. */
  stop(): Promise<void>;
}

/** Makes the source; nothing is read before `start`. */
export function createPortableSource(options: PortableSourceOptions): PortableSource {
  const { system, clock, log, intervalSeconds = 5, limitSeconds = 20, random = Math.random, redactor = carefulRedactor } = options;
  const feeds = createFeeds(system, clock, redactor);
  const rounds = new Rounds({ feeds, system, clock, log, intervalSeconds, limitSeconds, random });
  return {
    collectors: feeds.map((feed) => createCollector(feed, rounds)),
    get intervalSeconds() {
      return rounds.intervalSeconds;
    },
    start: (onReading) => rounds.start(onReading),
    stop: () => rounds.stop(),
  };
}

/** Never gives a reading twice: a counter that stands still for a tick and jumps in the next would be wrong in both. */
function createCollector(feed: Feed, rounds: Rounds): Collector {
  let taken = 0;
  return {
    part: feed.part,
    collect() {
      if (rounds.finished === 0) throw new Error("the first reading is not complete yet");
      if (rounds.finished === taken) throw new Error("there is no newer reading yet");
      taken = rounds.finished;
      const failure = rounds.failureOf(feed);
      if (failure !== undefined) throw failure;
      return feed.take();
    },
    close: () => void rounds.stop(),
  };
}
