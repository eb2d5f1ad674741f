/** Files of lines: one that cannot be understood is left out, the others are used. */
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/**
 * Lets every line from where `text` stands be parsed; where the parser stops within its line does not matter. Gives what it made of them.
 *
 * @throws MalformedError when there are lines and not one of them could be understood: then it is another file than it should be
 */
export function parseLines<Value>(text: Scanner, skips: Skips, parseLine: (text: Scanner) => Value): Value[] {
  const values: Value[] = [];
  let first: { readonly error: unknown } | undefined;
  while (!text.atEnd) {
    const start = text.at;
    try {
      values.push(parseLine(text));
    } catch (error) {
      skips.add(text.path, error);
      first ??= { error };
    }
    text.at = start;
    text.skipLine();
  }
  if (first !== undefined && values.length === 0) throw first.error;
  return values;
}
