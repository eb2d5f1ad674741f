/** How deep a JSON text nests, before it is parsed: what nests a million times takes seconds in which nothing else is done. Pure. */

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
