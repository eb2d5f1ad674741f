/** What `culprit once` says of hours and days, and of tables: from means and peaks, for their seconds are too many or not there. */
import { defined } from "../model/defined.ts";
import { groupId, labelsOf } from "../model/group.ts";
import type { RecordedFigure } from "../model/hostFigures.ts";
import { type PressureResource, pressureResources, type Stall } from "../model/snapshot.ts";
import { type ResourceKey, resourceKeys } from "../model/usage.ts";
import type { Opened } from "../replay/opened.ts";
import type { GroupStats } from "../sampler/window.ts";
import { type DeviceUse, isCalm, type OnceFigures, strainOf } from "./onceView.ts";
import type { PastFacts, PastView } from "./pastView.ts";

type Downsampled = Awaited<ReturnType<Opened["lookBack"]["downsampled"]>>;
type Series = NonNullable<Downsampled["figures"][RecordedFigure]>;

/** Makes one of the points of a range; undefined where nothing of it is recorded. `last` is the recording's last second. */
export function viewOfRange(range: Downsampled, last: Opened["last"], facts: PastFacts): PastView | undefined {
  const { covered, seconds, groups } = range;
  if (covered === undefined) return undefined;
  const { hostname, source, spikes, events, notes, fromMs, toMs } = facts;
  const figures = figuresOf(range, last);
  const { resource: strained, strain } = strainOf(figures);
  return {
    hostname,
    takenAtMs: Math.min(covered.toMs, toMs),
    seconds: seconds.reduce((sum, one) => sum + one, 0),
    figures,
    lines: groups.map((group): GroupStats => {
      const stats = resourceKeys.map((key) => [key, statOf(group.usage[key], seconds)] as const);
      const pick = (of: "mean" | "peak") =>
        Object.fromEntries(stats.flatMap(([key, stat]) => (stat?.[of] === undefined ? [] : [[key, stat[of]]])));
      return { id: groupId(group), ...labelsOf(group), mean: pick("mean") as Usage, peak: pick("peak") as Usage };
    }),
    strained,
    calm: spikes.length === 0 && isCalm(strain),
    notes,
    spikes,
    lookBack: { fromMs: Math.max(covered.fromMs, fromMs), source, events },
  };
}

type Usage = { readonly [Key in ResourceKey]?: number };

function figuresOf({ figures, seconds, mounts }: Downsampled, last: Opened["last"]): OnceFigures {
  const stat = (name: RecordedFigure) => statOf(figures[name], seconds);
  const mean = (name: RecordedFigure) => stat(name)?.mean;
  const [load1, load5, load15] = [mean("load1"), mean("load5"), mean("load15")];
  const cpu = stat("cpuUsageRatio");
  const cores = last?.host.cpu?.cores;
  const usageRatio = mean("memoryUsageRatio");
  const { memory } = last?.host ?? {};
  // an older recording does not tell them apart
  const totalBytes = mean("memoryTotalBytes") ?? memory?.totalBytes;
  const [running, uninterruptible] = [mean("runningTasks"), mean("uninterruptibleTasks")];
  return defined({
    load: load1 === undefined || load5 === undefined || load15 === undefined ? undefined : { load1, load5, load15 },
    cpu: cpu && defined({ cores, busyCores: cores && cpu.mean * cores, usageRatio: cpu.mean, peakUsageRatio: cpu.peak }),
    tasks: running === undefined && uninterruptible === undefined ? undefined : defined({ running, uninterruptible }),
    memory:
      usageRatio === undefined
        ? undefined
        : defined({
            totalBytes,
            availableBytes: mean("memoryAvailableBytes") ?? (totalBytes && totalBytes * (1 - usageRatio)),
            usageRatio,
            swapTotalBytes: mean("swapTotalBytes") ?? memory?.swapTotalBytes,
            swapUsedBytes: mean("swapUsedBytes"),
          }),
    disks: allDisks(mean("diskReadBytesPerSecond"), mean("diskWrittenBytesPerSecond")),
    fullestFilesystem: fullestOf(mounts),
    pressure: pressureOf(mean),
    coverage: {},
  });
}

/** As it was at the end. */
function fullestOf([fullest]: Downsampled["mounts"]): OnceFigures["fullestFilesystem"] {
  const left = fullest?.availableBytes.mean.findLast((one) => one !== undefined);
  return fullest === undefined || left === undefined ? undefined : { mountpoint: fullest.mountpoint, ratio: 1 - left / fullest.sizeBytes };
}

/** Which of them it was is not kept for so long. */
function allDisks(readBytesPerSecond: number | undefined, writtenBytesPerSecond: number | undefined): readonly DeviceUse[] | undefined {
  if (readBytesPerSecond === undefined || writtenBytesPerSecond === undefined) return undefined;
  return [{ device: "all disks", readBytesPerSecond, writtenBytesPerSecond }];
}

function pressureOf(mean: (name: RecordedFigure) => number | undefined): OnceFigures["pressure"] {
  const stalls: Partial<Record<PressureResource, Stall>> = {};
  for (const resource of pressureResources) {
    const some = mean(`${resource}PressureRatio`);
    if (some !== undefined) stalls[resource] = { some };
  }
  return stalls;
}

/** Over all points of which something is known. */
function statOf(series: Series | undefined, seconds: readonly number[]): { readonly mean: number; readonly peak?: number } | undefined {
  let weighted = 0;
  let known = 0;
  let peak: number | undefined;
  for (const [point, mean] of (series?.mean ?? []).entries()) {
    const highest = series?.peak[point];
    if (highest !== undefined) peak = Math.max(peak ?? highest, highest);
    if (mean === undefined) continue;
    weighted += mean * (seconds[point] ?? 0);
    known += seconds[point] ?? 0;
  }
  return known > 0 ? defined({ mean: weighted / known, peak }) : undefined;
}
