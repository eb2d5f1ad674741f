/** Whom the kernel killed for memory, why, and who had filled it, as a person says it. */
import { groupId } from "../model/group.ts";
import type { OomKill } from "../model/oomKill.ts";
import { listText, scaled } from "../text.ts";
import type { Growth } from "./memoryPast.ts";
import { lastingText, lineText, nameText, shortText } from "./words.ts";

interface OomSentenceFacts {
  /** The oldest first. */
  readonly kills: readonly OomKill[];
  readonly count: number;
  /** Who has grown, most first. */
  readonly grown: readonly Growth[];
  /** How long before that is known. */
  readonly knownSeconds: number;
}

const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB"];
const mostVictims = 3;
/** Of less past nothing is to be said. */
const leastKnownSeconds = 5;
/** A second one is worth naming that grew by half as much. */
const besidePart = 0.5;

/** One sentence. Limits are set in MiB, so memory is told in them here. */
export function oomSentence({ kills, count, grown, knownSeconds }: OomSentenceFacts): string {
  const [first] = kills;
  if (first === undefined) return "";
  const end = `${reasonText(first)}${grownText(grown, knownSeconds)}.`;
  if (count > 1) return `The kernel killed ${count} processes for memory, ${victimsText(kills, count)}: ${end}`;
  if (first.group.kind !== "process") return `The kernel killed a process${placeText(first)} for memory and has not said which: ${end}`;
  const who = lineText({ ...first, pids: first.pid === undefined ? [] : [first.pid], share: 1, from: 0, to: 0 });
  if (first.isGuess !== true) return `The kernel killed ${who} for memory: ${end}`;
  const held = first.residentBytes === undefined ? "" : ` and had held ${binaryText(first.residentBytes)}`;
  return `The kernel killed a process for memory, most likely ${who}, which was gone then${held}: ${end}`;
}

/** `512 MiB`. */
function binaryText(bytes: number): string {
  const { amount, step, unit } = scaled(bytes, 1024, binaryUnits);
  return `${step === 0 || amount >= 9.95 ? Math.round(amount) : Number(amount.toFixed(1))} ${unit}`;
}

function placeText({ group: { unit, container } }: OomKill): string {
  if (container !== "") return ` of container ${container}`;
  return unit === "" ? "" : ` of unit ${unit}`;
}

/** Each group once, with how often. */
function victimsText(kills: readonly OomKill[], count: number): string {
  const byGroup = new Map<string, { readonly kill: OomKill; times: number }>();
  for (const kill of kills) {
    const known = byGroup.get(groupId(kill.group));
    if (known === undefined) byGroup.set(groupId(kill.group), { kill, times: 1 });
    else known.times++;
  }
  const told = [...byGroup.values()].slice(0, mostVictims);
  const names = told.map(({ kill, times }) => `${shortText(kill)}${times > 1 ? ` ${times} times` : ""}`);
  const more = count - told.reduce((sum, { times }) => sum + times, 0);
  return listText(more > 0 ? [...names, `${more} more`] : names);
}

function reasonText({ isOfMachine, isLimitAbove, limitCgroup, limitBytes }: OomKill): string {
  if (isOfMachine === true) return "the machine had no memory left";
  if (limitCgroup === undefined) return "whose limit was reached is not known";
  const limit = limitBytes === undefined ? "" : ` of ${binaryText(limitBytes)}`;
  return isLimitAbove === true
    ? `the cgroup ${limitCgroup}, above its own, was at its limit${limit}`
    : `its cgroup was at its limit${limit}`;
}

function grownText(grown: readonly Growth[], knownSeconds: number): string {
  const [first, second] = grown;
  if (first === undefined || knownSeconds < leastKnownSeconds) return "";
  const before = `; in the ${lastingText(Math.min(600, knownSeconds))} before, `;
  const by = ({ fromBytes, toBytes }: Growth) => binaryText(toBytes - fromBytes);
  const isBeside = second !== undefined && second.toBytes - second.fromBytes >= besidePart * (first.toBytes - first.fromBytes);
  const also = isBeside ? ` and ${nameText(second.group)} by ${by(second)}` : "";
  return `${before}${nameText(first.group)} had grown by ${by(first)}${also}`;
}
