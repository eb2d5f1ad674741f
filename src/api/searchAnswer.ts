/** The answer to a search, from what was found and the spikes of that time. Pure. */
import { defined } from "../model/defined.ts";
import { type GroupLabels, groupId } from "../model/group.ts";
import type { Spike, Verdict } from "../model/spike.ts";
import { minuteMs } from "../recorder/format/summary.ts";
import type { Found } from "../recorder/ranges/matches.ts";
import type { Range } from "../recorder/ranges/range.ts";
import type { SearchResult } from "../recorder/ranges/searchResult.ts";
import type { FoundAnswer, FoundSpike, SearchAnswer } from "./pastAnswers.ts";

/** What was asked, and of whom. */
interface Asked {
  readonly host: string;
  readonly query: string;
  readonly range: Range;
}

/** Puts it together. */
export function searchAnswer({ host, query, range }: Asked, result: SearchResult, spikes: readonly Spike[]): SearchAnswer {
  const { fromMs, toMs, stepMs } = range;
  const { covered = null, total, hasMore, all, matches, notes } = result;
  return {
    ...{ host, query, fromMs, toMs, stepSeconds: stepMs / 1000, covered, total, hasMore },
    all: all === undefined ? null : foundAnswer(all),
    matches: matches.map(({ kind, process, unit, container, user, ...found }) => {
      const labels = { kind, process, unit, container, user };
      return { ...labels, ...foundAnswer(found), spikes: spikesOf(labels, spikes) };
    }),
    notes,
  };
}

function foundAnswer({ firstMs, lastMs, ran, usage }: Found): FoundAnswer {
  const minutes = ran.reduce((sum, [fromMs, toMs]) => sum + (toMs - fromMs) / minuteMs, 0);
  return { firstMs, lastMs, minutes, ran, usage };
}

/** Those in which a verdict gives it a part, the newest first; its largest part of each. */
function spikesOf(labels: GroupLabels, spikes: readonly Spike[]): readonly FoundSpike[] {
  const wanted = groupId(labels);
  return spikes.flatMap((spike) => {
    const { id, resource, startMs, endMs } = spike;
    const shares = verdictsOf(spike).flatMap((verdict) => verdict.shares.filter(({ group }) => groupId(group) === wanted));
    const share = shares.reduce((most, one) => Math.max(most, one.share), 0);
    return share <= 0 ? [] : [defined({ id, resource, startMs, endMs, share })];
  });
}

function verdictsOf({ verdict, whole, chapters = [] }: Spike): readonly Verdict[] {
  return [verdict, whole, ...chapters.map((chapter) => chapter.verdict)].filter((one) => one !== undefined);
}
