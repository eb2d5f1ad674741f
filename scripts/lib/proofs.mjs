/**
 * What a proof is, and how docs/proofs.md keeps the last result of each.
 *
 * A proof is a file `scripts/proofs/NAME.mjs` that exports `proof`. It needs more than `npm test` installs, or longer than it may take.
 */

/**
 * @typedef {object} Proof
 * @property {string} proves what is true when it succeeds, in one sentence
 * @property {(context: ProofContext) => Promise<string>} run throws when that does not hold; resolves to what was seen, in one line
 *
 * @typedef {object} ProofContext
 * @property {readonly string[]} args what stood behind the name on the command line
 * @property {string} folder a temporary folder, removed afterwards
 * @property {(line: string) => void} tell says how far it is
 *
 * @typedef {object} ProofRow one line of docs/proofs.md
 * @property {string} name
 * @property {string} proves
 * @property {string} date YYYY-MM-DD
 * @property {string} where operating system, machine, Node
 * @property {string} result
 */

/** What stands above the table. */
const head = `# Proofs

What no ordinary test run can hold: it needs packages, emulation, other Nodes or servers that \`npm test\` does not install. Run before a
release with \`npm run proof -- NAME\`; the last result of each is kept here, whether it held or not, and is written by that command alone.

| name | what it proves | last run | where | result |
| --- | --- | --- | --- | --- |
`;

/**
 * The page with this row in it, in place of the one of the same name.
 *
 * @param {string} page docs/proofs.md as it is; empty when there is none
 * @param {ProofRow} row
 * @returns {string}
 */
export function recordResult(page, row) {
  const line = `| ${[row.name, row.proves, row.date, row.where, row.result].map(asCell).join(" | ")} |`;
  const others = page.split("\n").filter((text) => /^\| (?!name |--- )/.test(text) && !text.startsWith(`| ${row.name} |`));
  return `${head}${[...others, line].sort().join("\n")}\n`;
}

/** @param {string} text */
function asCell(text) {
  return text.replace(/\s+/g, " ").replace(/\\?\|/g, "\\|").trim();
}
