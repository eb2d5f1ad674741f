/**
 * Holds every import of src/ against the table in src/README.md. What is not listed is forbidden.
 *
 * `node scripts/imports.mjs` prints what it finds; `npm run check` and test/project/imports.test.ts use the same function.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { scanImports } from "./lib/importScanner.mjs";
import { findCycles, parseImportTable } from "./lib/importTable.mjs";
import { listFiles, root } from "./lib/project.mjs";

const tablePath = "src/README.md";

/** What the browser gets is bundled by the build: it needs nothing when it runs. */
const bundled = /^src\/page\//;

/** @typedef {{ readonly file: string, readonly line: number, readonly message: string }} Problem */

/**
 * @param {string} project the folder of package.json
 * @returns {Problem[]}
 */
export function findImportProblems(project) {
  if (!existsSync(join(project, tablePath))) return [{ file: tablePath, line: 1, message: "is missing: it holds the import table" }];
  const table = parseImportTable(readFileSync(join(project, tablePath), "utf8"));
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  const files = listFiles(project, "src").filter((file) => file.endsWith(".ts"));
  const imports = files.flatMap((file) => scanImports(readFileSync(join(project, file), "utf8")).map((found) => ({ file, ...found })));
  return [
    ...table.problems.map((problem) => ({ file: tablePath, ...problem })),
    ...findRowProblems(table, files),
    ...imports.flatMap(
      (found) => judge(found, table, bundled.test(found.file) ? { ...dependencies, ...devDependencies } : dependencies) ?? [],
    ),
    ...findFileCycles(files, imports),
  ];
}

/**
 * @typedef {import("./lib/importScanner.mjs").Import & { readonly file: string }} FoundImport
 * @typedef {import("./lib/importTable.mjs").ImportTable} ImportTable
 */

/**
 * @param {FoundImport} found
 * @param {ImportTable} table
 * @param {Readonly<Record<string, string>>} dependencies
 * @returns {Problem | undefined}
 */
function judge({ file, line, specifier }, table, dependencies) {
  if (specifier === undefined) return { file, line, message: "imports something computed: only a literal can be held against the table" };
  if (!specifier.startsWith(".")) {
    const known = specifier.startsWith("node:") || Object.hasOwn(dependencies, packageOf(specifier));
    return known ? undefined : { file, line, message: `imports "${specifier}", which is not among the dependencies of package.json` };
  }
  const target = resolveImport(file, specifier);
  if (!target.startsWith("src/")) return { file, line, message: `imports "${specifier}", which is outside src` };
  const own = folderOf(file, table);
  const wanted = folderOf(target, table);
  const row = table.rows.get(own);
  // A folder without a row has been reported once already.
  if (row === undefined || own === wanted || table.common.includes(wanted) || row.names.includes(wanted)) return undefined;
  const allowed = [...row.names, ...table.common.filter((name) => name !== own)].join(", ") || "nothing";
  return { file, line, message: `imports "${specifier}", but ${own} may import only ${allowed}` };
}

/**
 * @param {ImportTable} table
 * @param {readonly string[]} files
 * @returns {Problem[]}
 */
function findRowProblems(table, files) {
  const folders = new Set(files.map((file) => folderOf(file, table)));
  const missing = [...folders].filter((folder) => !table.rows.has(folder));
  const superfluous = [...table.rows].filter(([folder]) => !folders.has(folder));
  return [
    ...missing.map((folder) => ({ file: tablePath, line: 1, message: `the table has no row for src/${folder}` })),
    ...superfluous.map(([folder, { line }]) => ({
      file: tablePath,
      line,
      message: `\`${folder}\` has a row but there is no src/${folder}`,
    })),
  ];
}

/**
 * Files that need each other, be it for a type, are one thing in two places, and while they load they see half of one another.
 *
 * @param {readonly string[]} files
 * @param {readonly FoundImport[]} imports
 * @returns {Problem[]}
 */
function findFileCycles(files, imports) {
  /** @type {Map<string, string[]>} */
  const next = new Map(files.map((file) => [file, []]));
  for (const { file, specifier } of imports) {
    if (specifier?.startsWith(".")) next.get(file)?.push(resolveImport(file, specifier));
  }
  return findCycles(next).map((cycle) => ({
    file: cycle[0] ?? "",
    line: 1,
    message: `imports go round in a circle: ${cycle.join(" -> ")}`,
  }));
}

/**
 * @param {string} file
 * @param {string} specifier
 */
function resolveImport(file, specifier) {
  return posix.join(posix.dirname(file), specifier);
}

/**
 * src/main.ts is `main`, src/config/settings.ts is `config` as src/config.ts is; below a folder that has a row of its own it is that one.
 *
 * @param {string} file
 * @param {ImportTable} table
 */
function folderOf(file, { rows }) {
  const names = file
    .replace(/^src\//, "")
    .replace(/\.ts$/, "")
    .split("/");
  const paths = names.map((_, index) => names.slice(0, index + 1).join("/"));
  return paths.findLast((path) => rows.has(path)) ?? names[0] ?? "";
}

/** @param {string} specifier */
function packageOf(specifier) {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const problems = findImportProblems(root);
  for (const { file, line, message } of problems) console.log(`${file}:${line}: ${message}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
