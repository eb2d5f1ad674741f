/** The room of file systems over the points of a range. Pure. */
import { type MountRollup, mostMounts, usedRatio } from "../format/mounts.ts";

/** One file system over the range. Lists have an entry for every point; what is not known is undefined. */
export interface MountSeries {
  readonly mountpoint: string;
  /** As it was last seen. */
  readonly sizeBytes: number;
  readonly availableBytes: { readonly mean: readonly (number | undefined)[]; readonly least: readonly (number | undefined)[] };
}

/** They are read now and then: between two readings no further apart it is as it was at the first. */
export const mostBetweenMs = 120_000;
/** So many are followed, for those that come and go in a long range. */
const mostFollowed = 3 * mostMounts;

interface Columns {
  sizeBytes: number;
  readonly weighted: Float64Array;
  readonly seconds: Float64Array;
  readonly least: Float64Array;
}

/** Sums them up. Memory is fixed by the number of points. */
export class MountColumns {
  readonly #points: number;
  readonly #mounts = new Map<string, Columns>();

  constructor(points: number) {
    this.#points = points;
  }

  /** Adds what was said of them in so many seconds of a point. */
  add(point: number, mounts: readonly MountRollup[] | undefined, seconds: number): void {
    const weight = Math.max(seconds, 1e-3);
    for (const { mountpoint, sizeBytes, availableBytes, leastAvailableBytes = availableBytes } of mounts ?? []) {
      const columns = this.#columns(mountpoint);
      if (columns === undefined) continue;
      columns.sizeBytes = sizeBytes;
      columns.weighted[point] = (columns.weighted[point] ?? 0) + availableBytes * weight;
      columns.seconds[point] = (columns.seconds[point] ?? 0) + weight;
      columns.least[point] = Math.min(columns.least[point] ?? Number.POSITIVE_INFINITY, leastAvailableBytes);
    }
  }

  /** The fullest first, as they were last seen. */
  series(recordedSeconds: Float64Array, stepMs: number): readonly MountSeries[] {
    const all = [...this.#mounts].map(([mountpoint, columns]) => seriesOf(mountpoint, columns, recordedSeconds, stepMs));
    const fullness = ({ sizeBytes, availableBytes: { mean } }: MountSeries) =>
      usedRatio({ sizeBytes, availableBytes: mean.findLast((one) => one !== undefined) ?? sizeBytes });
    return all.sort((a, b) => fullness(b) - fullness(a)).slice(0, mostMounts);
  }

  #columns(mountpoint: string): Columns | undefined {
    const known = this.#mounts.get(mountpoint);
    if (known !== undefined || this.#mounts.size >= mostFollowed) return known;
    const made: Columns = {
      sizeBytes: 0,
      weighted: new Float64Array(this.#points),
      seconds: new Float64Array(this.#points),
      least: new Float64Array(this.#points).fill(Number.POSITIVE_INFINITY),
    };
    this.#mounts.set(mountpoint, made);
    return made;
  }
}

function seriesOf(mountpoint: string, columns: Columns, recordedSeconds: Float64Array, stepMs: number): MountSeries {
  const mean: (number | undefined)[] = [];
  const least: (number | undefined)[] = [];
  let last: { readonly point: number; readonly bytes: number } | undefined;
  for (let point = 0; point < recordedSeconds.length; point++) {
    const seconds = columns.seconds[point] ?? 0;
    if ((recordedSeconds[point] ?? 0) === 0) last = undefined;
    const isNear = last !== undefined && (point - last.point) * stepMs <= mostBetweenMs;
    if (seconds > 0) last = { point, bytes: Math.round((columns.weighted[point] ?? 0) / seconds) };
    const bytes = seconds > 0 || isNear ? last?.bytes : undefined;
    mean.push(bytes);
    least.push(seconds > 0 ? Math.min(bytes ?? 0, columns.least[point] ?? 0) : bytes);
  }
  return { mountpoint, sizeBytes: columns.sizeBytes, availableBytes: { mean, least } };
}
