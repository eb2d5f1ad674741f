/** Text for a terminal: widths as they are seen, columns, paragraphs, colours. */
import { styleText } from "node:util";

/** How something is shown. */
export type Tone = "plain" | "heading" | "strong" | "quiet" | "good" | "warning" | "bad";

/** Puts a text into a tone; without colours it stays what it is. */
export type Paint = (text: string, tone: Tone) => string;

const formats = {
  heading: ["bold", "underline"],
  strong: ["bold"],
  quiet: ["dim"],
  good: ["green"],
  warning: ["yellow"],
  bad: ["bold", "red"],
} as const;

/** Makes it. */
export function createPaint(colour: boolean): Paint {
  if (!colour) return (text) => text;
  // whether colours are wanted has been settled already
  return (text, tone) => (tone === "plain" || text === "" ? text : styleText([...formats[tone]], text, { validateStream: false }));
}

const wide =
  /^(?:\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|[\u3000-\u303f\uff01-\uff60]|\p{Emoji_Presentation})$/u;
const nothing = /^\p{M}$/u;

/** How many cells of a terminal a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += char < "\u0300" ? 1 : nothing.test(char) ? 0 : wide.test(char) ? 2 : 1;
  return width;
}

/** A text of at most so many cells; what is cut off shows. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const char of text) {
    used += widthOf(char);
    if (used > width - 1) break;
    kept += char;
  }
  return width < 1 ? "" : `${kept}…`;
}

/** A text filled up to so many cells. */
export function fill(text: string, width: number, side: "left" | "right" = "left"): string {
  const spaces = " ".repeat(Math.max(0, width - widthOf(text)));
  return side === "left" ? `${text}${spaces}` : `${spaces}${text}`;
}

/** A paragraph in lines of at most so many cells; a word that is longer has a line of its own. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
