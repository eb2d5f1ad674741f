/** What the report of `culprit once` says of who it is, or was, and what that rests on. Pure. */
import { compareTelling, culpritNow, wholeVerdict } from "../model/culprit.ts";
import { eventNames, type MachineEvent } from "../model/machineEvent.ts";
import type { Spike } from "../model/spike.ts";
import { resourceNames } from "../model/spikeResource.ts";
import { durationText, utcSpanText, utcStamp } from "../text.ts";
import type { OnceView } from "./onceView.ts";
import type { Tone } from "./terminalText.ts";

interface Paragraph {
  readonly text: string;
  readonly tone: Tone;
}

/** More spikes of the past are only counted: a night may have hundreds. */
const mostSpikes = 20;
const mostEvents = 10;

/** The paragraphs; empty ones say nothing. */
export function verdictTexts(view: OnceView): readonly Paragraph[] {
  const { judgement, spikes, suffering, lookBack, notes = [] } = view;
  const told = lookBack === undefined ? presentTexts(view) : pastTexts(view, lookBack);
  const isSpike = spikes.some((spike) => isTold(spike) && (lookBack !== undefined || spike.endMs === undefined));
  const basis = judgement === undefined || isSpike || suffering !== undefined ? "" : basisOf(view);
  return [
    ...told,
    ...eventTexts(lookBack?.events ?? []),
    { text: basis, tone: "quiet" },
    ...notes.map((note): Paragraph => ({ text: `Note: ${note}.`, tone: "warning" })),
  ];
}

function presentTexts({ judgement, spikes, suffering, calm }: OnceView): readonly Paragraph[] {
  const lasting = spikes.filter((spike) => spike.endMs === undefined && isTold(spike)).sort(compareTelling);
  const over = spikes.filter((spike) => spike.endMs !== undefined && isTold(spike));
  const sentences =
    lasting.length > 0
      ? [...lasting.map(({ verdict }) => verdict?.sentence ?? ""), culpritNow(spikes, suffering)?.besides ?? ""].filter((one) => one !== "")
      : [suffering?.sentence ?? judgement?.verdict.sentence ?? ""].filter((one) => one !== "");
  const lead = calm && lasting.length === 0 ? "All is calm. " : "";
  const main = sentences.length === 0 ? ["Nothing could be read yet that a verdict could rest on."] : sentences;
  return [
    ...main.map((sentence, index): Paragraph => ({ text: `${index === 0 ? lead : ""}${sentence}`, tone: calm ? "plain" : "strong" })),
    ...over.map(({ verdict }): Paragraph => ({ text: `Over again: ${verdict?.sentence ?? ""}`, tone: "plain" })),
  ];
}

function pastTexts({ judgement, spikes, calm }: OnceView, { source }: NonNullable<OnceView["lookBack"]>): readonly Paragraph[] {
  const told = spikes.filter(isTold).sort((a, b) => a.startMs - b.startMs);
  if (told.length > 0) {
    const more = told.length - mostSpikes;
    return [
      ...told.slice(0, mostSpikes).map((spike): Paragraph => ({ text: spikeText(spike), tone: "strong" })),
      { text: more > 0 ? `${more} more spikes were noticed in that time; --json has all of them.` : "", tone: "plain" },
    ];
  }
  const sentence = judgement?.verdict.sentence;
  if (sentence !== undefined) return [{ text: `${calm ? "All was calm. " : ""}${sentence}`, tone: calm ? "plain" : "strong" }];
  return [{ text: source.kind === "table" ? "" : "No spike was noticed in that time.", tone: "plain" }];
}

/** What happened on the machine meanwhile: a start, a failed unit, a deployment. */
function eventTexts(events: readonly MachineEvent[]): readonly Paragraph[] {
  const more = events.length - mostEvents;
  return [
    ...events
      .slice(0, mostEvents)
      .map(({ atMs, kind, text }): Paragraph => ({ text: `${utcStamp(atMs)} ${eventNames[kind]}: ${text}.`, tone: "plain" })),
    { text: more > 0 ? `${more} more events; --json has all of them.` : "", tone: "plain" },
  ];
}

/** `CPU, 2026-11-21 15:39:10 to 15:39:58 UTC: ...`. */
function spikeText(spike: Spike): string {
  const { resource, startMs, endMs } = spike;
  const when = endMs === undefined ? `from ${utcStamp(startMs)} on` : utcSpanText(startMs, endMs);
  const name = resourceNames[resource];
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}, ${when}: ${wholeVerdict(spike)?.sentence ?? ""}`;
}

function isTold({ verdict }: Spike): boolean {
  return verdict !== undefined;
}

/** Without a past to compare with, nothing is said of a rise. */
function basisOf({ seconds, pastSeconds, lookBack }: OnceView): string {
  if (lookBack !== undefined) {
    if (pastSeconds === undefined) return "Who used most, not who rose: too little is recorded of the time before.";
    return `These ${secondsText(seconds)}, held against the ${durationText(pastSeconds)} before.`;
  }
  if (pastSeconds === undefined) {
    return `Who uses most, not who rose: nothing was seen of the time before these ${secondsText(seconds)}. --seconds=15 or more leaves a past to compare with.`;
  }
  const now = secondsText(Math.max(1, seconds - pastSeconds));
  return `The last ${now}, held against the ${secondsText(pastSeconds)} before.`;
}

/** `4.9 s`, `30 s`. */
export function secondsText(seconds: number): string {
  return seconds < 9.5 ? `${Number(seconds.toFixed(1))} s` : `${Math.round(seconds)} s`;
}
