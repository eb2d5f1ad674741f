/** `Retry-After`: seconds, or a date. */

/** How many seconds from now the server wants to be left alone; undefined when it does not say, or nothing sensible. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim();
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,9}(?:\.\d+)?$/.test(text)) return Number(text);
  // Date.parse takes "5 apples" and "-1" for dates
  if (!/[A-Za-z]{3},? |^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, (atMs - nowMs) / 1000);
}
