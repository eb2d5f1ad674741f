/** How long is waited before something is tried again. */

/**
 * Twice as long after each failure, up to a longest; and of that between a half and the whole, so that many who failed together do not
 * return together. `random` is 0 to 1.
 */
export function doublingBackoff(firstSeconds: number, longestSeconds: number, random: () => number): (failures: number) => number {
  return (failures) => Math.min(longestSeconds, firstSeconds * 2 ** Math.min(failures - 1, 20)) * (0.5 + 0.5 * random());
}
