/** The report's HTML: a process may be called anything. */
import { templateOf } from "../../html.ts";
import { visible } from "../../visible.ts";

/** A template of the report: a text is one line, and what turns the direction of writing or hides itself is an escape. */
export const html = templateOf(visible);

/** The beginning of a text that is too long to be shown; never half a character. */
export function shortened(text: string, most: number): string {
  const characters = [...text.slice(0, most * 2 + 1)];
  return characters.length <= most ? text : `${characters.slice(0, most).join("")}…`;
}
