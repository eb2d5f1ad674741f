/** When a file system will be full, at the pace at which it has filled up. Pure, and honest: mostly nobody can tell. */

/** What was left at a moment. */
interface Room {
  readonly atMs: number;
  readonly availableBytes: number;
}

/** In how many seconds it is full; or why that cannot be told. */
type FillTime = { readonly kind: "full"; readonly seconds: number } | { readonly kind: "steady" | "unknown" };

/** Less history than this is no pace. */
const leastHistoryMs = 15 * 60_000;
const leastPoints = 8;
/** Who says more than a month says nothing. */
const mostSeconds = 30 * 86_400;
/** What has been lost must stand out of what comes and goes by so much. */
const leastOverNoise = 3;
/** And be more than this share of what is left. */
const leastShare = 1e-4;
/** The newest third must go on at no less than this part of the pace: what has stopped does not fill up. */
const leastRecentPart = 0.25;

/** Judges the readings of some time, the oldest first. */
export function fillTime(readings: readonly Room[]): FillTime {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined || readings.length < leastPoints || last.atMs - first.atMs < leastHistoryMs) {
    return { kind: "unknown" };
  }
  if (last.availableBytes <= 0) return { kind: "full", seconds: 0 };
  const { slope, noise } = lineThrough(readings);
  const lost = -slope * ((last.atMs - first.atMs) / 1000);
  if (lost <= leastOverNoise * noise || lost < leastShare * last.availableBytes) return { kind: "steady" };
  const recent = lineThrough(readings.slice(Math.floor((readings.length * 2) / 3)));
  if (recent.slope > slope * leastRecentPart) return { kind: "steady" };
  const seconds = last.availableBytes / -slope;
  return seconds <= mostSeconds ? { kind: "full", seconds } : { kind: "steady" };
}

/** Least squares: bytes per second, and how far the readings lie from the line. */
function lineThrough(readings: readonly Room[]): { readonly slope: number; readonly noise: number } {
  const count = readings.length;
  const originMs = readings[0]?.atMs ?? 0;
  const points = readings.map(({ atMs, availableBytes }) => ({ x: (atMs - originMs) / 1000, y: availableBytes }));
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / count;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / count;
  let across = 0;
  let along = 0;
  for (const { x, y } of points) {
    across += (x - meanX) * (y - meanY);
    along += (x - meanX) ** 2;
  }
  const slope = along === 0 ? 0 : across / along;
  const squares = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, noise: Math.sqrt(squares / count) };
}
