/** Looks at this machine for a while, without a server and without writing anything: for the commands that answer at once. */
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import { atOnce } from "../model/steps.ts";
import { type KernelUnits, readKernelUnits } from "../procfs/units.ts";
import { encodeSnapshot, LineTexts } from "../recorder/format/encodeLine.ts";
import type { Recording } from "../recorder/format/recording.ts";
import { openSpan } from "../recorder/reading/span.ts";
import { Ring } from "../recorder/ring.ts";
import { Members } from "../sampler/members.ts";
import type { GroupStats, WindowStats } from "../sampler/window.ts";
import type { SlowReads } from "../slowReads/slowReads.ts";
import type { Spikes } from "../spikes/contract.ts";
import { createSpikes } from "../spikes/spikes.ts";
import { createSampling } from "./sampling.ts";

/** What it is made with. */
export interface LookSurroundings {
  readonly log: Log;
  readonly clock: Clock;
  /** Told of every tick, with the spikes that last. */
  readonly onTick?: (snapshot: Snapshot, active: readonly Spike[]) => void;
}

/** What is seen of a machine, from the start of the look until now. */
export interface Look {
  readonly units: KernelUnits;
  readonly spikes: Spikes;
  /** Its seconds, after those that an earlier Culprit has left on the disk. */
  readonly recording: Recording;
  readonly containerName: (cgroupPath: string) => string | undefined;
  /** Makes reads that may never come back, until the look stops. */
  readonly reads: SlowReads;
  recentSnapshots(): readonly Snapshot[];
  /** Fulfilled with how many seconds were seen: so many, or fewer when `enough` comes first or nothing more can be read. */
  seen(seconds: number, enough: Promise<unknown>): Promise<number>;
  /** Mean and peak of everything; undefined before anything was read. */
  stats(): WindowStats | undefined;
  /** The lines that are worth a name, the line of all others, and the remainder. */
  lines(stats: WindowStats): readonly GroupStats[];
  stop(): Promise<void>;
}

const recentCount = 5;
const mostRingBytes = 64 * 1024 * 1024;
/** So much longer than asked is waited for readings that do not come. */
const patienceSeconds = 60;

/** Begins to look; `seconds` is how far back the figures reach. */
export function startLook(config: Config, seconds: number, { log, clock, onTick }: LookSurroundings): Look {
  const units = readKernelUnits();
  const settings = { ...config, sample: { ...config.sample, windowSeconds: Math.max(seconds, config.sample.intervalSeconds) } };
  const { sampling, containerName, reads, close } = createSampling(settings, { log, clock, units });
  const spikes = createSpikes({ ancestorsOf: (pid) => sampling.sampler.ancestorsOf(pid) });
  const ring = new Ring({ keepSeconds: Number.POSITIVE_INFINITY, mostBytes: mostRingBytes });
  const texts = new LineTexts();
  let recent: readonly Snapshot[] = [];
  let seenSeconds = 0;
  let tell: () => void = () => undefined;
  sampling.subscribe(({ snapshot, shown }) => {
    ring.push(snapshot.takenAtMs, encodeSnapshot(snapshot, shown, recent.at(-1), texts));
    recent = [...recent, snapshot].slice(-recentCount);
    spikes.take(snapshot, shown);
    seenSeconds += snapshot.elapsedSeconds ?? 0;
    onTick?.(snapshot, spikes.active());
    tell();
  });
  sampling.sampler.start();
  return {
    units,
    spikes,
    recording: {
      between: (fromMs, toMs) => {
        const say = (segment: string, reason: string) => log.warn("recording: a segment is not complete", { segment, reason });
        return openSpan({ directory: join(config.storage.path, "recording"), ring, say }, fromMs, toMs);
      },
    },
    containerName,
    recentSnapshots: () => recent,
    async seen(wantedSeconds, enough) {
      // a tick is shifted a little, and the last one is not to be waited for twice
      const enoughSeconds = wantedSeconds - config.sample.intervalSeconds / 2;
      let cancel = () => {};
      const all = new Promise<void>((done) => {
        tell = () => void (seenSeconds >= enoughSeconds && done());
        tell();
        cancel = clock.after(wantedSeconds + patienceSeconds, done);
      });
      await Promise.race([all, enough]);
      cancel();
      return seenSeconds;
    },
    stats: () => sampling.stats(),
    lines(stats) {
      const members = new Members();
      atOnce(members.update(stats, 0));
      return atOnce(members.foldStats(stats));
    },
    reads,
    stop: close,
  };
}
