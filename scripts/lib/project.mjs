/** Where things are in this checkout. Plain Node, no dependencies: it is loaded before anything is installed. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The folders whose TypeScript is compiled. */
export const sourceFolders = ["src", "test", "bench", "grafana/src"];

/** The compiler as an argument for Node: `npx tsc` without npx. */
export const compilerPath = join(root, "node_modules", "typescript", "bin", "tsc");

/** Data that tests read; thousands of files that no build depends on. */
const dataFolders = new Set(["fixtures", "golden"]);

/**
 * All files below `folder` as sorted paths relative to `base`, with `/` on every system.
 *
 * @param {string} base
 * @param {string} folder
 * @returns {string[]}
 */
export function listFiles(base, folder) {
  const absolute = join(base, folder);
  if (!existsSync(absolute)) return [];
  const files = [];
  for (const entry of readdirSync(absolute, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!dataFolders.has(entry.name)) files.push(...listFiles(base, path));
    } else if (entry.isFile()) files.push(path); // Editors mark open files with links that lead nowhere.
  }
  return files.sort();
}

/**
 * Everything that decides what the build makes: relative paths.
 *
 * @returns {string[]}
 */
export function listBuildInputs() {
  const settings = ["package.json", "package-lock.json", "tsconfig.json", "scripts/build.mjs"].filter((path) =>
    existsSync(join(root, path)),
  );
  return [...settings, ...sourceFolders.flatMap((folder) => listFiles(root, folder))];
}

/**
 * The compiled file of a TypeScript source, both relative to the root; undefined for what is not compiled.
 *
 * @param {string} source
 * @returns {string | undefined}
 */
export function compiledPath(source) {
  return source.endsWith(".ts") && !source.endsWith(".d.ts") ? `dist/${source.slice(0, -".ts".length)}.js` : undefined;
}

/**
 * A hash over the names and contents of files: modification times lie after a checkout, and reading them all takes milliseconds.
 *
 * @param {readonly string[]} paths
 * @returns {string}
 */
export function hashFiles(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    const content = readIfThere(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * A file may go between listing and reading: editors write theirs by way of others.
 *
 * @param {string} path
 * @returns {Buffer}
 */
function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}
