/** Durations as Prometheus writes them: `250ms`, `30s`, `5m`, `1h30m`, `30d`. */

const pattern = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const unitSeconds = [365 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1, 0.001] as const;

/** Seconds of a written duration; `undefined` when it is none. A bare `0` is one, any other bare number is not. */
export function parseDurationSeconds(text: string): number | undefined {
  if (text === "0") return 0;
  const match = text === "" ? null : pattern.exec(text);
  if (match === null) return undefined;
  const milliseconds = unitSeconds.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit * 1000, 0);
  return milliseconds <= Number.MAX_SAFE_INTEGER ? milliseconds / 1000 : undefined;
}
