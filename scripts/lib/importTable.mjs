/** The table "What may import what" of src/README.md. */

/** @typedef {{ readonly line: number, readonly names: readonly string[] }} Row */
/**
 * @typedef {object} ImportTable
 * @property {ReadonlyMap<string, Row>} rows by folder (or top-level file, without its ending)
 * @property {readonly string[]} common what the row `anything` grants to all
 * @property {readonly { readonly line: number, readonly message: string }[]} problems
 */

const heading = "What may import what";
const commonRow = "anything";

/**
 * Reads the Markdown table with the columns `folder` and `may import`; other columns are for people. Names stand in backticks,
 * and the row `anything` says what needs no permission.
 *
 * @param {string} markdown
 * @returns {ImportTable}
 */
export function parseImportTable(markdown) {
  const lines = markdown.split("\n").map((text, index) => ({ line: index + 1, text: text.trim() }));
  const start = lines.findIndex(({ text }) => new RegExp(`^#+ ${heading}$`).test(text));
  if (start === -1) return broken(1, `there is no heading "## ${heading}"`);
  const length = lines.slice(start + 1).findIndex(({ text }) => /^#+ /.test(text));
  const section = lines.slice(start + 1, length === -1 ? undefined : start + 1 + length);
  const [header, , ...body] = section.filter(({ text }) => text.startsWith("|"));
  const titles = cells(header?.text ?? "");
  const folderColumn = titles.indexOf("folder");
  const namesColumn = titles.indexOf("may import");
  if (header === undefined || folderColumn === -1 || namesColumn === -1) {
    return broken(header?.line ?? start + 1, `below "${heading}" a table with the columns "folder" and "may import" was expected`);
  }

  /** @type {Map<string, Row>} */
  const rows = new Map();
  const problems = [];
  for (const { line, text } of body) {
    const row = cells(text);
    const title = row[folderColumn] ?? "";
    const folder = title === commonRow ? commonRow : /^`([^`]+)`$/.exec(title)?.[1];
    if (folder === undefined)
      problems.push({ line, message: `"${title}": one folder in backticks was expected, or the word ${commonRow}` });
    else if (rows.has(folder)) problems.push({ line, message: `\`${folder}\` has a row already` });
    else rows.set(folder, { line, names: quoted(row[namesColumn] ?? "") });
  }
  const common = rows.get(commonRow)?.names ?? [];
  if (!rows.delete(commonRow)) problems.push({ line: header.line, message: `the row "${commonRow}" is missing` });
  return { rows, common, problems: [...problems, ...findUnknownNames(rows, common, header.line), ...findTableCycles(rows, common)] };
}

/**
 * @param {ReadonlyMap<string, Row>} rows
 * @param {readonly string[]} common
 * @param {number} headerLine
 */
function findUnknownNames(rows, common, headerLine) {
  const all = [{ line: headerLine, names: common }, ...rows.values()];
  return all.flatMap(({ line, names }) =>
    names.filter((name) => !rows.has(name)).map((name) => ({ line, message: `\`${name}\` has no row of its own` })),
  );
}

/**
 * Data flows one way, so permissions may not go round in a circle.
 *
 * @param {ReadonlyMap<string, Row>} rows
 * @param {readonly string[]} common
 */
function findTableCycles(rows, common) {
  const next = new Map([...rows].map(([folder, row]) => [folder, row.names.filter((name) => !common.includes(name))]));
  return findCycles(next).map((cycle) => ({
    line: rows.get(cycle[0] ?? "")?.line ?? 1,
    message: `the table goes round in a circle: ${cycle.join(" -> ")}`,
  }));
}

/**
 * Every circle that a walk along the edges comes upon, its first member repeated at the end. None found means there is none.
 *
 * @param {ReadonlyMap<string, readonly string[]>} next
 * @returns {string[][]}
 */
export function findCycles(next) {
  /** @type {string[][]} */
  const cycles = [];
  /** @type {string[]} */
  const path = [];
  const done = new Set();
  const visit = (/** @type {string} */ node) => {
    const seenAt = path.indexOf(node);
    if (seenAt !== -1) cycles.push([...path.slice(seenAt), node]);
    if (seenAt !== -1 || done.has(node)) return;
    path.push(node);
    for (const neighbour of next.get(node) ?? []) visit(neighbour);
    path.pop();
    done.add(node);
  };
  for (const node of next.keys()) visit(node);
  return cycles;
}

/** @param {string} row */
function cells(row) {
  return row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** @param {string} cell */
function quoted(cell) {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

/**
 * @param {number} line
 * @param {string} message
 * @returns {ImportTable}
 */
function broken(line, message) {
  return { rows: new Map(), common: [], problems: [{ line, message }] };
}
