/** What `culprit once` says of a stretch of the past: from its seconds, where they are recorded and not too many. */
import { defined } from "../model/defined.ts";
import type { FilesystemReading } from "../model/devices.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import type { Spike } from "../model/spike.ts";
import { Window } from "../sampler/window.ts";
import { createJudge, type Judge, type JudgedTick } from "../spikes/judge.ts";
import { figuresOf, isCalm, type OnceView, strainOf, watchDevices } from "./onceView.ts";
import type { Stretch } from "./stretch.ts";

/** So much before a stretch is what it is held against. */
export const pastMs = 600_000;
/** Less past than this is no ground to hold anything against. */
const leastPastSeconds = 10;

/** A look back, before it is known what is said of it. */
export type PastView = OnceView & { readonly lookBack: NonNullable<OnceView["lookBack"]> };

/** Where it comes from. */
export interface PastFacts extends Stretch {
  readonly hostname: string;
  readonly source: PastView["lookBack"]["source"];
  /** Those of the stretch, the newest first. */
  readonly spikes: readonly Spike[];
  readonly events: readonly MachineEvent[];
  readonly notes: readonly string[];
}

/** Goes through the seconds, which begin `pastMs` before the stretch; undefined where nothing of it is recorded. */
export async function viewOfSeconds(ticks: AsyncIterable<JudgedTick>, facts: PastFacts): Promise<PastView | undefined> {
  const { fromMs, hostname, source, spikes, events, notes } = facts;
  const window = new Window(Number.POSITIVE_INFINITY, 1);
  const devices = watchDevices();
  const judge = createJudge({ sinceMs: fromMs + 1 });
  let filesystems: readonly FilesystemReading[] | undefined;
  let pastSeconds = 0;
  let beginsAtMs: number | undefined;
  for await (const tick of ticks) {
    judge.add(tick);
    filesystems = tick.host.filesystems ?? filesystems;
    if (tick.takenAtMs <= fromMs) pastSeconds += tick.gap ? 0 : (tick.elapsedSeconds ?? 0);
    else {
      beginsAtMs ??= Math.max(fromMs, Math.round(tick.takenAtMs - (tick.elapsedSeconds ?? 0) * 1000));
      // a line has them only where they have changed
      window.push(filesystems === undefined ? tick : { ...tick, host: { ...tick.host, filesystems } });
      devices.take(tick);
    }
  }
  const stats = window.stats();
  if (stats === undefined || beginsAtMs === undefined) return undefined;
  const figures = figuresOf(stats, devices.uses());
  const { resource: strained, strain } = strainOf(figures);
  const judgement = judged(judge, strained);
  return defined({
    hostname,
    takenAtMs: stats.newest.takenAtMs,
    // a single second that knows no rates is one still
    seconds: stats.coveredSeconds > 0 ? stats.coveredSeconds : 1,
    figures,
    lines: [...stats.groups.values()],
    strained,
    calm: spikes.length === 0 && isCalm(strain) && judgement?.verdict.basis === "use",
    judgement,
    pastSeconds: pastSeconds >= leastPastSeconds ? pastSeconds : undefined,
    notes,
    spikes,
    lookBack: { fromMs: beginsAtMs, source, events },
  });
}

/** Who has risen; where nobody has, who uses most of what strains the machine. */
function judged(judge: Judge, strained: OnceView["strained"]): OnceView["judgement"] {
  const risen = judge.result();
  return risen?.verdict.basis === "use" ? judge.result(strained) : risen;
}
