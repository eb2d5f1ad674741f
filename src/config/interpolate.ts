/**
 * `${VAR}` in parsed scalars: never in the text, so that no value can add keys or comments, and typed again afterwards, so that
 * `maxCount: ${COUNT}` is a number. A quoted scalar stays text. `$${` is a literal `${`.
 */
import { isMap, isScalar, isSeq, type ScalarTag } from "yaml";
import type { ConfigDocument } from "./document.ts";
import { type ConfigProblem, formatKey } from "./errors.ts";

/** The variables that may be named. */
export type Variables = ReadonlyMap<string, string>;

/** What was replaced, by key: such a value is never quoted in an error, for it may be a secret. */
interface Interpolation {
  readonly problems: readonly ConfigProblem[];
  /** `web.externalUrl` → `${URL}`. */
  readonly sources: ReadonlyMap<string, string>;
}

const reference = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g;

/** Replaces the variables in place. */
export function interpolate(document: ConfigDocument, variables: Variables): Interpolation {
  const problems: ConfigProblem[] = [];
  const sources = new Map<string, string>();
  walk(document.yaml.contents, []);
  return { problems, sources };

  function walk(node: unknown, path: readonly PropertyKey[]): void {
    if (isMap(node)) for (const { key, value } of node.items) walk(value, [...path, isScalar(key) ? String(key.value) : "?"]);
    else if (isSeq(node)) for (const [index, item] of node.items.entries()) walk(item, [...path, index]);
    else if (isScalar(node) && typeof node.value === "string" && node.value.includes("${")) {
      const source = node.value;
      const range = node.range ?? [0, 0, 0];
      const key = formatKey(path);
      const text = replaceAll(source, (written, problem) => {
        const at = document.text.indexOf(written, range[0]);
        problems.push({ file: document.file, ...document.positionAt(at < 0 || at >= range[1] ? range[0] : at), key, message: problem });
      });
      if (text === undefined) return;
      if (text !== source) sources.set(key, source);
      node.value = node.type === "PLAIN" ? typed(text) : text;
    }
  }

  /** The same decision that YAML takes for an unquoted scalar. */
  function typed(text: string): unknown {
    const tag = document.yaml.schema.tags.find(
      (one): one is ScalarTag => one.default === true && "test" in one && one.test?.test(text) === true,
    );
    const value = tag === undefined ? text : tag.resolve(text, () => undefined, {});
    return isScalar(value) ? value.value : value;
  }

  function replaceAll(source: string, complain: (written: string, problem: string) => void): string | undefined {
    let complete = true;
    const text = source.replaceAll(reference, (written: string, name: string | undefined) => {
      if (written === "$${") return "${";
      const value = name === undefined ? undefined : variables.get(name);
      if (value !== undefined) return value;
      complete = false;
      complain(
        written,
        name === undefined
          ? `a \${ that no variable follows; expected \${NAME}, or $\${ for a literal \${`
          : `the variable ${name} is not set; expected it in the environment or in the .env file beside this file`,
      );
      return "";
    });
    return complete ? text : undefined;
  }
}
