/** `.env` files: `NAME=value` lines, comments, single and double quotes (which may hold line ends), an optional `export`. */

/** The variables of a file, or the first line that is not one. */
type DotenvResult = { readonly variables: ReadonlyMap<string, string> } | { readonly badLine: number };

const blank = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const assignment = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*/y;
const singleQuoted = /'([^']*)'[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const doubleQuoted = /"((?:[^"\\]|\\.)*)"[ \t]*(?:#[^\n]*)?(?:\n|$)/sy;
const bare = /([^\n]*)(?:\n|$)/y;

/** Makes sense of the text of such a file. The values never show up in an error: they are secrets as a rule. */
export function parseDotenv(source: string): DotenvResult {
  const text = source.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  const variables = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const empty = matchAt(blank, text, at);
    if (empty !== undefined) {
      at += empty[0].length;
      continue;
    }
    const name = matchAt(assignment, text, at);
    const value = name && readValue(text, at + name[0].length);
    if (name === undefined || value === undefined) return { badLine: text.slice(0, at).split("\n").length };
    variables.set(name[1] ?? "", value.value);
    at = value.end;
  }
  return { variables };
}

function readValue(text: string, at: number): { readonly value: string; readonly end: number } | undefined {
  const quote = text[at];
  if (quote === "'" || quote === '"') {
    const quoted = matchAt(quote === "'" ? singleQuoted : doubleQuoted, text, at);
    if (quoted === undefined) return undefined;
    const inner = quoted[1] ?? "";
    return { value: quote === "'" ? inner : inner.replaceAll(/\\(.)/gs, unescaped), end: at + quoted[0].length };
  }
  const rest = matchAt(bare, text, at);
  if (rest === undefined) return undefined;
  return { value: (rest[1] ?? "").replace(/(?:^|\s)#.*$/, "").trim(), end: at + rest[0].length };
}

function unescaped(_: string, char: string): string {
  return { n: "\n", t: "\t", r: "\r" }[char] ?? char;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
