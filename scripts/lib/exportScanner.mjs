/** What a TypeScript file exports by name, and which names it takes from which files. */
import { tokenize } from "./tokens.mjs";

/** @typedef {import("./tokens.mjs").Token} Token */
/**
 * @typedef {{ readonly name: string, readonly line: number }} Export
 * @typedef {{ readonly specifier: string, readonly names: readonly string[] | "all" }} Taken
 * "all": by `*`, or by an `import()`, whose result may go anywhere.
 */

const declaring = new Set(["function", "class", "interface", "type", "const", "enum"]);

/**
 * @param {string} source
 * @returns {Export[]}
 */
export function scanExports(source) {
  const tokens = tokenize(source).filter((token) => token.kind !== "comment");
  return tokens.flatMap((token, index) => {
    if (token.kind !== "word" || token.text !== "export" || token.depth !== 0) return [];
    let at = index + 1;
    if (tokens[at]?.text === "type" && tokens[at + 1]?.text === "{") at += 1;
    if (tokens[at]?.text === "{") return bracedNames(tokens, at).map(({ as }) => ({ name: as, line: token.line }));
    while (["async", "abstract", "declare"].includes(tokens[at]?.text ?? "")) at += 1;
    if (!declaring.has(tokens[at]?.text ?? "")) return [];
    at += tokens[at + 1]?.text === "*" ? 2 : 1;
    return [{ name: tokens[at]?.text ?? "", line: token.line }];
  });
}

/**
 * @param {string} source
 * @returns {Taken[]}
 */
export function scanTaken(source) {
  const tokens = tokenize(source).filter((token) => token.kind !== "comment");
  return tokens.flatMap((token, index) => {
    if (token.kind !== "word" || (token.text !== "import" && token.text !== "export") || tokens[index - 1]?.text === ".") return [];
    if (tokens[index + 1]?.text === "(") {
      const specifier = tokens[index + 2];
      return specifier?.kind === "string" ? [{ specifier: specifier.text, names: /** @type {const} */ ("all") }] : [];
    }
    const from = tokens.findIndex(
      (other, at) => at > index && (other.text === ";" || (other.text === "from" && other.depth === token.depth)),
    );
    const specifier = tokens[from + 1];
    if (from < 0 || tokens[from]?.text !== "from" || specifier?.kind !== "string") return [];
    const braced = tokens.findIndex((other, at) => at > index && at < from && other.text === "{");
    const names = braced < 0 ? "all" : bracedNames(tokens, braced).map(({ name }) => name);
    return [{ specifier: specifier.text, names }];
  });
}

/**
 * @param {readonly Token[]} tokens
 * @param {number} open the index of the `{`
 * @returns {{ readonly name: string, readonly as: string }[]}
 */
function bracedNames(tokens, open) {
  const close = tokens.findIndex((token, at) => at > open && token.text === "}");
  const words = tokens.slice(open + 1, close).map(({ text }) => text);
  return words
    .join(" ")
    .split(",")
    .map((part) => part.trim().replace(/^type (?!as\b)/, ""))
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", as = name] = part.split(" as ");
      return { name, as };
    });
}
