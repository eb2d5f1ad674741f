/** What two stretches of time differ in. */
import type { GroupLabels } from "../../model/group.ts";
import type { FigureUnit, ResourceKey } from "../../model/usage.ts";

/** What became of a line. Who was not among those by name may have been among the others: it is new only where these had less. */
export type Change = "new" | "gone" | "more" | "less";

/** A line's means in both stretches. */
export interface ComparedLine extends GroupLabels {
  readonly change: Change;
  /** Absent where it is not known by name, or not known at all. */
  readonly earlier?: number;
  readonly later?: number;
  readonly difference: number;
  /** Of the machine's difference: all of them add up to 1, some may be below 0. Absent where hardly anything differs in all. */
  readonly share?: number;
}

/** One resource. */
export interface ComparedResource {
  readonly resource: ResourceKey;
  /** What it is counted in. */
  readonly measure: FigureUnit;
  /** Of the machine. */
  readonly earlier: number;
  readonly later: number;
  readonly difference: number;
  readonly sentence: string;
  /** Those by name, the largest difference first; then the remainders. */
  readonly lines: readonly ComparedLine[];
}
