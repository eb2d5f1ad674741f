/**
 * Who led a spike from when to when: a long one may begin as one program's and go on as another's.
 *
 * The last seconds are judged by themselves every few seconds. Where somebody else leads them clearly, and the one that led before hardly
 * has a part in them, a chapter ends and the next one begins with the second in which the new one overtook.
 */

import { isSomebody, namedIn } from "../model/culprit.ts";
import { type GroupUsage, groupId } from "../model/group.ts";
import type { SpikeChapter, Verdict, VerdictShare } from "../model/spike.ts";
import type { Moment } from "./history.ts";
import { Tally } from "./tally.ts";

/** So much of the present is judged by itself, so often. */
const presentSeconds = 8;
const everySeconds = 3;
/** The new leader has half of it; the former one has less than this of it. */
const leadingShare = 0.5;
const lostShare = 0.25;
/** A chapter that nobody led ends only when somebody has led for so many looks: at first nothing is clear. */
const looksAfterNobody = 3;
/** Of one that somebody led another must lead twice, or the one before must be gone: a second's gust is no chapter. */
const looksAfterSomebody = 2;
/** One that somebody led ends without a successor when for so many looks hardly anything of it was that one's. */
const looksWithoutLeader = 3;
/** Who is named beside another and has less than this of the present did it before. */
const idleShare = 0.1;
/** One whose group is missing for fewer ticks may only be between two processes of the same name. */
const leastGoneMoments = 2;
const mostChapters = 20;

/** How the present is looked at. */
interface Look {
  /** Moments of the last minute, the oldest first. */
  readonly moments: readonly Moment[];
  judge(tally: Tally, seconds: number, lasting: boolean): Verdict | undefined;
  /** It comes in gusts: in a few seconds anybody may lead, or nobody. */
  readonly inGusts: boolean;
  /** What a line of a tick has more than before, in what the spike is about. */
  riseOf(group: GroupUsage): number;
}

/** Follows one spike. */
export class Chapters {
  readonly #closed: SpikeChapter[] = [];
  #fromMs: number;
  #tally = new Tally();
  #leader: string | undefined;
  #rivalLooks = 0;
  #lostLooks = 0;
  #sinceLook = 0;

  constructor(startMs: number) {
    this.#fromMs = startMs;
  }

  /** What the running chapter has added up. */
  get tally(): Tally {
    return this.#tally;
  }

  /** When the running chapter began. */
  get fromMs(): number {
    return this.#fromMs;
  }

  /** Those that are over, the oldest first. */
  get closed(): readonly SpikeChapter[] {
    return this.#closed;
  }

  /** Takes what was written before the start. */
  addEarlier({ snapshot, seconds }: Moment): void {
    this.#tally.addEarlier(snapshot, seconds);
  }

  /** Takes a tick in that was not calm. */
  add({ snapshot, seconds, figures }: Moment): void {
    this.#tally.add(snapshot, seconds, figures);
    this.#sinceLook += seconds;
  }

