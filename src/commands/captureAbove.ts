/** `--capture-above load5=2.0`: thresholds of one look, counted as those of triggers are. */
import { parseAbove } from "../config.ts";
import { defined } from "../model/defined.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import type { TriggerRule } from "../model/trigger.ts";
import { isOver } from "../triggers/machine.ts";
import { watchedMetrics } from "../triggers/metrics.ts";
import { reasonOf } from "../triggers/words.ts";
import { UsageError } from "./command.ts";

/** A spike is one only against a past: the least seconds in which one can be noticed at all. */
const leastSpikeSeconds = 30;

const flag = "--capture-above";

/** The thresholds that the flags name. @throws UsageError */
export function parseCaptureAbove(texts: readonly string[], seconds: number): readonly TriggerRule[] {
  return texts.map((text) => {
    const parsed = parseAbove(text);
    if (typeof parsed === "string") throw new UsageError(`${flag}: ${parsed}; got ${JSON.stringify(text)}`);
    const { metric, threshold } = parsed;
    if (threshold === undefined && seconds < leastSpikeSeconds) {
      throw new UsageError(
        `${flag}: ${metric}: a spike shows only against what was before; expected --seconds=${leastSpikeSeconds} or more with it`,
      );
    }
    return defined({
      name: metric,
      metric,
      threshold,
      forSeconds: 0,
      cooldownSeconds: 0,
      capture: true,
      notify: false,
    });
  });
}

/** What one look says of the thresholds. */
export interface AboveResult {
  /** Those that were crossed, each in a sentence. */
  readonly reasons: readonly string[];
  /** Those of which nothing could be read, each in words. */
  readonly unknown: readonly string[];
}

/** Follows the ticks of one look. */
interface AboveWatch {
  take(snapshot: Snapshot, active: readonly Spike[]): void;
  result(): AboveResult;
}

/** Makes one. What jumps from second to second counts by its mean over the look, all else by its newest reading, a spike once it was there. */
export function watchAbove(rules: readonly TriggerRule[]): AboveWatch {
  const watched = rules.map((rule) => ({ rule, readings: new Map<string, Reading>() }));
  let cores: number | undefined;
  return {
    take(snapshot, active) {
      cores = snapshot.host.cpu?.cores ?? cores;
      for (const { rule, readings } of watched) takeReadings(rule, readings, snapshot, active);
    },
    result() {
      const reasons: string[] = [];
      const unknown: string[] = [];
      for (const { rule, readings } of watched) {
        const { words, unit } = watchedMetrics[rule.metric];
        const limit = limitOf(rule, cores);
        if (limit === undefined || readings.size === 0) {
          // an idle machine has no CPU time to be covered
          if (rule.metric !== "coverage") unknown.push(words);
          continue;
        }
        for (const [instance, { value }] of readings) {
          const shown = unit === "spike" ? undefined : value;
          if (isOver({ direction: "above", value: limit }, value)) reasons.push(reasonOf(rule, instance, shown, limit));
        }
      }
      return { reasons, unknown };
    },
  };
}

interface Reading {
  readonly value: number;
  /** Of a mean: what it stands for. */
  readonly seconds: number;
}

function takeReadings({ metric }: TriggerRule, readings: Map<string, Reading>, snapshot: Snapshot, active: readonly Spike[]): void {
  const { flutters, unit, read } = watchedMetrics[metric];
  const { elapsedSeconds: seconds, gap } = snapshot;
  for (const [instance, value] of read(snapshot, active) ?? []) {
    if (value === undefined) continue;
    const before = readings.get(instance);
    if (unit === "spike") readings.set(instance, { value: Math.max(value, before?.value ?? 0), seconds: 0 });
    else if (!flutters) readings.set(instance, { value, seconds: 0 });
    else if (seconds !== undefined && seconds > 0 && !gap) readings.set(instance, mean(before, { value, seconds }));
  }
}

function mean(before: Reading | undefined, { value, seconds }: Reading): Reading {
  if (before === undefined) return { value, seconds };
  const all = before.seconds + seconds;
  return { value: (before.value * before.seconds + value * seconds) / all, seconds: all };
}

/** A spike is 1 or 0: anything in between separates them. */
const spikeLimit = 0.5;

function limitOf({ threshold }: TriggerRule, cores: number | undefined): number | undefined {
  if (threshold === undefined) return spikeLimit;
  if (threshold.perCore !== true) return threshold.value;
  return cores === undefined ? undefined : threshold.value * cores;
}
