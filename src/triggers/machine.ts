/**
 * One threshold as a state machine. Pure: time comes in with the readings, in seconds that never jump.
 *
 *     calm -> pending -> firing -> calm        over the threshold for as long as the rule says, and back for a minute
 *                  `---> held ---> firing      the same within the cooldown of the last firing: it fires when that has passed, if it lasts
 *
 * What is not known counts neither for nor against: seconds that were not seen are not counted (an overloaded machine stalls Culprit,
 * too), after a long gap all counting begins anew, and a firing ends only when its end was seen, or nothing was seen for long.
 */
import { defined } from "../model/defined.ts";
import type { TriggerThreshold } from "../model/trigger.ts";

/** What the machine must know of a rule. */
export interface MachineRule {
  readonly forSeconds: number;
  readonly cooldownSeconds: number;
}

interface MachineReading {
  readonly atSeconds: number;
  /** Beyond the threshold; undefined where the figure is not known. */
  readonly over: boolean | undefined;
  /** So long nobody looked before this reading; 0 when it came in its turn. */
  readonly gapSeconds: number;
}

/** How it stands. */
export interface MachineState {
  readonly phase: "calm" | "pending" | "held" | "firing";
  /** Since when it is over; means nothing when calm. */
  readonly sinceSeconds: number;
  /** How much of the time since then nobody has seen, of what is pending. */
  readonly unseenSeconds: number;
  /** Since when it is back, of what is held or firing. */
  readonly backSinceSeconds?: number;
  readonly lastKnownSeconds: number;
  /** The end of the cooldown. */
  readonly quietUntilSeconds?: number;
}

/** What a reading has brought about. */
export type MachineChange =
  | { readonly kind: "fired"; readonly sinceSeconds: number }
  | { readonly kind: "resolved"; readonly sinceSeconds: number; readonly endSeconds: number; readonly unseen: boolean };

/** A state, and the change that led to it if it is one to tell of. */
interface MachineStep {
  readonly state: MachineState;
  readonly change?: MachineChange;
}

/** So long it must be back before a firing has ended: what flutters around its threshold is one firing. */
export const backSeconds = 60;
/** So long a figure may be unknown without anything being counted anew. */
const hiccupSeconds = 5;
/** After so long without a reading a firing is given up: whether it goes on is unknown. */
const blindSeconds = 900;
/** After so long a gap all counting begins anew. */
export const longGapSeconds = 120;

/** The state before the first reading. */
export function startState(atSeconds: number): MachineState {
  return { phase: "calm", sinceSeconds: atSeconds, unseenSeconds: 0, lastKnownSeconds: atSeconds };
}

/** True beyond the threshold; exactly at it is not beyond. */
export function isOver({ direction, value: limit }: Pick<TriggerThreshold, "direction" | "value">, value: number): boolean {
  return direction === "above" ? value > limit : value < limit;
}

/** Takes the next reading in. */
export function step(state: MachineState, rule: MachineRule, reading: MachineReading): MachineStep {
  const { atSeconds, over, gapSeconds } = reading;
  const before = gapSeconds > 0 ? afterGap(state, gapSeconds) : state;
  if (over === undefined) return stepUnknown(before, rule, atSeconds);
  const known = { ...before, lastKnownSeconds: atSeconds };
  return over ? stepOver(known, rule, atSeconds) : stepBack(known, rule, atSeconds);
}

function stepOver(state: MachineState, rule: MachineRule, atSeconds: number): MachineStep {
  const { phase, quietUntilSeconds = Number.NEGATIVE_INFINITY } = state;
  if (phase === "firing") return { state: withoutBack(state) };
  const sinceSeconds = phase === "calm" ? atSeconds : state.sinceSeconds;
  const unseenSeconds = phase === "calm" ? 0 : state.unseenSeconds;
  const next = { ...withoutBack(state), sinceSeconds, unseenSeconds };
  if (phase !== "held" && atSeconds - sinceSeconds - unseenSeconds < rule.forSeconds) return { state: { ...next, phase: "pending" } };
  if (atSeconds < quietUntilSeconds) return { state: { ...next, phase: "held" } };
  return { state: { ...next, phase: "firing" }, change: { kind: "fired", sinceSeconds } };
}

function stepBack(state: MachineState, rule: MachineRule, atSeconds: number): MachineStep {
  if (state.phase === "calm" || state.phase === "pending") return { state: { ...state, phase: "calm" } };
  const { backSinceSeconds = atSeconds } = state;
  if (atSeconds - backSinceSeconds < backSeconds) return { state: { ...state, backSinceSeconds } };
  return end(state, rule, backSinceSeconds, false);
}

function stepUnknown(state: MachineState, rule: MachineRule, atSeconds: number): MachineStep {
  const unknownSeconds = atSeconds - state.lastKnownSeconds;
  if (unknownSeconds <= hiccupSeconds) return { state };
  if (unknownSeconds <= blindSeconds) return { state: withoutEvidence(state) };
  return state.phase === "calm" ? { state } : end(state, rule, state.lastKnownSeconds, true);
}

/** A firing ends, and its cooldown begins where it did; what was held has never been heard of. */
function end(state: MachineState, rule: MachineRule, endSeconds: number, unseen: boolean): MachineStep {
  const calm: MachineState = { ...withoutBack(state), phase: "calm" };
  if (state.phase !== "firing") return { state: calm };
  return {
    state: { ...calm, quietUntilSeconds: endSeconds + rule.cooldownSeconds },
    change: { kind: "resolved", sinceSeconds: state.sinceSeconds, endSeconds, unseen },
  };
}

function afterGap(state: MachineState, gapSeconds: number): MachineState {
  if (gapSeconds >= longGapSeconds) return withoutEvidence(state);
  const { backSinceSeconds, unseenSeconds, lastKnownSeconds } = state;
  return defined({
    ...state,
    unseenSeconds: unseenSeconds + gapSeconds,
    lastKnownSeconds: lastKnownSeconds + gapSeconds,
    backSinceSeconds: backSinceSeconds === undefined ? undefined : backSinceSeconds + gapSeconds,
  });
}

function withoutEvidence(state: MachineState): MachineState {
  return state.phase === "pending" ? { ...state, phase: "calm" } : withoutBack(state);
}

function withoutBack({ backSinceSeconds: _, ...state }: MachineState): MachineState {
  return state;
}
