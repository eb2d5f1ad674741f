/** JSON of others: it may be none, or nest a million times, and then parsing takes seconds in which nothing else is done. */

/** What a text says; undefined where it is no JSON, or nests too deep. */
export function parseJson(text: string): unknown {
  if (nestsTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Its properties, none of them known to be what it should be; undefined where it is no object. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(text);
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}

/** The sentence of an answer that refuses, as Culprit's do (api/answers.ts); undefined where there is none. */
export function errorIn(answer: string): string | undefined {
  const error = parseJsonObject(answer)?.error;
  return typeof error === "string" ? error : undefined;
}

/** A line of a recording has six levels. */
const mostLevels = 64;
/** A text that is no longer cannot nest so deep that it matters. */
const shortCharacters = 64 * 1024;

/** True for a text that nobody should parse. */
export function nestsTooDeep(json: string): boolean {
  if (json.length <= shortCharacters) return false;
  let levels = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (isText) {
      if (code === 0x5c) at++;
      else if (code === 0x22) isText = false;
    } else if (code === 0x22) isText = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++levels > mostLevels) return true;
    } else if (code === 0x7d || code === 0x5d) levels--;
  }
  return false;
}
