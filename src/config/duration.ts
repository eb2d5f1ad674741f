/** Durations as Prometheus writes them: `250ms`, `30s`, `5m`, `1h30m`, `30d`. */

const pattern = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const unitSeconds = [365 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1, 0.001] as const;
const unitNames = ["y", "w", "d", "h", "m", "s", "ms"] as const;

/** Seconds of a written duration; `undefined` when it is none. A bare `0` is one, any other bare number is not. */
export function parseDurationSeconds(text: string): number | undefined {
  if (text === "0") return 0;
  const match = text === "" ? null : pattern.exec(text);
  if (match === null) return undefined;
  const milliseconds = unitSeconds.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit * 1000, 0);
  return milliseconds <= Number.MAX_SAFE_INTEGER ? milliseconds / 1000 : undefined;
}

/** The shortest usual way to write a duration: 5400 is `1h30m`. Years and weeks are days, as a person would say it. */
export function formatDuration(seconds: number): string {
  if (seconds === 0) return "0s";
  let left = Math.round(seconds * 1000);
  let text = "";
  for (let index = 2; index < unitSeconds.length; index++) {
    const unit = (unitSeconds[index] ?? 1) * 1000;
    const count = Math.floor(left / unit);
    if (count > 0) text += `${count}${unitNames[index]}`;
    left -= count * unit;
  }
  return text;
}
