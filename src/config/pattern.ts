/**
 * Regular expressions of `groups[]`, written as for process-exporter (Go) or as JavaScript has them.
 *
 * What only Go understands is translated or refused: JavaScript would take most of it for something else without a word.
 */

/** What is wrong with a pattern. */
export interface BadPattern {
  readonly reason: string;
}

const posixClasses: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7f",
  blank: "\\t ",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\s",
  upper: "A-Z",
  word: "\\w",
  xdigit: "0-9A-Fa-f",
};

/** One construct at a time, so that a backslash before a backslash hides nothing. */
const construct = /\\x\{|\\[\s\S]|\(\?P<|\(\?[A-Za-z-]+[:)]|\[:\^?\w+:\]/g;
const leadingFlags = /^\(\?([ims]+)\)/;

/** Compiles a pattern. */
export function parsePattern(written: string): RegExp | BadPattern {
  const flags = leadingFlags.exec(written)?.[1] ?? "";
  const body = flags === "" ? written : written.slice(flags.length + 3);
  const refused = body.match(construct)?.find((one) => translated(one) === undefined);
  if (refused !== undefined) return { reason: `${refused} is not understood here` };
  const source = body.replaceAll(construct, (one) => translated(one) ?? one);
  try {
    return new RegExp(source, [...new Set(flags)].join(""));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { reason: message.replace(/^Invalid regular expression: .*: (?=[^:]*$)/s, "").replace(/^./, (first) => first.toLowerCase()) };
  }
}

/** The names of the groups that a pattern has. */
export function groupNames(pattern: RegExp): readonly string[] {
  // an alternative that is always found: the groups are listed although they have matched nothing
  return Object.keys(new RegExp(`${pattern.source}|`, pattern.flags).exec("")?.groups ?? {});
}

function translated(one: string): string | undefined {
  if (one === "(?P<") return "(?<";
  if (one.startsWith("[:")) return posixClasses[one.slice(2, -2)];
  if (one === "(?:") return one;
  if (one.startsWith("(?")) return undefined;
  if (one === "\\A") return "^";
  if (one === "\\z") return "$";
  // punctuation may always be escaped; of letters and digits only those that mean the same to both
  return /^\\[^A-Za-z0-9]$|^\\[dDsSwWbBfnrtv]$|^\\x$/.test(one) ? one : undefined;
}
