/** Which triggers a load must fire, and when: told before it begins, so that a link that is missing is seen. Pure. */

import type { TriggerAnswer } from "../api/tellingAnswers.ts";
import { defined } from "../model/defined.ts";
import type { StressKind } from "./load.ts";

/** A load, as far as triggers watch it. */
interface WatchedLoad {
  readonly kind: StressKind;
  readonly processes: number;
  readonly bytes: number;
  readonly cores: number;
  readonly memoryBytes: number;
}

/** A trigger that this load concerns. */
export interface ExpectedTrigger {
  readonly name: string;
  readonly capture: boolean;
  readonly notify: TriggerAnswer["notify"];
  /** It should have fired after so many seconds of the load. */
  readonly withinSeconds: number;
  /** Why it cannot be tried: it fires already, or is in its cooldown. */
  readonly hindered?: string;
}

/** Means over 10 s, and the second that is on its way. */
const settleSeconds = 12;
const detectSeconds = 10;
/** The load of each mean is read every 5 s; a loaded machine is slower. */
const graceSeconds = 15;
const loadMeanSeconds: Readonly<Record<string, number>> = { load1: 60, load5: 300, load15: 900, loadPerCore: 300 };

/** Those that must fire while it lasts, the soonest first. */
export function expectedTriggers(triggers: readonly TriggerAnswer[], load: WatchedLoad, seconds: number): readonly ExpectedTrigger[] {
  const expected = triggers.flatMap((trigger): readonly ExpectedTrigger[] => {
    const crossing = crossingSeconds(trigger, load);
    if (crossing === undefined) return [];
    const withinSeconds = Math.ceil(crossing + trigger.forSeconds + graceSeconds);
    if (withinSeconds > seconds) return [];
    const { name, capture, notify } = trigger;
    const hindered = hindranceOf(trigger);
    return [defined({ name, capture, notify, withinSeconds, hindered })];
  });
  return expected.sort((a, b) => a.withinSeconds - b.withinSeconds);
}

function hindranceOf({ state }: TriggerAnswer): string | undefined {
  if (state === "firing") return "it fires already";
  return state === "held" ? "it is in the cooldown of its last firing" : undefined;
}

/** After how many seconds of the load a trigger is beyond its threshold; undefined when it is not, or nobody can tell. */
function crossingSeconds({ metric, direction, threshold, value }: TriggerAnswer, load: WatchedLoad): number | undefined {
  const spikes = spikesOf[load.kind];
  if (metric === "spike" || spikes.some((resource) => metric === `${resource}Spike`)) return detectSeconds;
  if (direction !== "above" || threshold === null || value === null) return undefined;
  const burns = load.kind === "cpu" || load.kind === "fork-storm";
  const meanSeconds = loadMeanSeconds[metric];
  if (burns && meanSeconds !== undefined) {
    const wanting = metric === "loadPerCore" ? load.processes / load.cores : load.processes;
    if (value > threshold) return 0;
    // the mean comes nearer to what there is by the same part in each second
    return wanting > threshold ? meanSeconds * Math.log((wanting - value) / (wanting - threshold)) : undefined;
  }
  if (burns && metric === "cpu") return load.processes >= load.cores && threshold < 0.97 ? settleSeconds : undefined;
  if (load.kind === "cpu" && metric === "runningTasks") return load.processes > threshold ? settleSeconds : undefined;
  if (load.kind === "memory" && metric === "memory") {
    return value + load.bytes / load.memoryBytes > threshold ? detectSeconds : undefined;
  }
  return undefined;
}

/** The resources in which a load can be noticed; the first one is the one that it is about. */
export const spikesOf: Readonly<Record<StressKind, readonly string[]>> = {
  cpu: ["cpu", "load", "pressure"],
  memory: ["memory"],
  io: ["io", "pressure"],
  "fork-storm": ["cpu", "load", "pressure"],
};
