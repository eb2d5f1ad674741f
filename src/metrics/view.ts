/** What a scrape looks at: one consistent picture, made once per scrape. */
import type { Archive } from "../model/capture.ts";
import type { PushFigures } from "../model/push.ts";
import type { CollectorOutcome } from "../model/sample.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import type { SpikeResource } from "../model/spikeResource.ts";
import type { TriggerStatus } from "../model/trigger.ts";
import type { GroupStats, WindowStats } from "../sampler/window.ts";

/** What the machine is. */
export interface HostInfo {
  readonly hostname: string;
  readonly os: string;
  readonly kernel: string;
  readonly arch: string;
}

/** Culprit's own process. */
export interface SelfReading {
  readonly version: string;
  readonly nodeVersion: string;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly startTimeSeconds: number;
  readonly openDescriptors?: number;
  readonly mostDescriptors?: number;
}

interface SpikesView {
  /** How many have begun since Culprit started. */
  readonly totals: Readonly<Record<SpikeResource, number>>;
  /** The newest of each resource, lasting or over. */
  readonly newest: readonly Spike[];
}

interface HubView {
  /** Seconds, spikes and firings that were new, and seconds that were not. */
  readonly samples: number;
  readonly repeated: number;
  readonly rejected: ReadonlyMap<string, number>;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly hosts: readonly { readonly host: string; readonly newestMs?: number; readonly recordedFromMs?: number }[];
}

/** The picture. `snapshot`, `window` and `lines` are absent when the newest Sample is too old to speak of now. */
export interface MetricsView {
  readonly snapshot?: Snapshot;
  readonly window?: WindowStats;
  /** Members, `other` and the remainder. */
  readonly lines: readonly GroupStats[];
  readonly host: HostInfo;
  readonly self: SelfReading;
  readonly sampling: {
    readonly lastSampleMs?: number;
    readonly taken: number;
    readonly missed: number;
    readonly outcomes: readonly CollectorOutcome[];
    /** How many lines, files and processes every collector has left out. */
    readonly skipped: ReadonlyMap<string, number>;
    readonly labelsDropped: number;
  };
  readonly archives: { readonly count: number; readonly bytes: number; readonly limitBytes: number; readonly latest: readonly Archive[] };
  readonly queues: readonly { readonly queue: string; readonly length: number; readonly dropped: number }[];
  /** The sinks; absent where nothing is pushed. */
  readonly push?: readonly PushFigures[];
  /** What other hosts have pushed here; absent where nobody can. */
  readonly hub?: HubView;
  /** In the order of the configuration. */
  readonly triggers: readonly TriggerStatus[];
  /** Whether the storage can be written; absent where it is not watched. */
  readonly storageWritable?: boolean;
  readonly scrapeGapSeconds?: number;
  /** How the newest attempt to read the configuration ended; absent where nobody reads it again. */
  readonly reload?: { readonly successful: boolean; readonly succeededAtSeconds: number };
  /** Absent without spike detection. */
  readonly spikes?: SpikesView;
}
