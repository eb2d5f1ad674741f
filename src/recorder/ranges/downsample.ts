/**
 * Downsamples a range of the recording to so many points, with means and peaks, for the host and for its leading groups. Pure.
 *
 * A point is a step of time. What is not recorded stays unknown, and a gap makes no peak. What is not shown by name is folded into `other`, so that the lines still sum up to the machine.
 */
import { defined } from "../../model/defined.ts";
import { type GroupLabels, groupId, otherLabels } from "../../model/group.ts";
import { type RecordedFigure, recordedFigures } from "../../model/hostFigures.ts";
import { type ResourceKey, resourceKeys } from "../../model/usage.ts";
import { type GroupRollup, type Rollup, stepsOf, sumOf } from "../format/rollup.ts";
import { Column, type Series } from "./column.ts";
import { MountColumns, type MountSeries } from "./mountColumns.ts";

/** The points of a range: `points` steps from `fromMs` on, which is a multiple of `stepMs`. */
export interface Grid {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly points: number;
}

/** One line over the range. What was never known of it is absent. */
export interface GroupSeries extends GroupLabels {
  readonly usage: { readonly [Resource in ResourceKey]?: Series };
}

/** A range, downsampled. Every list has an entry for every point. */
export interface Downsampled {
  /** How much of each point is recorded; 0 where nothing is. */
  readonly seconds: readonly number[];
  /** Points in which more time passed between two seconds than a tick explains. */
  readonly gaps: readonly number[];
  readonly figures: { readonly [Name in RecordedFigure]?: Series };
  readonly groups: readonly GroupSeries[];
  /** The room of file systems, the fullest first. */
  readonly mounts: readonly MountSeries[];
  /** When the first and the last recorded second of the range were; absent when there is none. */
  readonly covered?: { readonly fromMs: number; readonly toMs: number };
}

interface Line {
  readonly labels: GroupLabels;
  readonly columns: readonly (readonly [ResourceKey, Column])[];
}

/** Downsamples rollups, in whatever order they come. */
export class Downsampler {
  readonly #grid: Grid;
  readonly #seconds: Float64Array;
  readonly #gaps = new Set<number>();
  readonly #figures: readonly (readonly [RecordedFigure, Column])[];
  readonly #lines: ReadonlyMap<string, Line>;
  readonly #other: Line;
  readonly #mounts: MountColumns;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** `shown` are the groups that are kept apart; see ranks.ts. */
  constructor(grid: Grid, shown: readonly GroupLabels[]) {
    const { points } = grid;
    const lineOf = (labels: GroupLabels): Line => ({
      labels,
      columns: resourceKeys.map((resource) => [resource, new Column(points)] as const),
    });
    this.#grid = grid;
    this.#seconds = new Float64Array(points);
    this.#figures = recordedFigures.map(({ name }) => [name, new Column(points)] as const);
    this.#other = lineOf(otherLabels);
    this.#mounts = new MountColumns(points);
    this.#lines = new Map(shown.filter(({ kind }) => kind !== "other").map((labels) => [groupId(labels), lineOf(labels)]));
  }

  add(rollup: Rollup): void {
    const { fromMs, stepMs, points } = this.#grid;
    const starts = stepsOf(rollup, { fromMs, toMs: fromMs + points * stepMs, stepMs });
    for (const [index, start] of starts.entries()) {
      const point = (start - fromMs) / stepMs;
      if (point < 0 || point >= points) continue;
      if (index < starts.length - 1) {
        this.#addTo(point, rollup, stepMs / 1000);
        continue;
      }
      this.#addTo(point, rollup, rollup.seconds);
      this.#firstMs = Math.min(this.#firstMs, rollup.firstMs);
      this.#lastMs = Math.max(this.#lastMs, rollup.lastMs);
      if (rollup.gap === true) this.#gaps.add(point);
    }
  }

  result(): Downsampled {
    const series = (column: Column) => column.series(this.#seconds);
    const stepSeconds = this.#grid.stepMs / 1000;
    return defined({
      seconds: Array.from(this.#seconds, (seconds) => Math.round(Math.min(seconds, stepSeconds) * 1000) / 1000),
      gaps: [...this.#gaps].sort((a, b) => a - b),
      figures: Object.fromEntries(this.#figures.filter(([, column]) => column.known).map(([figure, column]) => [figure, series(column)])),
      groups: [...this.#lines.values(), this.#other]
        .filter(({ columns }) => columns.some(([, column]) => column.known))
        .map(({ labels, columns }) => ({
          ...labels,
          usage: Object.fromEntries(columns.filter(([, column]) => column.known).map(([resource, column]) => [resource, series(column)])),
        })),
      mounts: this.#mounts.series(this.#seconds, this.#grid.stepMs),
      covered: this.#firstMs === Number.POSITIVE_INFINITY ? undefined : { fromMs: this.#firstMs, toMs: this.#lastMs },
    });
  }

  #addTo(point: number, { figures, groups, mounts }: Rollup, seconds: number): void {
    this.#mounts.add(point, mounts, seconds);
    this.#seconds[point] = (this.#seconds[point] ?? 0) + seconds;
    for (const [figure, column] of this.#figures) column.add(point, figures[figure], seconds);
    const folded: GroupRollup[] = [];
    for (const group of groups) {
      const line = this.#lines.get(groupId(group));
      if (line === undefined) folded.push(group);
      else for (const [resource, column] of line.columns) column.add(point, group.usage[resource], seconds);
    }
    if (folded.length === 0) return;
    for (const [resource, column] of this.#other.columns) column.add(point, sumOf(folded, resource), seconds);
  }
}
