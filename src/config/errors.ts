/** What is wrong with a configuration, for a person who wants to put it right. */

import { carefulRedactor } from "../redact/redactor.ts";

/** One thing that is wrong, and where. */
export interface ConfigProblem {
  /** The file as the person named it; absent for flags. */
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly column?: number;
  /** `web.listenAddress`, `triggers[0].name`, or a flag; absent when the text itself is broken. */
  readonly key?: string;
  /** A sentence that says what was expected. */
  readonly message: string;
}

/** A configuration that cannot be used; it names all problems, not only the first. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.problems = problems;
  }
}

/** `file:line:column: key: expectation`, without what is not known. */
export function formatProblem({ file, line, column, key, message }: ConfigProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  return [place, key, message].filter((part) => part !== undefined && part !== "").join(": ");
}

/** A value as an error may show it: in quotes, without secrets, not longer than a line. */
export function quoteValue(value: string): string {
  const shown = carefulRedactor.text(value);
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 60)}…` : shown);
}

/** `["triggers", 0, "name"]` as `triggers[0].name`. */
export function formatKey(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`),
    "",
  );
}
