/** Who is told of every tick. */
import type { StateEvent } from "../api/answers.ts";
import type { CaptureService } from "../capture/captureService.ts";
import type { Events } from "../metrics/events.ts";
import { oomKillCount } from "../metrics/oomKills.ts";
import type { Sampling } from "../sampler/sampling.ts";
import type { MetricsLog } from "./metricsLog.ts";
import type { RecordedPast } from "./recordedPast.ts";
import type { Telling } from "./telling.ts";

interface Followers {
  readonly past: RecordedPast;
  readonly telling: Telling;
  readonly capture: Pick<CaptureService, "queue" | "archives">;
  readonly events: Events;
  readonly metricsLog: Pick<MetricsLog, "take"> | undefined;
  /** Hands the second to the pages; the state is made when there is one. */
  readonly publish: (takenAtMs: number, line: string, state: () => StateEvent) => void;
  /** What the page says at its top. */
  readonly notes: () => readonly string[];
}

/** One after the other, so that others may have a turn between them where a tick takes long. */
export function followTicks(sampling: Sampling, followers: Followers): void {
  const { past, telling, events, metricsLog, publish } = followers;
  const countOomKills = oomKillCount(events.oomKills);
  let line = "";
  sampling.subscribeInSteps(function* (tick) {
    const { snapshot, durationSeconds } = tick;
    events.sampleDuration.observe(durationSeconds);
    const usage = snapshot.host.cpu?.usageRatio;
    if (usage !== undefined && !snapshot.gap) events.cpuSampleUsage.observe(usage);
    if (snapshot.oomKills !== undefined) countOomKills(snapshot.oomKills);
    line = yield* past.take(tick, telling.triggers.isAnyFiring);
  });
  sampling.subscribe(({ snapshot }) => telling.take(snapshot, past.spikes.active()));
  if (metricsLog !== undefined) sampling.subscribe((tick) => metricsLog.take(tick));
  sampling.subscribe(({ snapshot }) => publish(snapshot.takenAtMs, line, () => stateOf(followers)));
}

/** What lasts right now, for the live page: it asks for more when this changes. */
function stateOf({ past: { spikes, events }, telling: { triggers }, capture: { queue, archives }, notes }: Followers): StateEvent {
  const { count, latest } = archives.figures();
  return {
    spikes: spikes.active(),
    strained: spikes.strained(),
    firing: triggers.status().flatMap(({ rule, state }) => (state === "firing" ? [rule.name] : [])),
    archives: { pending: queue.pending().length, count, latest: latest[0]?.id },
    notes: notes(),
    events: events.revision,
  };
}
