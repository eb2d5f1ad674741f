/** How figures are written: one number of decimals for each unit, so that no panel differs from the next. */

const decimals: Readonly<Record<string, number>> = {
  decbytes: 1,
  Bps: 1,
  cps: 1,
  // a number with separators, not 1.0 K
  locale: 1,
  // counts
  none: 0,
  percentunit: 1,
  // Grafana goes on to ms and to minutes by itself
  s: 1,
  // averages of counts
  short: 2,
  "suffix: cores": 2,
};

/** Decimals of a unit; undefined for moments, which have none. */
export function decimalsOf(unit: string): number | undefined {
  return decimals[unit];
}
