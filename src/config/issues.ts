/** zod's findings as problems that a person can act on: one clear sentence with a place, for nested unions too. */
import type { z } from "zod";
import { type ConfigDocument, lineAt, positionOfKey, positionOfValue } from "./document.ts";
import { type ConfigProblem, formatKey, quoteValue } from "./errors.ts";
import { nearest } from "./nearest.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Where the values that were checked come from. */
interface CheckedValues {
  readonly document: ConfigDocument;
  readonly values: unknown;
  /** Keys whose value came from a variable, with what the file says: the value itself is not shown. */
  readonly sources: ReadonlyMap<string, string>;
  /** All keys that a section knows, for suggestions. */
  readonly knownKeys: (path: Path) => readonly string[];
}

/** Turns all findings into problems, in the order of the file. */
export function describeIssues(issues: readonly Issue[], checked: CheckedValues): readonly ConfigProblem[] {
  const problems = issues.flatMap((issue) => describeIssue(issue, issue.path, checked));
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function describeIssue(issue: Issue, path: Path, checked: CheckedValues): readonly ConfigProblem[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key], checked));
  const branch = issue.code === "invalid_union" ? meantBranch(issue.errors) : undefined;
  if (branch !== undefined) return branch.flatMap((inner) => describeIssue(inner, [...path, ...inner.path], checked));
  const { document } = checked;
  const expectation = expectationOf(issue);
  if (path.length > 0 && valueAt(checked.values, path) === undefined) return [missingKey(path, expectation, document)];
  const value = checked.sources.get(formatKey(path));
  const got =
    value === undefined
      ? describeValue(valueAt(checked.values, path), isSecret(path))
      : `what ${value} stands for (${describeKind(valueAt(checked.values, path))})`;
  return [{ file: document.file, ...positionOfValue(document, path), ...keyOf(path), message: `${expectation}, got ${got}` }];
}

function unknownKey(path: Path, { document, knownKeys }: CheckedValues): ConfigProblem {
  const known = knownKeys(path.slice(0, -1));
  const meant = nearest(String(path.at(-1)), known);
  const hint = meant === undefined ? `expected one of ${known.join(", ")}` : `did you mean ${meant}?`;
  return { file: document.file, ...positionOfKey(document, path), ...keyOf(path), message: `unknown key; ${hint}` };
}

/** A key that is not there has no place: its parent's line is named, and quoted where no secret can stand in it. */
function missingKey(path: Path, expectation: string, document: ConfigDocument): ConfigProblem {
  const parent = path.slice(0, -1);
  const position = positionOfKey(document, parent) ?? positionOfValue(document, parent);
  const quoted = position === undefined || isSecret(path) ? "" : ` in ${quoteValue(lineAt(document, position.line))}`;
  return { file: document.file, ...position, ...keyOf(path), message: `missing${quoted}; ${expectation}` };
}

/** The branch of a union that the value was meant for: the one with the least to complain of. None when all refuse it as a whole. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fitting = branches.filter((branch) => !branch.some((issue) => issue.path.length === 0 && isKindOfValue(issue)));
  return fitting.reduce<readonly Issue[] | undefined>(
    (best, branch) => (best === undefined || complaints(branch) < complaints(best) ? branch : best),
    undefined,
  );
}

function complaints(branch: readonly Issue[]): number {
  return branch.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
}

/** The value is of the wrong kind altogether. */
function isKindOfValue({ code }: Issue): boolean {
  return code === "invalid_type" || code === "custom" || code === "invalid_value";
}

function expectationOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return `expected ${kindName(issue.expected)}`;
    case "invalid_value":
      return `expected ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`;
    case "too_small":
      return `expected ${amount("at least", issue.minimum, issue.origin)}`;
    case "too_big":
      return `expected ${amount("at most", issue.maximum, issue.origin)}`;
    case "invalid_union": {
      const all = issue.errors.flatMap((branch) => branch.map((one) => expectationOf(one).replace(/^expected /, "")));
      return all.length === 0 ? "expected something else" : `expected ${[...new Set(all)].join(", or ")}`;
    }
    case "custom":
      return issue.message;
    default:
      return `expected something else (${issue.message})`;
  }
}

function kindName(kind: string): string {
  const names: Readonly<Record<string, string>> = {
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "keys with values",
    record: "keys with values",
  };
  return names[kind] ?? kind;
}

function amount(bound: string, limit: number | bigint, origin: string): string {
  if (origin === "array") return `a list of ${bound} ${limit} ${limit === 1 ? "entry" : "entries"}`;
  if (origin === "string") return `text of ${bound} ${limit} ${limit === 1 ? "character" : "characters"}`;
  return `${bound} ${limit}`;
}

function describeValue(value: unknown, secret: boolean): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "keys with values";
  if (typeof value === "string") return value === "" ? "empty text" : secret ? "text" : quoteValue(value);
  return String(value);
}

/** The URL of a webhook is a secret, also when it stands where it does not belong. */
function isSecret(path: Path): boolean {
  return path[0] === "notify" && path[1] !== undefined && path[1] !== "email" && path[1] !== "quiet";
}

/** The value of a variable may be a secret, so only its kind is told. */
function describeKind(value: unknown): string {
  if (typeof value === "string") return value === "" ? "empty text" : "text";
  return value === null ? "nothing" : `a ${typeof value}; quoted it would be text`;
}

function valueAt(values: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined),
    values,
  );
}

function keyOf(path: Path): { readonly key?: string } {
  return path.length === 0 ? {} : { key: formatKey(path) };
}
