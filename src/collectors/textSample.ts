/** One line of the text format: `name{label="value"} 3.5`. */

/** Says what is wrong with a text file, and where. */
export class TextFormatError extends Error {
  override readonly name = "TextFormatError";

  constructor(line: number | undefined, message: string) {
    super(line === undefined ? message : `line ${line}: ${message}`);
  }
}

interface TextSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Parses a line that begins with a metric's name. A timestamp is refused: what a script wrote is taken to be true now. */
export function parseSample(line: string, number: number): TextSample {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
  if (name === undefined) throw new TextFormatError(number, "invalid metric name");
  let rest = line.slice(name.length);
  if (rest !== "" && !/^[ \t{]/.test(rest)) throw new TextFormatError(number, "invalid metric name");
  rest = rest.replace(/^[ \t]+/, "");
  let labels: Readonly<Record<string, string>> = {};
  if (rest.startsWith("{")) {
    const parsed = parseLabels(rest, name, number);
    labels = parsed.labels;
    rest = rest.slice(parsed.length).replace(/^[ \t]+/, "");
  }
  const [value = "", ...more] = rest.split(/[ \t]+/);
  if (more.length > 0 && more[0] !== "") {
    throw new TextFormatError(number, `unsupported client-side timestamp "${more.join(" ")}": the whole file is skipped`);
  }
  if (more.length > 0) throw new TextFormatError(number, "blanks behind the value: expected a line feed");
  return { name, labels, value: parseFloatStrictly(value, number) };
}

const labelStart = /[ \t]*(?:([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*")?/y;

function parseLabels(text: string, metric: string, number: number): { labels: Record<string, string>; length: number } {
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  let at = 1;
  for (;;) {
    labelStart.lastIndex = at;
    const name = labelStart.exec(text)?.[1];
    at = labelStart.lastIndex;
    // a comma may stand behind the last label
    if (text[at] === "}" && name === undefined) return { labels: { ...labels }, length: at + 1 };
    if (name === undefined) throw new TextFormatError(number, `expected label="value" in the labels of "${metric}"`);
    if (name === "__name__") throw new TextFormatError(number, 'label name "__name__" is reserved');
    if (name in labels) throw new TextFormatError(number, `duplicate label names for metric "${metric}"`);
    const value = parseLabelValue(text, at, number);
    labels[name] = value.text;
    at = value.end;
    while (text[at] === " " || text[at] === "\t") at++;
    if (text[at] === ",") at++;
    else if (text[at] !== "}") throw new TextFormatError(number, `expected "," or "}" behind the value of label "${name}"`);
  }
}

function parseLabelValue(text: string, start: number, number: number): { text: string; end: number } {
  let value = "";
  for (let at = start; at < text.length; at++) {
    const letter = text[at];
    if (letter === '"') return { text: value, end: at + 1 };
    if (letter !== "\\") {
      value += letter;
      continue;
    }
    at++;
    const escaped = text[at];
    if (escaped === "n") value += "\n";
    else if (escaped === '"' || escaped === "\\") value += escaped;
    else throw new TextFormatError(number, `invalid escape sequence "\\${escaped ?? ""}"`);
  }
  throw new TextFormatError(number, "a label's value has no closing quote");
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** What Go's strconv.ParseFloat takes, less hexadecimal and underscores, which the format does not have. */
function parseFloatStrictly(text: string, number: number): number {
  if (/^nan$/i.test(text)) return Number.NaN;
  const infinity = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinity !== null) return infinity[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (!decimal.test(text) || !Number.isFinite(value)) throw new TextFormatError(number, `expected float as value, got "${text}"`);
  return value;
}
