/** The verdict as a person says it. */
import { culpritName, isSomebody, namedIn } from "../model/culprit.ts";
import { waitsForOwnChild } from "../model/ownChild.ts";
import type { SpikeChapter, Verdict, VerdictShare } from "../model/spike.ts";
import { aspectNames, resourceNames } from "../model/spikeResource.ts";
import { listText } from "../text.ts";
import type { Signal } from "./figures.ts";
import { figureText, lastingText, lineText, nameText, percentText, rangeText, shortText } from "./words.ts";

/** What is to be said. */
export interface SentenceFacts extends Pick<Signal, "resource" | "aspect" | "unit"> {
  readonly from: number | undefined;
  readonly to: number;
  readonly cores: number;
  readonly shares: readonly VerdictShare[];
  readonly seconds: number;
  readonly lasting: boolean;
  readonly growing: boolean;
  readonly basis?: Verdict["basis"] | undefined;
  readonly knownSeconds?: number | undefined;
}

const mainShare = 0.5;
/** More chapters than these are counted only. */
const mostTold = 3;
/** So little quiet past has to be mentioned. */
const littleKnownSeconds = 60;
/** Memory that grows for so long is more than a start. */
const longGrowthSeconds = 300;

/** One sentence, seldom two. */
export function sentenceOf(facts: SentenceFacts): string {
  const main = facts.basis === undefined ? riseSentence(facts) : unrisenSentence(facts);
  return [main, ...growth(facts), ...caveat(facts)].join(" ");
}

/** Who came before the one of now: " First it was `dd` for 2 min, then `tar` for 40 s." Empty where there was nobody. */
export function beforeText(closed: readonly SpikeChapter[]): string {
  if (closed.length === 0) return "";
  const parts = chapterTexts(closed);
  return ` ${parts.length > mostTold ? "Before that" : "First"} it was ${parts.slice(-mostTold).join(", then ")}.`;
}

/** A spike that is over, chapter by chapter: " First `dd` for 2 min, then `tar` for 40 s." */
export function chaptersText(chapters: readonly SpikeChapter[]): string {
  if (chapters.length < 2) return "";
  const parts = chapterTexts(chapters);
  const more = parts.length > mostTold ? `, and ${parts.length - mostTold} more` : "";
  return parts.length < 2 ? "" : ` First it was ${parts.slice(0, mostTold).join(", then ")}${more}.`;
}

/** Who it is in a few words, for a subject: `71 % of the rise is pg_dump`. */
export function whoText(verdict: Verdict, isOver = false): string {
  const named = namedIn(verdict);
  const name = culpritName(verdict);
  if (named.length === 0) return name;
  const share = percentText(named.reduce((sum, one) => sum + one.share, 0));
  if (verdict.basis === "demand") return `${name} ${isOver ? "wanted" : "wants"} the CPU most`;
  return `${share} of ${verdict.basis === "use" ? "it" : "the rise"} ${isOver ? "was" : "is"} ${name}`;
}

/** Since when a machine suffers. */
export function sinceText({ sinceMs, fromStart }: { readonly sinceMs: number; readonly fromStart: boolean }, nowMs: number): string {
  const seconds = (nowMs - sinceMs) / 1000;
  if (!fromStart) return `It has been so for ${lastingText(seconds)}.`;
  return `It was so already when Culprit began to look, ${lastingText(seconds)} ago.`;
}

/** Says that the one who is named is gone. */
export function goneText(share: VerdictShare, seconds: number | undefined): string {
  return ` ${capital(nameText(share.group))} has been gone for ${seconds === undefined ? "more than a minute" : lastingText(seconds)}.`;
}

/** Who it was and for how long; chapters of the same ones that follow each other are told as one. */
function chapterTexts(chapters: readonly SpikeChapter[]): readonly string[] {
  const told: { readonly who: string; seconds: number }[] = [];
  for (const { fromMs, toMs = fromMs, verdict } of chapters) {
    const named = namedIn(verdict).map(({ group }) => nameText(group));
    const who = named.length === 0 ? "nobody in particular" : listText(named);
    const last = told.at(-1);
    if (last?.who === who) last.seconds += (toMs - fromMs) / 1000;
    else told.push({ who, seconds: (toMs - fromMs) / 1000 });
  }
  return told.map(({ who, seconds }) => `${who} for ${lastingText(seconds)}`);
}

function riseSentence(facts: SentenceFacts): string {
  const { shares } = facts;
  const culprits = shares.filter((share) => isSomebody(share) && share.waiting === undefined && share.helping === undefined);
  const [waiting] = shares.filter((share) => share.waiting !== undefined);
  if (waiting !== undefined && waiting.share > (culprits[0]?.share ?? 0)) return waitingSentence(facts, waiting);
  const [first, second] = namedIn({ shares });
  if (first !== undefined && second === undefined) {
    return `${capital(lineText(first))} ${verb(facts, first.group.kind !== "process")} ${percentText(first.share)} of ${riseText(facts)}${victims(shares)}.`;
  }
  if (first !== undefined && second !== undefined) {
    const parts = `${percentText(first.share)} and ${percentText(second.share)}`;
    return `${capital(lineText(first))} and ${lineText(second)} ${verb(facts, true)} ${parts} of ${riseText(facts)}${victims(shares)}.`;
  }
  const unknown = shares.find(({ group }) => group.kind === "unattributed")?.share ?? 0;
  if (unknown >= mainShare) return unknownSentence(facts, unknown, culprits[0]);
  const largest = culprits.slice(0, 3).map((share) => `${shortText(share)} with ${percentText(share.share)}`);
  const parts =
    largest.length === 0 ? "" : `; the largest ${largest.length === 1 ? "part is that of" : "parts are those of"} ${listText(largest)}`;
  return `No single process ${verb(facts)} ${riseText(facts)}${parts}${victims(shares)}.`;
}

