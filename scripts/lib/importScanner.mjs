/** Every way in which one TypeScript file names another. */
import { tokenize } from "./tokens.mjs";

/** @typedef {import("./tokens.mjs").Token} Token */
/**
 * @typedef {{ readonly specifier: string | undefined, readonly line: number }} Import
 * `specifier` is undefined where it is computed.
 */

/**
 * Static, type-only and dynamic imports, `import("x").Type`, re-exports and `require`.
 *
 * @param {string} source
 * @returns {Import[]}
 */
export function scanImports(source) {
  const tokens = tokenize(source).filter((token) => token.kind !== "comment");
  return tokens.flatMap((token, index) => {
    if (token.kind !== "word" || isSign(tokens[index - 1], ".")) return [];
    const found =
      token.text === "import"
        ? importAt(tokens, index)
        : token.text === "export"
          ? exportAt(tokens, index)
          : token.text === "require"
            ? requireAt(tokens, index)
            : undefined;
    return found === undefined ? [] : [found];
  });
}

/**
 * @param {readonly Token[]} tokens
 * @param {number} index
 * @returns {Import | undefined}
 */
function importAt(tokens, index) {
  const next = tokens[index + 1];
  if (next?.kind === "string") return { specifier: next.text, line: next.line };
  if (isSign(next, "(")) return called(tokens, index + 1);
  if (isSign(next, ".")) return undefined;
  return from(tokens, index + 1);
}

/**
 * Only `export {...} from`, `export * from` and their type-only forms; what is declared here has no specifier.
 *
 * @param {readonly Token[]} tokens
 * @param {number} index
 * @returns {Import | undefined}
 */
function exportAt(tokens, index) {
  const first = isWord(tokens[index + 1], "type") ? tokens[index + 2] : tokens[index + 1];
  return isSign(first, "{") || isSign(first, "*") ? from(tokens, index + 1) : undefined;
}

/**
 * Anything may be called `require`, so only a literal counts.
 *
 * @param {readonly Token[]} tokens
 * @param {number} index
 * @returns {Import | undefined}
 */
function requireAt(tokens, index) {
  const found = isSign(tokens[index + 1], "(") ? called(tokens, index + 1) : undefined;
  return found?.specifier === undefined ? undefined : found;
}

/**
 * Walks over names, braces, commas and stars to `from "x"`.
 *
 * @param {readonly Token[]} tokens
 * @param {number} start
 * @returns {Import | undefined}
 */
function from(tokens, start) {
  for (let index = start; index < tokens.length; index++) {
    const token = tokens[index];
    const next = tokens[index + 1];
    if (isWord(token, "from") && next?.kind === "string") {
      return { specifier: next.text, line: next.line };
    }
    if (token === undefined || (token.kind === "sign" && !"{},*".includes(token.text))) return undefined;
  }
  return undefined;
}

/**
 * @param {readonly Token[]} tokens
 * @param {number} bracket
 * @returns {Import | undefined}
 */
function called(tokens, bracket) {
  const argument = tokens[bracket + 1];
  if (argument === undefined) return undefined;
  const after = tokens[bracket + 2];
  const literal = (argument.kind === "string" || argument.kind === "template") && (isSign(after, ")") || isSign(after, ","));
  return { specifier: literal ? argument.text : undefined, line: argument.line };
}

/**
 * @param {Token | undefined} token
 * @param {string} text
 */
function isSign(token, text) {
  return token?.kind === "sign" && token.text === text;
}

/**
 * @param {Token | undefined} token
 * @param {string} text
 */
function isWord(token, text) {
  return token?.kind === "word" && token.text === text;
}
