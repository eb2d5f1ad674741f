/** A sparkline as the path of an SVG, `width` by `height`. Pure. */

/** The path; a hole where nothing is known. `most` is the value at the top. */
export function sparkPath(values: readonly (number | null)[], most: number, width: number, height: number): string {
  return pathOf(stretchesOf(values, most, width, height));
}

/** The same with everything below it, to be filled. */
export function sparkArea(values: readonly (number | null)[], most: number, width: number, height: number): string {
  const onGround = (point: Point | undefined): Point => [point?.[0] ?? 0, height];
  const closed = stretchesOf(values, most, width, height).map((points) => [onGround(points[0]), ...points, onGround(points.at(-1))]);
  return pathOf(closed);
}

type Point = readonly [x: number, y: number];

/** What is known, cut where something is not. */
function stretchesOf(values: readonly (number | null)[], most: number, width: number, height: number): readonly (readonly Point[])[] {
  if (values.length < 2 || most <= 0) return [];
  const step = width / (values.length - 1);
  const stretches: Point[][] = [];
  let isDown = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isDown = false;
      continue;
    }
    if (!isDown) stretches.push([]);
    stretches.at(-1)?.push([index * step, height - Math.min(Math.max(value / most, 0), 1) * height]);
    isDown = true;
  }
  return stretches;
}

function pathOf(stretches: readonly (readonly Point[])[]): string {
  return stretches.map((points) => points.map(([x, y], at) => `${at === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("")).join("");
}

/** So many values from the end, each the highest of as many as fall onto it: a peak must not be lost. */
export function squeezed(values: readonly (number | null)[], count: number): readonly (number | null)[] {
  if (values.length <= count) return values;
  const share = values.length / count;
  return Array.from({ length: count }, (_, index) => {
    let highest: number | null = null;
    for (let at = Math.floor(index * share); at < Math.floor((index + 1) * share); at++) {
      const value = values[at] ?? null;
      if (value !== null && (highest === null || value > highest)) highest = value;
    }
    return highest;
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
