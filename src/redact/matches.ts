/**
 * All matches of a global pattern. `matchAll` makes a copy of the pattern for every text, which costs more than most searches here.
 */
export function allMatches(text: string, pattern: RegExp): readonly RegExpExecArray[] {
  pattern.lastIndex = 0;
  const first = pattern.exec(text);
  if (first === null) return none;
  const found = [first];
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    found.push(match);
    if (match[0] === "") pattern.lastIndex++;
  }
  pattern.lastIndex = 0;
  return found;
}

const none: readonly RegExpExecArray[] = [];
