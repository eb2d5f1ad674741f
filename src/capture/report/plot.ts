/** Points of a series as the shapes of an SVG. Pure: what is not known leaves a hole in them. */

/** A value for each point; undefined where nothing is known. */
export type Values = readonly (number | undefined)[];

/** The drawing's own units; it is stretched to whatever room there is. */
export const plotWidth = 1000;
/** The same for its height. */
export const plotHeight = 200;

/** The runs of known points as `x,y x,y ...`, for a polyline each. A lone point is there twice, or nothing would be drawn of it. */
export function linesOf(values: Values, top: number): readonly string[] {
  return runsOf(values).map(({ from, to }) => {
    const points: string[] = [];
    for (let index = from; index < to; index++) points.push(pointAt(index, values.length, values[index] ?? 0, top));
    const [first = ""] = points;
    return points.length === 1 ? `${first} ${first}` : points.join(" ");
  });
}

/** The areas between two series, for a polygon each. */
export function areasBetween(below: Values, above: Values, top: number): readonly string[] {
  return runsOf(above).map(({ from, to }) => {
    const up: string[] = [];
    const down: string[] = [];
    // half a point to both sides: a lone point is an area as well
    up.push(edgeAt(from, above.length, above[from] ?? 0, top));
    down.push(edgeAt(from, above.length, below[from] ?? 0, top));
    for (let index = from; index < to; index++) {
      up.push(pointAt(index, above.length, above[index] ?? 0, top));
      down.push(pointAt(index, above.length, below[index] ?? 0, top));
    }
    up.push(edgeAt(to, above.length, above[to - 1] ?? 0, top));
    down.push(edgeAt(to, above.length, below[to - 1] ?? 0, top));
    return [...up, ...down.reverse()].join(" ");
  });
}

/** Each series on top of those before it; where one is not known it adds nothing, and where none is known neither is the sum. */
export function stacked(all: readonly Values[]): readonly Values[] {
  const sums: Values[] = [];
  let below: Values = [];
  for (const values of all) {
    const under = below;
    const sum = values.map((value, index) =>
      value === undefined && under[index] === undefined ? undefined : (value ?? 0) + (under[index] ?? 0),
    );
    sums.push(sum);
    below = sum;
  }
  return sums;
}

/** The highest of several series; 0 where nothing is known. */
export function highestOf(all: readonly Values[]): number {
  let highest = 0;
  for (const values of all) for (const value of values) if (value !== undefined && value > highest) highest = value;
  return highest;
}

function runsOf(values: Values): readonly { readonly from: number; readonly to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.to === index) last.to = index + 1;
    else runs.push({ from: index, to: index + 1 });
  }
  return runs;
}

function pointAt(index: number, count: number, value: number, top: number): string {
  return edgeAt(index + 0.5, count, value, top);
}

function edgeAt(place: number, count: number, value: number, top: number): string {
  return `${round((place / count) * plotWidth)},${round(plotHeight * (1 - Math.min(1, Math.max(0, value / top))))}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
