/** What is read of what a sender says: each value by the name of its field, so that a refusal can name it. Pure. */

/** A payload that cannot be used: which field, and what was expected there. */
export class FieldProblem extends Error {
  override readonly name = "FieldProblem";
  readonly field: string;

  constructor(field: string, expected: string) {
    super(`${field}: ${expected}`);
    this.field = field;
  }
}

/** What JSON can say between braces. */
export type Fields = Readonly<Record<string, unknown>>;

/** An object; undefined where there is none. @throws FieldProblem where there is something else */
export function readFields(value: unknown, field: string): Fields | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw new FieldProblem(field, `expected an object, got ${shown(value)}`);
  return value as Fields;
}

/** A number between two others; undefined where there is none. @throws FieldProblem */
export function readNumber(value: unknown, field: string, least: number, most = Number.MAX_VALUE): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isFinite(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_VALUE ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new FieldProblem(field, `expected a number ${range}, got ${shown(value)}`);
}

/** As long as the name of a host can be. */
export const mostNameCharacters = 253;

/** The name of a host: it is a folder's name as well. @throws FieldProblem */
export function readHostname(value: unknown, field: string): string {
  if (typeof value === "string" && value.length <= mostNameCharacters && /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$/.test(value))
    return value;
  throw new FieldProblem(field, `expected the name of a host: letters, digits, dots and dashes, got ${shown(value)}`);
}

const earliestMs = Date.UTC(2001, 0, 1);
const latestMs = Date.UTC(2200, 0, 1);
/** Seconds since 1970 are fewer for the next thousands of years, milliseconds were more since 1973. */
const leastMilliseconds = 1e11;

/** A moment: ISO 8601 with a zone, or seconds or milliseconds since 1970. @throws FieldProblem */
export function readMoment(value: unknown, field: string): number {
  const ms = momentOf(value);
  if (ms !== undefined && ms >= earliestMs && ms < latestMs) return ms;
  throw new FieldProblem(field, `expected a time such as 2026-11-21T10:00:00Z, or seconds or milliseconds since 1970, got ${shown(value)}`);
}

function momentOf(value: unknown): number | undefined {
  if (typeof value === "number") return Math.round(value < leastMilliseconds ? value * 1000 : value);
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?\s?(?:Z|[+-]\d\d:?\d\d)$/i.test(value))
    return undefined;
  const ms = Date.parse(value.replace(" ", "T").replace(",", ".").replace(/\s/g, ""));
  return Number.isNaN(ms) ? undefined : ms;
}

/** A value as a refusal quotes it: short, and never more than its beginning. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return JSON.stringify(value).slice(0, 60);
}
