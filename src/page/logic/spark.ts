/** A sparkline as the path of an SVG, `width` by `height`. Pure. */

/** The path; a hole where nothing is known. `most` is the value at the top. */
export function sparkPath(values: readonly (number | null)[], most: number, width: number, height: number): string {
  if (values.length < 2 || most <= 0) return "";
  const step = width / (values.length - 1);
  let path = "";
  let isDown = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isDown = false;
      continue;
    }
    const y = height - Math.min(Math.max(value / most, 0), 1) * height;
    path += `${isDown ? "L" : "M"}${round(index * step)} ${round(y)}`;
    isDown = true;
  }
  return path;
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
