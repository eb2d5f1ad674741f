/** HTML whose texts are escaped: a process may be called anything. */
import { visible } from "../../visible.ts";

/** A piece of HTML that is safe as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What stands in a template: texts and numbers are escaped, pieces of HTML are not; nothing at all leaves nothing. */
type Piece = Html | string | number | undefined | readonly Html[];

/** A template. Attribute values must be in double quotes in it. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  let text = strings[0] ?? "";
  for (const [index, piece] of pieces.entries()) text += rendered(piece) + (strings[index + 1] ?? "");
  return new Html(text);
}

/** A text as HTML: no markup, and what turns the direction of writing or hides itself as an escape. */
export function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The beginning of a text that is too long to be shown; never half a character. */
export function shortened(text: string, most: number): string {
  const characters = [...text.slice(0, most * 2 + 1)];
  return characters.length <= most ? text : `${characters.slice(0, most).join("")}…`;
}

function rendered(piece: Piece): string {
  if (piece === undefined) return "";
  if (piece instanceof Html) return piece.text;
  if (typeof piece === "string" || typeof piece === "number") return escaped(String(piece));
  return piece.map(({ text }) => text).join("");
}
