/**
 * Shows what would act instead of being shown: control characters that move a terminal's cursor or change its colours, marks that turn the
 * direction of writing, characters that nobody sees. Names, labels, reasons and answers are written by others.
 */

/** Control, format (direction, zero width, tags), private use, half pairs, line and paragraph separators. */
const acting = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;
const actingInLines = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text of one line in which every such character is written as an escape: `\x1b`, `\u202e`, `\u{e0001}`. */
export function visible(text: string): string {
  return text.replace(acting, escapeOf);
}

/** The same of a text of several lines: line ends and tabs stay. */
export function visibleLines(text: string): string {
  return text.replace(actingInLines, escapeOf);
}

/** The same JSON in which no such character stands as itself: parsing it gives the original text. */
export function visibleJson(json: string): string {
  return json.replace(actingInLines, (character) =>
    [...Array(character.length).keys()].map((index) => `\\u${hex(character.charCodeAt(index), 4)}`).join(""),
  );
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 4)}}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
