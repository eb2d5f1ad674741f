/**
 * TypeScript as a list of words, signs, strings and comments: enough to find imports and declarations without a compiler,
 * and never fooled by what stands in a string or a comment.
 */

/**
 * @typedef {"word" | "sign" | "string" | "template" | "regex" | "comment"} TokenKind
 * @typedef {{ readonly kind: TokenKind, readonly text: string, readonly line: number, readonly endLine: number, readonly depth: number }} Token
 * `text` of a string is what is between the quotes; `depth` counts the open brackets of every kind.
 */

const wordPattern = /[\p{ID_Start}$_#\d][\p{ID_Continue}$\u200c\u200d]*/uy;
const regexPattern = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
/** After these a `/` divides; after anything else it begins a regular expression. */
const wordsBeforeRegex = new Set([
  "return",
  "typeof",
  "case",
  "in",
  "of",
  "do",
  "else",
  "void",
  "delete",
  "throw",
  "new",
  "await",
  "yield",
]);

/**
 * @param {string} source
 * @returns {Token[]}
 */
export function tokenize(source) {
  /** @type {Token[]} */
  const tokens = [];
  /** Depths at which a `}` goes back into a template literal. @type {number[]} */
  const templateDepths = [];
  let depth = 0;
  let line = 1;
  let at = 0;

  while (at < source.length) {
    const rest = source[at] ?? "";
    if (/\s/.test(rest)) advance(1);
    else if (source.startsWith("//", at) || source.startsWith("#!", at)) take("comment", upTo("\n", 0));
    else if (source.startsWith("/*", at)) take("comment", upTo("*/", 2));
    else if (rest === '"' || rest === "'") takeString(rest);
    else if (rest === "`") takeTemplate(1);
    else if (rest === "}" && templateDepths[templateDepths.length - 1] === depth) {
      templateDepths.pop();
      depth -= 1;
      takeTemplate(1);
    } else if (rest === "/" && regexMayBegin() && matchAt(regexPattern) > 0) take("regex", matchAt(regexPattern));
    else if (matchAt(wordPattern) > 0) take("word", matchAt(wordPattern));
    else takeSign(rest);
  }
  return tokens;

  /** @param {string} sign */
  function takeSign(sign) {
    if (")]}".includes(sign)) depth -= 1;
    take("sign", 1);
    if ("([{".includes(sign)) depth += 1;
  }

  /** @param {string} quote */
  function takeString(quote) {
    let end = at + 1;
    while (end < source.length && source[end] !== quote && source[end] !== "\n") end += source[end] === "\\" ? 2 : 1;
    push("string", source.slice(at + 1, end), end + 1 - at);
  }

  /** From a backtick, or from the `}` that ends a `${`, to the next `${` or the closing backtick. @param {number} opening */
  function takeTemplate(opening) {
    let end = at + opening;
    while (end < source.length && source[end] !== "`" && !source.startsWith("${", end)) end += source[end] === "\\" ? 2 : 1;
    const intoCode = source.startsWith("${", end);
    push("template", source.slice(at + opening, end), end + (intoCode ? 2 : 1) - at);
    if (!intoCode) return;
    depth += 1;
    templateDepths.push(depth);
  }

  function regexMayBegin() {
    const before = tokens.findLast((token) => token.kind !== "comment");
    if (before === undefined) return true;
    if (before.kind === "word") return wordsBeforeRegex.has(before.text);
    return before.kind === "sign" && before.text !== ")" && before.text !== "]";
  }

  /** @param {RegExp} pattern */
  function matchAt(pattern) {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0].length ?? 0;
  }

  /**
   * @param {string} ending
   * @param {number} including
   */
  function upTo(ending, including) {
    const end = source.indexOf(ending, at + including);
    return (end === -1 ? source.length : end + including) - at;
  }

  /**
   * @param {TokenKind} kind
   * @param {number} length
   */
  function take(kind, length) {
    push(kind, source.slice(at, at + length), length);
  }

  /**
   * @param {TokenKind} kind
   * @param {string} text
   * @param {number} length
   */
  function push(kind, text, length) {
    const startLine = line;
    advance(length);
    tokens.push({ kind, text, line: startLine, endLine: line, depth });
  }

  /** @param {number} length */
  function advance(length) {
    for (const end = Math.min(at + length, source.length); at < end; at++) if (source[at] === "\n") line += 1;
  }
}
