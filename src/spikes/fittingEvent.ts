/** Which event a spike may have come from, by time, kind and whose culprit it is; and how that is told. Pure. */

import { namedIn, wholeVerdict } from "../model/culprit.ts";
import { defined } from "../model/defined.ts";
import { type EventKind, eventClause, type MachineEvent } from "../model/machineEvent.ts";
import type { Spike, Verdict } from "../model/spike.ts";
import { lastingText } from "./words.ts";

/** So long after an event a spike may come from it. */
const withinSeconds: Readonly<Record<EventKind, number>> = {
  reboot: 300,
  deployment: 300,
  packages: 120,
  unit_started: 120,
  unit_failed: 120,
  oom_kill: 60,
};
/** An event is known to the second, and a spike begins where its figure was first seen to rise. */
const slackMs = 3000;
/** The longest time before a spike's start in which an event may fit, and the shortest behind it. */
export const eventWindow = { beforeMs: Math.max(...Object.values(withinSeconds)) * 1000, afterMs: slackMs } as const;

/** The one that says most: one about the culprit's own unit, one that somebody told of, another; of several the nearest. */
export function fittingEvent(spike: Spike, events: readonly MachineEvent[]): MachineEvent | undefined {
  const verdict = wholeVerdict(spike);
  const units = new Set(verdict === undefined ? [] : namedIn(verdict).map(({ group }) => group.unit));
  const distance = ({ atMs }: MachineEvent) => Math.abs(spike.startMs - atMs);
  const [best] = events
    .filter((event) => isInTime(spike, event) && isAbout(spike, units, event))
    .sort((a, b) => weight(b, units) - weight(a, units) || distance(a) - distance(b));
  return best;
}

function isInTime({ startMs }: Spike, { atMs, kind }: MachineEvent): boolean {
  return atMs <= startMs + slackMs && atMs >= startMs - withinSeconds[kind] * 1000;
}

/** What happened to a unit explains what that unit does. A kill is no reason for itself. */
function isAbout({ resource }: Spike, units: ReadonlySet<string>, { kind, unit }: MachineEvent): boolean {
  if (kind === "oom_kill" && resource === "oom") return false;
  if (unit !== undefined) return units.has(unit);
  return kind !== "oom_kill";
}

function weight({ kind, unit }: MachineEvent, units: ReadonlySet<string>): number {
  if (unit !== undefined && units.has(unit)) return 2;
  return kind === "deployment" ? 1 : 0;
}

/** The spike with what it may have come from behind its sentences; the same where nothing fits, or it is told already. */
export function withEvent(spike: Spike, events: readonly MachineEvent[]): Spike {
  const event = fittingEvent(spike, events);
  if (event === undefined || spike.verdict === undefined) return spike;
  const told = mention(spike, event);
  const tell = (verdict: Verdict): Verdict =>
    mentions.test(verdict.sentence) ? verdict : { ...verdict, sentence: `${verdict.sentence} ${told}` };
  const { whole } = spike;
  return defined({ ...spike, verdict: tell(spike.verdict), whole: whole && tell(whole) });
}

const mentions = / It began (?:when|\d[^.]* after) /;

function mention({ startMs }: Spike, event: MachineEvent): string {
  const seconds = (startMs - event.atMs) / 1000;
  return `It began ${seconds < 2 ? "when" : `${lastingText(seconds)} after`} ${eventClause(event)}.`;
}
