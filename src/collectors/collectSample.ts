/** Runs every collector once: one failing never takes the others down. */
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { codeOf, reasonOf } from "../model/errors.ts";
import type { CollectorOutcome, Sample, SampleParts, SourceName } from "../model/sample.ts";
import { atOnce, type Steps } from "../model/steps.ts";
import { isDenied } from "../procfs/errors.ts";
import type { Collector } from "./collector.ts";

/** Lets the collectors do what takes long; how many seconds each took. */
export async function prepareSample(collectors: readonly Collector[], clock: Clock): Promise<ReadonlyMap<Collector, number>> {
  const seconds = new Map<Collector, number>();
  for (const collector of collectors) {
    if (collector.prepare === undefined) continue;
    const startedSeconds = clock.monotonicSeconds();
    await collector.prepare(clock);
    seconds.set(collector, clock.monotonicSeconds() - startedSeconds);
  }
  return seconds;
}

/** Takes one Sample, of prepared collectors where there are such. */
export function collectSample(
  collectors: readonly Collector[],
  source: SourceName,
  clock: Clock,
  preparedSeconds: ReadonlyMap<Collector, number> = new Map(),
): Sample {
  return atOnce(collectOneByOne(collectors, source, clock, preparedSeconds));
}

/** The same in steps. */
export function* collectOneByOne(
  collectors: readonly Collector[],
  source: SourceName,
  clock: Clock,
  preparedSeconds: ReadonlyMap<Collector, number> = new Map(),
): Steps<Sample> {
  const takenAtMs = clock.wallMs();
  const monotonicSeconds = clock.monotonicSeconds();
  const parts: Record<string, unknown> = {};
  const outcomes: CollectorOutcome[] = [];
  let startedSeconds = monotonicSeconds;
  for (const collector of collectors) {
    let outcome: Pick<CollectorOutcome, "result" | "reason">;
    try {
      const steps = collector.collectInSteps?.(clock, parts as SampleParts);
      const part = steps === undefined ? collector.collect(clock, parts as SampleParts) : yield* steps;
      if (part !== undefined) parts[collector.part] = part;
      outcome = { result: part === undefined ? "absent" : "ok" };
    } catch (error) {
      outcome = { result: "failed", reason: failureText(error) };
    }
    const endedSeconds = clock.monotonicSeconds();
    const durationSeconds = endedSeconds - startedSeconds + (preparedSeconds.get(collector) ?? 0);
    const skipped = collector.skips?.take();
    outcomes.push(defined({ collector: collector.part, ...outcome, durationSeconds, skipped }));
    yield;
    startedSeconds = clock.monotonicSeconds();
  }
  return Object.freeze({ takenAtMs, monotonicSeconds, source, outcomes, ...(parts as SampleParts) });
}

function failureText(error: unknown): string {
  const message = reasonOf(error);
  if (isDenied(error)) return `permission denied: ${message}`;
  const code = codeOf(error);
  return code === undefined || message.includes(code) ? message : `${code}: ${message}`;
}
