/** What is answered of the past: seconds, minutes, who ran when, single processes. See answers.ts for how names say their unit. */
import type { GroupLabels } from "../model/group.ts";
import type { RecordedFigure } from "../model/hostFigures.ts";
import type { Spike } from "../model/spike.ts";
import type { ResourceKey, ResourceUsage } from "../model/usage.ts";
import type { HistoryEntry } from "../recorder/format/historyEntry.ts";
import type { ComparedResource } from "../recorder/ranges/compared.ts";

/** `GET /history`: the newest seconds, the oldest first. */
export type HistoryAnswer = readonly HistoryEntry[];

/** Mean and highest second of one thing, with an entry for each step; `null` is unknown. The reader of the answer may change the lists. */
export interface SeriesAnswer {
  readonly mean: (number | null)[];
  readonly peak: (number | null)[];
}

/** `GET /api/snapshots`: a range of the recording in steps. All lists but `gaps` have an entry for each step from `fromMs` on. */
export interface SnapshotsAnswer {
  readonly host: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
  /** When the first and the last recorded second of the range were; `null` when there is none. */
  readonly covered: { readonly fromMs: number; readonly toMs: number } | null;
  /** Before this moment only minutes are known, and the steps are no shorter; `null` where seconds are known of all that is recorded. */
  readonly minutesBeforeMs: number | null;
  /** When each step begins. */
  readonly times: readonly number[];
  /** How many seconds of each step are recorded. */
  readonly seconds: readonly number[];
  /** Indices of steps in which more time passed between two seconds than a tick explains. */
  readonly gaps: readonly number[];
  readonly figures: { readonly [Name in RecordedFigure]?: SeriesAnswer };
  /** The room of file systems, the fullest first, at most twenty; what several mounts share is there once. */
  readonly mounts: readonly {
    readonly mountpoint: string;
    readonly sizeBytes: number;
    readonly availableBytes: { readonly mean: (number | null)[]; readonly least: (number | null)[] };
  }[];
  /** Those that lead in the range; all others are in the one of kind `other`, so that the means of `cpuCores` sum up to the machine's. */
  readonly groups: readonly (GroupLabels & { readonly usage: { readonly [Resource in ResourceKey]?: SeriesAnswer } })[];
}

/** What was found of a group in a range, or of all groups that were found. Moments are the beginnings of minutes. */
export interface FoundAnswer {
  /** Of the first and the last minute in which it ran. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** In how many minutes it ran, and in which: stretches without a hole, `[from, to]`. */
  readonly minutes: number;
  readonly ran: readonly (readonly [fromMs: number, toMs: number])[];
  /** `total` is in core seconds, bytes or task seconds. What it used none of is absent. */
  readonly usage: {
    readonly [Resource in ResourceKey]?: {
      readonly total?: number;
      /** The highest second, of several groups that of one of them, and in which minute it was. */
      readonly peak?: number;
      readonly peakAtMs?: number;
      /** An entry for each step from `fromMs` on; `null` where it did not run. What is held has no mean. */
      readonly strip: { readonly mean?: readonly (number | null)[]; readonly peak: readonly (number | null)[] };
    };
  };
}

/** A spike in which a group had a part, with its share of the rise. */
export interface FoundSpike extends Pick<Spike, "id" | "resource" | "startMs" | "endMs"> {
  readonly share: number;
}

/** `GET /api/search`: who ran when, those first that did most. */
export interface SearchAnswer {
  readonly host: string;
  readonly query: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
  /** From the first to the last minute that is recorded of the range; `null` when there is none. */
  readonly covered: { readonly fromMs: number; readonly toMs: number } | null;
  /** How many groups were found before `limit`; at least so many where `hasMore`. */
  readonly total: number;
  readonly hasMore: boolean;
  /** All that were found, as if they were one; `null` when there is none. */
  readonly all: FoundAnswer | null;
  readonly matches: readonly (GroupLabels & FoundAnswer & { readonly spikes: readonly FoundSpike[] })[];
  /** What must be known of the answer: sentences without a full stop. */
  readonly notes: readonly string[];
}

/** One of two stretches that are compared: the moment that was asked for, and the window around it. */
export interface ComparedStretch {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly recordedSeconds: number;
}

/** `GET /api/compare`: what differs between two moments. */
export interface CompareAnswer {
  readonly host: string;
  /** How long each window is. */
  readonly seconds: number;
  readonly earlier: ComparedStretch;
  readonly later: ComparedStretch;
  /** Those of which both are known. */
  readonly resources: readonly ComparedResource[];
}

/** One process. */
export interface ListedProcess {
  readonly pid: number;
  readonly parentPid?: number;
  readonly process: string;
  readonly user?: string;
  readonly unit?: string;
  readonly container?: string;
  /** The kernel's letter. */
  readonly state: string;
  readonly threads?: number;
  readonly ageSeconds?: number;
  /** Redacted where it was read. */
  readonly commandLine: string;
  /** The kernel function in which it waits, of a process in uninterruptible sleep. */
  readonly waitChannel?: string;
  readonly usage: ResourceUsage;
  /** The highest second of each; only of ranges. */
  readonly peak?: ResourceUsage;
}

/** `GET /api/processes`: single processes, the busiest first. */
export interface ProcessesAnswer {
  readonly when: "now" | "second" | "range";
  /** Of this moment, or the recorded second that was found. */
  readonly takenAtMs?: number;
  /** Of a range: from when to when, and how many seconds of it are recorded. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly seconds?: number;
  /** How many were found before `limit`. */
  readonly total: number;
  /** False of the past, of which only the busiest of each second are known. */
  readonly complete: boolean;
  readonly processes: readonly ListedProcess[];
}
