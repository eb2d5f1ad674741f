/** The sentence at the top: who it is, who it was last, or that nothing is wrong. Pure. */
import { compareTelling, culpritNow, type Suffering, spikeText, wholeVerdict } from "../../model/culprit.ts";
import { defined } from "../../model/defined.ts";
import type { Spike } from "../../model/spike.ts";
import { busiestGroup, type RecordedGroup } from "../../recorder/format/line.ts";
import { durationText } from "../../text.ts";
import { formatNumber, nameOf, type Times } from "./format.ts";
import type { Stretch } from "./range.ts";

/** What is said first. */
interface Headline {
  readonly mood: "bad" | "past" | "calm";
  /** Small, before the sentence: "Right now", "12 min ago". */
  readonly when: string;
  readonly sentence: string;
  readonly spikeId?: string;
  /** How many others there are at the same time. */
  readonly others: number;
}

const recentMs = 30 * 60_000;
/** What is said, and of when. */
interface HeadlineFacts {
  /** Undefined as long as nobody has told. */
  readonly spikes: readonly Spike[] | undefined;
  readonly groups: readonly RecordedGroup[];
  readonly strained?: Suffering | undefined;
  /** Of a pinned moment, of a range, or of a recording: what lasts now is no part of it. */
  readonly isPast: boolean;
  /** What the machine suffered from then, whether or not anything spiked. */
  readonly pastStrains?: readonly string[];
  readonly stretch: Stretch;
  readonly atMs: number | undefined;
  readonly nowMs: number;
}

/** The headline of what is shown. */
export function headlineFor(
  { spikes, groups, strained, isPast, pastStrains, stretch, atMs, nowMs }: HeadlineFacts,
  times: Times,
): Headline {
  if (spikes === undefined) return { mood: "calm", when: "", sentence: "Looking for spikes…", others: 0 };
  return isPast ? headlineOf(spikes, stretch, atMs, times, pastStrains) : headlineNow(spikes, groups, nowMs, strained);
}

/** What is said of a stretch that ends now. */
export function headlineNow(spikes: readonly Spike[], groups: readonly RecordedGroup[], nowMs: number, strained?: Suffering): Headline {
  const now = culpritNow(spikes, strained);
  if (now !== undefined) {
    const { spike, others, besides } = now;
    const sentence = besides === undefined ? now.sentence : `${now.sentence} ${besides}`;
    const since = spike === undefined ? "" : `, for ${durationText((nowMs - spike.startMs) / 1000)}`;
    return defined({ mood: "bad", when: `Right now${since}`, sentence, others, spikeId: spike?.id });
  }
  const past = spikes.filter(({ endMs = nowMs }) => nowMs - endMs < recentMs).sort((a, b) => (b.endMs ?? 0) - (a.endMs ?? 0));
  const [last] = past;
  if (last !== undefined) {
    return {
      mood: "past",
      when: `No spike now. The last one ended ${durationText((nowMs - (last.endMs ?? nowMs)) / 1000)} ago`,
      sentence: sentenceOf(last),
      spikeId: last.id,
      others: past.length - 1,
    };
  }
  return { mood: "calm", when: "No spike now", sentence: calmSentence(groups), others: 0 };
}

/** What is said of a stretch of the past, or of a moment in it. */
export function headlineOf(
  spikes: readonly Spike[],
  stretch: Stretch,
  atMs: number | undefined,
  times: Times,
  strains: readonly string[] = [],
): Headline {
  const within = ({ fromMs, toMs }: Stretch) =>
    sorted(spikes.filter(({ startMs, endMs = Number.POSITIVE_INFINITY }) => startMs <= toMs && endMs >= fromMs));
  const found = within(atMs === undefined ? stretch : { fromMs: atMs, toMs: atMs });
  const [first] = found;
  const when = atMs === undefined ? `${times.moment(stretch.fromMs)} – ${times.moment(stretch.toMs, stretch.fromMs)}` : times.moment(atMs);
  if (first === undefined) {
    const none = atMs === undefined ? "No spike in this range" : "No spike at this moment";
    if (strains.length === 0) return { mood: "calm", when, sentence: `${none}.`, others: 0 };
    return { mood: "past", when, sentence: `${none}, but the machine was strained. ${strains.join("; ")}.`, others: 0 };
  }
  return { mood: "past", when, sentence: sentenceOf(first), spikeId: first.id, others: found.length - 1 };
}

function sorted(spikes: readonly Spike[]): readonly Spike[] {
  return [...spikes].sort(compareTelling);
}

/** Of the past the whole is told. */
function sentenceOf(spike: Spike): string {
  return wholeVerdict(spike)?.sentence ?? `A spike of ${spikeText(spike)}; nobody has been judged.`;
}

function calmSentence(groups: readonly RecordedGroup[]): string {
  const top = busiestGroup(groups);
  const cores = top?.usage.cpuCores ?? 0;
  if (top === undefined || cores < 0.05) return "Nothing has left its usual level, and there is hardly anything to do.";
  return `Nothing has left its usual level. Most CPU goes to \`${nameOf(top)}\`: ${formatNumber(cores)} cores.`;
}