/** Most of it cannot be attributed to anybody. */
function unknownSentence(facts: SentenceFacts, unknown: number, first: VerdictShare | undefined): string {
  const why = {
    memory: "the kernel's own memory, or files in a tmpfs",
    io: "kernel writeback or unreadable processes",
    cpu: "",
    load: "tasks that came and went unseen",
    pressure: "",
  }[facts.resource];
  const known =
    first === undefined ? "" : `; the largest part that is known is that of ${lineText(first)} with ${percentText(first.share)}`;
  return `${capital(percentText(unknown))} of ${riseText(facts)} could not be traced${why === "" ? "" : ` (${why})`}${known}.`;
}

/** Tasks that wait and nobody who keeps them waiting. */
function waitingSentence(facts: SentenceFacts, { waitChannels = [], ...share }: VerdictShare): string {
  const verbText = facts.lasting ? "makes" : "made";
  const where = waitChannels.length === 0 ? "" : ` (in ${listText(waitChannels)})`;
  return `${capital(lineText(share))} ${verbText} ${percentText(share.share)} of ${riseText(facts)} by waiting in uninterruptible sleep${where}, not by working; whom it ${facts.lasting ? "waits" : "waited"} for was not seen.`;
}

/** Those who suffer, behind the one who made them. A parent that waits for its own child to start suffers from nobody. */
function victims(shares: readonly VerdictShare[]): string {
  const waiting = shares.filter((share) => share.waiting !== undefined && !waitsForOwnChild(share)).slice(0, 3);
  const helping = shares.filter((share) => share.helping !== undefined).slice(0, 2);
  const channels = [...new Set(waiting.flatMap(({ waitChannels = [] }) => waitChannels))].slice(0, 2);
  const inText = channels.length === 0 ? "" : ` (in ${listText(channels)})`;
  const texts = [
    ...(waiting.length === 0 ? [] : [`${listText(waiting.map(({ group }) => nameText(group)))} had to wait for it${inText}`]),
    ...(helping.length === 0 ? [] : [`the kernel's ${listText(helping.map(({ group }) => nameText(group)))} worked for it`]),
  ];
  return texts.length === 0 ? "" : `; ${texts.join(", ")}`;
}

/** Nothing has risen: who wants or uses most. */
function unrisenSentence({ basis, resource, aspect, unit, from, to, cores, shares, lasting }: SentenceFacts): string {
  const [first] = shares.filter(isSomebody);
  const unknown = shares.find(({ group }) => group.kind === "unattributed")?.share ?? 0;
  const level = resource === "cpu" ? `${figureText(to, unit).replace(/ cores?$/, "")} of ${cores} cores` : figureText(to, unit);
  if (basis === "demand") {
    const busy = `All CPUs are busy (${level}) and nothing can rise`;
    if (unknown >= mainShare) return `${busy}; ${percentText(unknown)} of the runnable tasks could not be traced.`;
    if (first === undefined) return `${busy}; who wants them was not seen.`;
    return `${busy}: ${lineText(first)} ${lasting ? "wants" : "wanted"} most, with ${percentText(first.share)} of the runnable tasks.`;
  }
  const what = whatText(resource, aspect);
  const state =
    from === undefined ? `${capital(what)}: ${level}` : `Nothing has risen: ${what} ${resource === "io" ? "are" : "is"} ${level}`;
  if (unknown >= mainShare) {
    const known =
      first === undefined ? "" : `; the largest part that is known is that of ${lineText(first)} with ${percentText(first.share)}`;
    return `${state}; ${percentText(unknown)} of it could not be traced${known}.`;
  }
  if (first === undefined) return `${state}; no process has a part in it.`;
  const amount = resource === "pressure" ? "" : `${figureText(first.to, unit)}, `;
  return `${state}; ${lineText(first)} uses the most (${amount}${percentText(first.share)} of what lines use).`;
}

function riseText({ resource, aspect, unit, from, to, seconds }: SentenceFacts): string {
  return `the rise in ${whatText(resource, aspect)} from ${rangeText(from ?? 0, to, unit)} for ${lastingText(seconds)}`;
}

function whatText(resource: SentenceFacts["resource"], aspect: SentenceFacts["aspect"]): string {
  if (resource === "io") return aspectNames[aspect === "reads" ? "reads" : "writes"];
  if (resource === "pressure") return aspectNames[aspect === "cpu" || aspect === "memory" ? aspect : "io"];
  return resource === "load" ? "load" : `${resourceNames[resource]} use`;
}

function growth({ resource, growing, basis, seconds, from, to, lasting }: SentenceFacts): readonly string[] {
  if (resource !== "memory" || basis !== undefined || !growing || seconds < longGrowthSeconds || from === undefined) return [];
  const perMinute = figureText(((to - from) / seconds) * 60, "bytes");
  return [lasting ? `It still grows, by ${perMinute} a minute.` : `It grew to the end, by ${perMinute} a minute.`];
}

function caveat({ knownSeconds, basis }: SentenceFacts): readonly string[] {
  if (knownSeconds === undefined || knownSeconds >= littleKnownSeconds || basis !== undefined) return [];
  return [`Baseline: only ${lastingText(knownSeconds)} of history.`];
}

function verb({ lasting }: SentenceFacts, plural = false): string {
  if (!lasting) return "caused";
  return plural ? "have caused" : "has caused";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
