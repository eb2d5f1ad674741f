/** The cells of the table. Pure. */
import { formatNumber, formatValue, type Unit, unknown } from "./format.ts";
import type { Column } from "./table.ts";
import type { Summary } from "./track.ts";

/** The columns with what they are counted in. */
export const columns: readonly (readonly [Column, Unit])[] = [
  ["cpu", "cores"],
  ["tasks", "number"],
  ["memory", "bytes"],
  ["read", "bytesPerSecond"],
  ["write", "bytesPerSecond"],
];

/** Less than this is shown as nothing: it would be rounded to it. */
const leastShown: Readonly<Record<Unit, number>> = { ratio: 0.0005, number: 0.005, cores: 0.005, bytes: 1, bytesPerSecond: 1 };

/** What a cell shows. */
interface CellTexts {
  readonly mean: string;
  /** "" where it says nothing that the mean does not. */
  readonly peak: string;
  readonly isNothing: boolean;
}

/** A cell; `blocked` are the tasks of the line that are in uninterruptible sleep. */
export function cellTexts(column: Column, unit: Unit, { mean, peak }: Summary, blocked: Summary, withPeaks: boolean): CellTexts {
  const isNothing = (mean ?? 0) < leastShown[unit];
  const text = mean === undefined ? unknown : isNothing ? "0" : column === "tasks" ? tasksText(mean, blocked) : formatValue(mean, unit);
  return { mean: text, peak: withPeaks && peak !== undefined && peak > 0 ? formatValue(peak, unit) : "", isNothing };
}

function tasksText(mean: number, { mean: waiting = 0 }: Summary): string {
  return waiting >= 0.05 ? `${formatNumber(mean)} D` : formatNumber(mean);
}