  /** True when the present is to be judged again: every few seconds, and before a verdict is told. */
  isDue(isToldNow: boolean): boolean {
    return (isToldNow || this.#sinceLook >= everySeconds - 0.5) && this.#closed.length < mostChapters - 1;
  }

  /** Looks at the present. True when another chapter has begun. */
  look(look: Look): boolean {
    const { moments, judge } = look;
    this.#sinceLook = 0;
    const newestMs = moments.at(-1)?.snapshot.takenAtMs ?? 0;
    const named = namesOf(judge(this.#tally, (newestMs - this.#fromMs) / 1000, true));
    const former = this.#leader ?? named[0];
    const present = this.#presentOf(look, newestMs, [former, ...named]);
    const { shares, basis } = judge(tallyOf(present), presentSeconds, true) ?? { shares: [] };
    if (shares.length === 0) return false;
    const shareOf = (id: string | undefined) => shares.find(({ group }) => groupId(group) === id)?.share ?? 0;
    const leader = basis === "use" ? undefined : leaderOf(shares);
    this.#lostLooks = this.#leader !== undefined && shareOf(former) < lostShare ? this.#lostLooks + 1 : 0;
    // of several that would be named, one that has no part in the present
    const idle = named.length < 2 ? undefined : named.find((id) => shareOf(id) < idleShare);
    if (idle !== undefined) return this.#turnPage(lostAt(moments, idle, look), leader, look);
    if (leader === undefined || leader === this.#leader) {
      this.#rivalLooks = 0;
      return this.#lostLooks >= looksWithoutLeader && this.#turnPage(lostAt(moments, this.#leader, look), undefined, look);
    }
    if (this.#leader !== undefined && shareOf(former) >= lostShare) return false;
    this.#rivalLooks++;
    const hasTakenOver = former !== leader && isGone(moments, former) && !look.inGusts;
    const looks = this.#leader === undefined ? looksAfterNobody : looksAfterSomebody;
    if (!hasTakenOver && this.#rivalLooks < looks) return this.#leader === undefined && this.#findLeader(look, newestMs);
    return this.#turnPage(overtakenAt(present, leader, former, look), leader, look);
  }

  /** The last seconds; where one of those that are told has gone, those since then: nothing of what it did is present any more. */
  #presentOf({ moments, inGusts }: Look, newestMs: number, told: readonly (string | undefined)[]): readonly Moment[] {
    const present = moments.filter((moment) => startOf(moment) >= Math.max(this.#fromMs, newestMs - presentSeconds * 1000) - 1);
    const gone = inGusts ? [] : told.filter((id) => isGone(present, id));
    return present.slice(present.findLastIndex((moment) => gone.some((id) => isIn(moment, id))) + 1);
  }

  /** Nobody leads so far: the leader of the whole chapter does. */
  #findLeader({ judge }: Look, newestMs: number): false {
    this.#leader = leaderOf(judge(this.#tally, (newestMs - this.#fromMs) / 1000, true)?.shares ?? []);
    return false;
  }

  #turnPage(fromMs: number, leader: string | undefined, { moments, judge }: Look): true {
    const seconds = (fromMs - this.#fromMs) / 1000;
    // the tally holds the first seconds of the next chapter as well: in a long one they hardly count, a short one is added up anew
    const isShort = moments[0] !== undefined && startOf(moments[0]) <= this.#fromMs;
    const old = isShort
      ? tallyOf(moments.filter((moment) => startOf(moment) >= this.#fromMs - 1 && startOf(moment) < fromMs - 1))
      : this.#tally;
    const verdict = judge(old, seconds, false);
    if (verdict !== undefined && seconds > 0) this.#closed.push({ fromMs: this.#fromMs, toMs: fromMs, verdict });
    this.#fromMs = fromMs;
    this.#tally = tallyOf(moments.filter((moment) => startOf(moment) >= fromMs - 1));
    this.#leader = leader;
    this.#rivalLooks = 0;
    this.#lostLooks = 0;
    return true;
  }
}

function isIn({ snapshot }: Moment, id: string | undefined): boolean {
  return snapshot.groups.some((group) => group.id === id);
}

/** It was missing in the newest ticks. */
function isGone(moments: readonly Moment[], id: string | undefined): boolean {
  const newest = moments.slice(-leastGoneMoments);
  return id !== undefined && newest.length === leastGoneMoments && !newest.some((moment) => isIn(moment, id));
}

/** The lines that a verdict names. */
function namesOf(verdict: Verdict | undefined): readonly string[] {
  return verdict === undefined || verdict.basis === "use" ? [] : namedIn(verdict).map(({ group }) => groupId(group));
}

function startOf({ snapshot, seconds }: Moment): number {
  return snapshot.takenAtMs - seconds * 1000;
}

function tallyOf(moments: readonly Moment[]): Tally {
  const tally = new Tally();
  for (const { snapshot, seconds, figures } of moments) tally.add(snapshot, seconds, figures);
  return tally;
}

/** The line that has half of it; undefined where none has. */
function leaderOf(shares: readonly VerdictShare[]): string | undefined {
  const [first] = shares;
  if (first === undefined || first.share < leadingShare || !isSomebody(first) || first.waiting) return undefined;
  return groupId(first.group);
}

/** The end of the last second in which the former one had a part in the rise that is worth the name. */
function lostAt(moments: readonly Moment[], former: string | undefined, { riseOf }: Look): number {
  const led = moments.findLast(({ snapshot }) => {
    const rises = snapshot.groups.map((group) => ({ id: group.id, rise: Math.max(0, riseOf(group)) }));
    const total = rises.reduce((sum, { rise }) => sum + rise, 0);
    return (rises.find(({ id }) => id === former)?.rise ?? 0) > lostShare * total;
  });
  return led?.snapshot.takenAtMs ?? (moments[0] === undefined ? 0 : startOf(moments[0]));
}

/** The second since when the new one has risen more than the old one. */
function overtakenAt(present: readonly Moment[], leader: string, former: string | undefined, { riseOf }: Look): number {
  let atMs = present[0] === undefined ? 0 : startOf(present[0]);
  for (const { snapshot } of present) {
    const riseIn = (key: string | undefined) => {
      const group = snapshot.groups.find(({ id }) => id === key);
      return group === undefined ? 0 : riseOf(group);
    };
    if (riseIn(leader) <= riseIn(former)) atMs = snapshot.takenAtMs;
  }
  return atMs;
}
