/** What is said of a run that had no orderly end: when it ended, and what the machine was like before. Pure. */

import type { Verdict } from "../model/spike.ts";
import { utcText } from "../text.ts";
import { lastingText, percentText } from "./words.ts";

/** What is known of the last seconds before it. */
export interface LastSeconds {
  /** The machine has started anew since; else only Culprit ended. */
  readonly isMachine: boolean;
  readonly server: string;
  /** The last recorded second, and the first that is missing. */
  readonly lastMs: number;
  readonly nextMs: number;
  /** Used memory in the last second, and the least of the minutes before, 0..1. */
  readonly memoryRatio?: number | undefined;
  readonly leastMemoryRatio?: number | undefined;
  /** Who held most memory in the last second. */
  readonly holder?: { readonly name: string; readonly ratio: number } | undefined;
  /** The last one that the kernel had killed for memory, in words, and how long before. */
  readonly kill?: { readonly text: string; readonly secondsBefore: number } | undefined;
  /** The kernel says that it has killed Culprit itself for memory. */
  readonly isKilledForMemory?: boolean;
  /** Who it was, by the spike that lasted then or by what had risen. */
  readonly verdict?: Verdict | undefined;
}

const fullMemoryRatio = 0.9;
const leastRise = 0.05;

/** `web1 stopped without a shutdown between ... and ...; before that memory rose to 99 %, java held 71 %`, without a full stop. */
export function endText(end: LastSeconds): string {
  const { isMachine, server, lastMs, nextMs, kill, isKilledForMemory = false } = end;
  const ended = isKilledForMemory ? "was killed by the kernel for memory" : "was killed or crashed";
  const what = isMachine ? `${server} stopped without a shutdown` : `Culprit on ${server} ${ended}`;
  const times = `between ${utcText(lastMs).replace(" UTC", "")} and ${utcText(nextMs).slice(11)}`;
  const killed = kill === undefined ? "" : `${lastingText(kill.secondsBefore)} before, ${kill.text}; `;
  return `${what} ${times}; ${killed}${beforeText(end)}`;
}

/** Memory that is nearly full says more than what rose: whatever rises then may be what has no memory. */
function beforeText({ memoryRatio, leastMemoryRatio, holder, verdict }: LastSeconds): string {
  if (memoryRatio !== undefined && memoryRatio >= fullMemoryRatio) {
    const rose = memoryRatio - (leastMemoryRatio ?? memoryRatio) >= leastRise;
    const held = holder === undefined ? "" : `, ${holder.name} held ${percentText(holder.ratio)}`;
    return `before that memory ${rose ? "rose to" : "stood at"} ${percentText(memoryRatio)}${held}`;
  }
  if (verdict === undefined) return "what it was like before is not recorded";
  return `before that: ${verdict.sentence.replace(/\.$/, "")}`;
}
