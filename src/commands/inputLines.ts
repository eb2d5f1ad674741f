/** Standard input, line by line. */

const mostKeyLines = 400;
const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;

/** The lines of a stream, each as soon as it is complete; a last one without its end counts as well. Only `\n` ends a line. */
export async function* linesOf(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  for await (const chunk of input) {
    const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      yield pieces.join("") + text.slice(from, at);
      pieces = [];
      from = at + 1;
    }
    if (from < text.length) pieces.push(text.slice(from));
  }
  const rest = pieces.join("") + decoder.decode();
  if (rest !== "") yield rest;
}

/** The same lines, those of a private key together: at most 400, or one that never ends would hold all others back. */
export async function* keyBlocks(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let held: string[] = [];
  for await (const line of lines) {
    if (held.length === 0 && !opensKey(line)) {
      yield line;
      continue;
    }
    held.push(line);
    if (end.test(line) || held.length === mostKeyLines) {
      yield held.join("\n");
      held = [];
    }
  }
  if (held.length > 0) yield held.join("\n");
}

function opensKey(line: string): boolean {
  return begin.test(line) && !end.test(line);
}
