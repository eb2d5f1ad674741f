/** The house rules that a compiler does not know, over the tokens of one file. */
import { tokenize } from "./tokens.mjs";

/** @typedef {import("./tokens.mjs").Token} Token */
/** @typedef {{ readonly line: number, readonly message: string }} Finding */

const variableWords = new Set(["let", "var"]);

/**
 * The environment has one reader; everything else is passed its values.
 *
 * @param {string} source
 * @returns {Finding[]}
 */
export function findEnvironmentReads(source) {
  const tokens = code(source);
  return tokens.flatMap((token, index) => {
    const dotted = matches(tokens, index, ["process", ".", "env"]) || matches(tokens, index, ["process", "?", ".", "env"]);
    const indexed = matches(tokens, index, ["process", "[", "env"]);
    // `const { env } = process` and `import { env } from "node:process"`.
    const source = matches(tokens, index - 2, ["}", "=", "process"]) || matches(tokens, index - 2, ["}", "from", "node:process"]);
    const taken = source && bracedWords(tokens, index - 2).includes("env");
    return dotted || indexed || taken
      ? [{ line: token.line, message: "only src/config.ts and src/config/ read the environment: pass the value in" }]
      : [];
  });
}

/**
 * State belongs to an object that somebody made, never to a module.
 *
 * @param {string} source
 * @returns {Finding[]}
 */
export function findModuleVariables(source) {
  return code(source)
    .filter((token) => token.kind === "word" && token.depth === 0 && variableWords.has(token.text))
    .map(({ line, text }) => ({
      line,
      message: `\`${text}\` at the top of a module is state that everybody shares: put it into an object`,
    }));
}

/**
 * A test is never narrowed or left out by hand: what needs a program that is missing goes through requireServer.
 *
 * @param {string} source
 * @returns {Finding[]}
 */
export function findNarrowedTests(source) {
  const tokens = code(source);
  return tokens.flatMap((token, index) => {
    const called = matches(tokens, index + 1, ["("]);
    const member = (token.text === "only" || token.text === "skip") && matches(tokens, index - 1, ["."]);
    const excluded = /^x(it|describe|context|specify)$/.test(token.text) && !matches(tokens, index - 1, ["."]);
    return token.kind === "word" && called && (member || excluded)
      ? [
          {
            line: token.line,
            message: `\`${token.text}\` leaves tests out; use requireServer or requireRoot (test/support/servers.ts)`,
          },
        ]
      : [];
  });
}

/**
 * Every exported declaration has a comment that begins with two stars and ends on the line before it.
 *
 * @param {string} source
 * @returns {Finding[]}
 */
export function findUndocumentedExports(source) {
  const tokens = tokenize(source);
  return tokens.flatMap((token, index) => {
    if (token.kind !== "word" || token.text !== "export" || token.depth !== 0 || isReExport(tokens, index)) return [];
    const before = tokens[index - 1];
    const documented = before?.kind === "comment" && before.text.startsWith("/**") && before.endLine === token.line - 1;
    return documented ? [] : [{ line: token.line, message: `${declaredName(tokens, index)} is exported without a doc comment` }];
  });
}

/**
 * @param {readonly Token[]} tokens
 * @param {number} index
 */
function isReExport(tokens, index) {
  const first = isWord(tokens[index + 1], "type") ? index + 2 : index + 1;
  return matches(tokens, first, ["{"]) || matches(tokens, first, ["*"]);
}

/**
 * @param {readonly Token[]} tokens
 * @param {number} index
 */
function declaredName(tokens, index) {
  const modifiers = new Set(["default", "async", "abstract", "declare", "function", "class", "const", "let", "var", "type", "interface"]);
  const name = tokens.slice(index + 1, index + 6).find((token) => token.kind === "word" && !modifiers.has(token.text));
  return name?.text ?? "something";
}

/**
 * @param {readonly Token[]} tokens
 * @param {number} closing where the `}` is
 */
function bracedWords(tokens, closing) {
  const before = tokens.slice(0, closing);
  return before.slice(before.findLastIndex((token) => token.text === "{")).map((token) => token.text);
}

/**
 * @param {readonly Token[]} tokens
 * @param {number} index
 * @param {readonly string[]} texts
 */
function matches(tokens, index, texts) {
  return texts.every((text, offset) => tokens[index + offset]?.text === text);
}

/**
 * @param {Token | undefined} token
 * @param {string} text
 */
function isWord(token, text) {
  return token?.kind === "word" && token.text === text;
}

/** @param {string} source */
function code(source) {
  return tokenize(source).filter((token) => token.kind !== "comment");
}
