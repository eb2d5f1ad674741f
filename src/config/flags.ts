/** Flags in node_exporter's manner: `--web.listen-address=:10054` or `--web.listen-address :10054`. */
import { parseArgs } from "node:util";
import { defined } from "../model/defined.ts";
import type { ConfigProblem } from "./errors.ts";
import { nearest } from "./nearest.ts";

/** One flag. */
export interface FlagDefinition {
  /** Without the dashes. */
  readonly name: string;
  /** What its value is called in the help, as in `--config.file=FILE`; a flag without it takes no value. */
  readonly value?: string;
  readonly help: string;
  /** It may be given several times. */
  readonly repeatable?: boolean;
  readonly short?: string;
  /** It makes a difference only where somebody scrapes. */
  readonly isForScrapes?: boolean;
}

/** A command line, taken apart but not yet understood. */
export interface ParsedFlags {
  /** The values of every flag that was given; a flag without a value has `[""]`. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
  readonly problems: readonly ConfigProblem[];
}

/** Takes a command line apart. Nothing is thrown: the problems are part of the answer. */
export function parseFlags(argv: readonly string[], definitions: readonly FlagDefinition[]): ParsedFlags {
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      definitions.map(({ name, value, short }) => [name, defined({ type: value === undefined ? "boolean" : "string", short })]),
    ),
  });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  const problems: ConfigProblem[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const definition = definitions.find((one) => one.name === token.name);
    const problem = flagProblem(token.rawName, definition, definitions, token.value, token.inlineValue === true);
    if (problem !== undefined) problems.push(problem);
    else if (definition !== undefined) values.set(definition.name, [...(values.get(definition.name) ?? []), token.value ?? ""]);
  }
  for (const { name, repeatable } of definitions) {
    if (repeatable !== true && (values.get(name)?.length ?? 0) > 1) problems.push({ key: `--${name}`, message: "expected at most once" });
  }
  return { values, positionals, problems };
}

function flagProblem(
  written: string,
  definition: FlagDefinition | undefined,
  definitions: readonly FlagDefinition[],
  value: string | undefined,
  inline: boolean,
): ConfigProblem | undefined {
  if (definition === undefined) {
    const meant = nearest(
      written.replace(/^-+/, ""),
      definitions.map(({ name }) => name),
    );
    return { key: written, message: `unknown flag; ${meant === undefined ? "--help lists what there is" : `did you mean --${meant}?`}` };
  }
  const key = `--${definition.name}`;
  if (definition.value === undefined) return value === undefined ? undefined : { key, message: "takes no value" };
  // `--at -10m` is ten minutes ago: no flag begins with a digit
  const looksLikeFlag = !inline && value !== undefined && /^-(?!\d)/.test(value);
  if (value === undefined || value === "" || looksLikeFlag) return { key, message: `expected a value: ${key}=${definition.value}` };
  return undefined;
}
