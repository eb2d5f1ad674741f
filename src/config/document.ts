/** The text of a configuration file: its values, and for every value and key the place where it stands. */
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument, visit, type YAMLMap } from "yaml";
import { defined } from "../model/defined.ts";
import { reasonOf } from "../model/errors.ts";
import { ConfigError, type ConfigProblem, formatKey } from "./errors.ts";

/** Counted from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A parsed file. */
export interface ConfigDocument {
  readonly file: string;
  readonly text: string;
  readonly yaml: Document.Parsed<ParsedNode>;
  /** Where a character of the text stands. */
  positionAt(offset: number): Position;
}

/** Parses YAML, or says line by line why it is none. */
export function parseConfigText(file: string, text: string): ConfigDocument | readonly ConfigProblem[] {
  const lineCounter = new LineCounter();
  const yaml = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const positionAt = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const faults = [...yaml.errors, ...yaml.warnings];
  if (faults.length === 0) return { file, text, yaml, positionAt };
  return faults.map((fault) => {
    const key = fault.code === "DUPLICATE_KEY" ? keyAt(yaml, fault.pos[0]) : undefined;
    const message =
      key === undefined
        ? `not valid YAML: ${lowerFirst(fault.message)}${variableHint(text, fault.pos[0], positionAt)}`
        : "is given twice in the same place";
    return defined({ file, ...positionAt(fault.pos[0]), key, message });
  });
}

/** The values as plain objects, lists and scalars. Throws a ConfigError when an alias names nothing. */
export function documentValues(document: ConfigDocument): unknown {
  const problems: ConfigProblem[] = [];
  visit(document.yaml, {
    Alias: (_, alias) => {
      if (alias.resolve(document.yaml) !== undefined) return;
      const at = alias.range == null ? {} : document.positionAt(alias.range[0]);
      problems.push({ file: document.file, ...at, message: `*${alias.source} refers to nothing; expected &${alias.source} before it` });
    },
  });
  if (problems.length > 0) throw new ConfigError(problems);
  try {
    return document.yaml.toJS() as unknown;
  } catch (error) {
    throw new ConfigError([{ file: document.file, message: `not usable: ${lowerFirst(reasonOf(error))}` }]);
  }
}

/** Where the value at a path stands; where its key stands when the value is empty; `undefined` when there is neither. */
export function positionOfValue(document: ConfigDocument, path: readonly PropertyKey[]): Position | undefined {
  const node = path.length === 0 ? document.yaml.contents : document.yaml.getIn(path.map(asKey), true);
  if (isNode(node) && node.range != null && !(isScalar(node) && node.range[0] === node.range[1])) return document.positionAt(node.range[0]);
  return positionOfKey(document, path);
}

/** Where the last key of a path stands. */
export function positionOfKey(document: ConfigDocument, path: readonly PropertyKey[]): Position | undefined {
  const parent = path.length === 1 ? document.yaml.contents : document.yaml.getIn(path.slice(0, -1).map(asKey), true);
  const wanted = path.at(-1);
  if (isMap(parent)) {
    for (const { key } of parent.items) {
      if (isScalar(key) && String(key.value) === String(wanted) && key.range != null) return document.positionAt(key.range[0]);
    }
  }
  if (isSeq(parent) && typeof wanted === "number") {
    const item = parent.items[wanted];
    if (isNode(item) && item.range != null) return document.positionAt(item.range[0]);
  }
  return undefined;
}

/** A line of the text without the white space around it. */
export function lineAt(document: ConfigDocument, line: number): string {
  return (document.text.split("\n")[line - 1] ?? "").trim();
}

function asKey(part: PropertyKey): string | number {
  return typeof part === "number" ? part : String(part);
}

/** The path of the key at an offset, for messages. */
function keyAt(yaml: Document.Parsed<ParsedNode>, offset: number): string | undefined {
  const found = isMap(yaml.contents) ? findKey(yaml.contents, offset, []) : undefined;
  return found && formatKey(found);
}

function findKey(map: YAMLMap, offset: number, path: readonly PropertyKey[]): readonly PropertyKey[] | undefined {
  for (const { key, value } of map.items) {
    if (!isScalar(key)) continue;
    const here = [...path, String(key.value)];
    if (key.range != null && key.range[0] === offset) return here;
    const below = isMap(value) ? findKey(value, offset, here) : undefined;
    if (below !== undefined) return below;
    if (!isSeq(value)) continue;
    for (const [index, item] of value.items.entries()) {
      const inItem = isMap(item) ? findKey(item, offset, [...here, index]) : undefined;
      if (inItem !== undefined) return inItem;
    }
  }
  return undefined;
}

/** Inside of `[ ]` and `{ }` the braces of a variable end the value. */
function variableHint(text: string, offset: number, positionAt: (offset: number) => Position): string {
  const line = text.split("\n")[positionAt(offset).line - 1] ?? "";
  return /[[{,].*\$\{/.test(line) ? `; inside of [ ] and { } a value with \${NAME} needs quotes` : "";
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
