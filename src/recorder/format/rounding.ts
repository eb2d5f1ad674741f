/** How precise recordings are. */

/** A tenth of a thousandth of a core is below what the kernel counts; the digits behind it only cost space. */
export function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

/** For JSON.stringify: every number as precise. */
export function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? rounded(value) : value;
}
