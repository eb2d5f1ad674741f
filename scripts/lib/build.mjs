/** Sources to dist/, and whether that is needed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundlePage } from "./bundlePage.mjs";
import { compiledPath, compilerPath, hashFiles, listBuildInputs, listFiles, root, sourceFolders } from "./project.mjs";
import { runQuietly } from "./run.mjs";

const stampPath = join(root, "dist", ".build-stamp");
const compiledKinds = [".js", ".js.map"];

/**
 * True when dist/ holds what the sources say. The outputs are part of the stamp: `tsc -w` and a compiler started by hand write there too.
 *
 * @returns {boolean}
 */
export function isBuilt() {
  return existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp(hashFiles(listBuildInputs()));
}

/**
 * Compiles everything; the stamp is set only when all went well.
 *
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function build() {
  if (!existsSync(compilerPath)) return { code: 1, output: "the compiler is not installed: npm start and npm test install it first\n" };
  // Taken before the compiler starts: a source that is saved meanwhile makes the next run build again.
  const inputs = hashFiles(listBuildInputs());
  rmSync(stampPath, { force: true });
  removeOrphans();
  const compiled = await runQuietly(process.execPath, [compilerPath, "--project", root]);
  if (compiled.code !== 0) return compiled;
  const bundled = await bundlePage(join(root, "dist"));
  if (bundled.code !== 0) return bundled;
  writeStamp(stamp(inputs));
  return compiled;
}

/**
 * Removes compiled files without a source: mocha would run them. Never the whole of dist/, for a server may be running from it.
 */
function removeOrphans() {
  for (const folder of sourceFolders) {
    for (const output of listFiles(root, `dist/${folder}`)) {
      const kind = compiledKinds.find((ending) => output.endsWith(ending));
      if (kind === undefined) continue;
      const source = `${output.slice("dist/".length, -kind.length)}.ts`;
      if (!existsSync(join(root, source))) removeWithEmptyFolders(join(root, output));
    }
  }
}

/** @param {string} path */
function removeWithEmptyFolders(path) {
  rmSync(path);
  for (let folder = dirname(path); folder !== join(root, "dist") && readdirSync(folder).length === 0; folder = dirname(folder))
    rmdirSync(folder);
}

/**
 * @param {string} inputs
 * @returns {string}
 */
function stamp(inputs) {
  const outputs = listBuildInputs().flatMap((source) => compiledPath(source) ?? []);
  return [`inputs ${inputs}`, ...outputs.map((path) => `${path} ${fingerprint(join(root, path))}`), ""].join("\n");
}

/** @param {string} path */
function fingerprint(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? "missing" : `${stats.size} ${Math.trunc(stats.mtimeMs)}`;
}

/** @param {string} text */
function writeStamp(text) {
  mkdirSync(dirname(stampPath), { recursive: true });
  writeFileSync(`${stampPath}.new`, text);
  renameSync(`${stampPath}.new`, stampPath);
}
