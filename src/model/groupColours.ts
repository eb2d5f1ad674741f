/** The colour of a group, the same wherever it is drawn: in the page's charts, table and spikes, and in the report. Pure. */

/** Colours of groups, readable on light and on dark. */
export const groupColours = [
  "#4e79a7",
  "#f28e2b",
  "#e15759",
  "#59a14f",
  "#b07aa1",
  "#2fa8a0",
  "#d4a72c",
  "#ff8fa3",
  "#9c755f",
  "#7b6fd6",
  "#8fb339",
  "#5cb8e6",
] as const;

/** Of all groups that have no colour of their own. */
export const othersColour = "#8b9098";

/** Of what nobody can be given. */
export const unattributedColour = "#b9bec4";

/**
 * Gives the groups of some charts their colours. `charts` are lists of keys. Whoever has a colour keeps it; whoever has none gets the one that
 * its name stands for, else the next that is free. They are gone through by their names: how large each is, and in which chart, makes no
 * difference, so that two pages and a report of the same groups agree. Where there are more groups than colours, two of different charts may
 * share one.
 */
export function colourGroups(
  charts: readonly (readonly string[])[],
  known: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const wanted = new Set(charts.flat());
  const colours = new Map([...known].filter(([key]) => wanted.has(key)));
  const taken = new Set(colours.values());
  for (const key of [...wanted].sort()) {
    if (colours.has(key)) continue;
    const candidates = candidatesFor(key);
    const beside = new Set(charts.filter((chart) => chart.includes(key)).flatMap((chart) => chart.map((other) => colours.get(other))));
    const colour = candidates.find((one) => !taken.has(one)) ?? candidates.find((one) => !beside.has(one)) ?? candidates[0];
    colours.set(key, colour);
    taken.add(colour);
  }
  return colours;
}

/** All colours, beginning with the one that a key stands for. */
function candidatesFor(key: string): readonly [string, ...string[]] {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  const first = (hash >>> 0) % groupColours.length;
  return [groupColours[first] ?? othersColour, ...groupColours.slice(first + 1), ...groupColours.slice(0, first)];
}
