/** A body as its items: one JSON object, a list of them, or one a line. Pure. */
import { reasonOf } from "../model/errors.ts";
import { nestsTooDeep } from "../model/json.ts";
import { FieldProblem, type Fields } from "./readings.ts";

interface Read {
  readonly fields: Fields;
  /** The text, where it is a line of its own. */
  readonly line?: string;
}

/** An item that is yet to be read. @throws FieldProblem from `read`; of the field `body` where there is nothing behind it either */
interface UnreadItem {
  readonly read: () => Read;
}

/** More at once would hold up the event loop. */
const mostParsedCharacters = 1024 * 1024;
const forms = "an object, a list of objects, or an object a line";

/** The items, each to be read when its turn has come. */
export function* splitPayload(text: string): Generator<UnreadItem> {
  const body = text.trim();
  const end = body.indexOf("\n");
  const isDocument = end < 0 || body.startsWith("[") || !isJson(body.slice(0, end).trim());
  if (!isDocument) return yield* linesOf(body);
  const whole = wholeOf(body);
  if ("value" in whole) {
    const list = Array.isArray(whole.value) ? (whole.value as readonly unknown[]) : [whole.value];
    for (const one of list) yield { read: () => ({ fields: fieldsOf(one) }) };
    return;
  }
  // of lines the first may be the broken one
  if (
    end >= 0 &&
    !body.startsWith("[") &&
    body
      .split("\n", 3)
      .slice(1)
      .some((line) => isJson(line.trim()))
  )
    return yield* linesOf(body);
  yield {
    read() {
      throw new FieldProblem("body", whole.problem);
    },
  };
}

function* linesOf(body: string): Generator<UnreadItem> {
  for (let start = 0; start < body.length; ) {
    const found = body.indexOf("\n", start);
    const end = found < 0 ? body.length : found;
    const line = body.slice(start, end).trim();
    start = end + 1;
    if (line !== "") yield { read: () => lineOf(line) };
  }
}

function lineOf(line: string): Read {
  const read = parsed(line);
  if ("problem" in read) throw new FieldProblem("line", `expected a line of JSON, ${read.problem}`);
  return { fields: fieldsOf(read.value), line };
}

function wholeOf(body: string): Parsed {
  if (body === "") return { problem: `expected JSON: ${forms}, got nothing` };
  const read = parsed(body);
  return "problem" in read ? { problem: `expected JSON: ${forms}; ${read.problem}` } : read;
}

type Parsed = { readonly value: unknown } | { readonly problem: string };

function parsed(text: string): Parsed {
  if (text.length > mostParsedCharacters)
    return { problem: `at most ${mostParsedCharacters} characters at once: of more, send an object a line` };
  if (nestsTooDeep(text)) return { problem: "nested less deep" };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: `but ${reasonOf(error).slice(0, 120)}` };
  }
}

function isJson(text: string): boolean {
  return "value" in parsed(text);
}

function fieldsOf(value: unknown): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new FieldProblem("item", "expected a JSON object");
}
