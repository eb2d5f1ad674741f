/** What every archive and package carries: the program, and what people read and configure. Nothing that only tests or builds need. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runNpm } from "../install.mjs";
import { root } from "../project.mjs";
import { must } from "./programs.mjs";

/** Of dependencies: folders that are never loaded (`prebuilds` are binaries for other runtimes than Node), and the only files that may be. */
const unusedFolders = new Set([
  ".bin",
  "__tests__",
  "bench",
  "benchmark",
  "benchmarks",
  "example",
  "examples",
  "prebuilds",
  "test",
  "tests",
]);
const loaded = /^(?!tsconfig)[^.].*\.(?:[cm]?js|json|node|wasm)$/;
const licences = /^(?:licen[cs]e|copying|notice)/i;

/** What is asked of package.json once it has been installed. */
const shippedKeys = ["name", "version", "description", "keywords", "license", "type", "engines", "bin", "files", "dependencies"];

/**
 * @typedef {object} Program
 * @property {string} version
 * @property {string} app a folder with package.json, dist/src and node_modules
 * @property {string} beside a folder with what people read and configure: README.md, LICENSE, docs ...
 * @property {string} npm a folder that `npm pack` makes the npm tarball of
 */

/**
 * Collects the program from a checkout that has been built.
 *
 * @param {string} folder an empty one
 * @returns {Promise<Program>}
 */
export async function collectProgram(folder) {
  const places = { app: join(folder, "app"), beside: join(folder, "beside"), npm: join(folder, "npm") };
  for (const path of await packedPaths()) {
    if (path === "package.json") continue;
    for (const place of [path.startsWith("dist/") ? places.app : places.beside, places.npm]) copy(join(root, path), join(place, path));
  }
  const { version } = writeManifests(places.npm);
  writeManifests(places.app);
  await must(
    "npm ci",
    runNpm(["ci", "--prefix", places.app, "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]),
  );
  rmSync(join(places.app, "npm-shrinkwrap.json"));
  prune(join(places.app, "node_modules"));
  return { version, ...places };
}

/**
 * Writes package.json as it is shipped, and beside it what exactly is to be installed: what was tested, whatever is published later.
 *
 * @param {string} folder
 * @returns {{ readonly version: string }}
 */
export function writeManifests(folder) {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const shipped = Object.fromEntries(shippedKeys.map((key) => [key, manifest[key]]));
  write(join(folder, "package.json"), `${JSON.stringify(shipped, undefined, 2)}\n`);
  write(join(folder, "npm-shrinkwrap.json"), `${JSON.stringify(runtimeLock(shipped), undefined, 2)}\n`);
  return { version: manifest.version };
}

/** @returns {Promise<string[]>} what `files` of package.json selects, as npm sees it */
async function packedPaths() {
  const { output } = await must("npm pack", runNpm(["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"]));
  const [{ files }] = JSON.parse(output.slice(output.indexOf("[")));
  return files.map((/** @type {{ path: string }} */ file) => file.path).sort();
}

/**
 * package-lock.json without what only development needs.
 *
 * @param {Record<string, unknown>} manifest the shipped one
 */
function runtimeLock(manifest) {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const entries = Object.entries(lock.packages).filter(([path, entry]) => path !== "" && entry.dev !== true && entry.devOptional !== true);
  const { name, version, license, engines, bin, dependencies } = manifest;
  return { ...lock, packages: { "": { name, version, license, engines, bin, dependencies }, ...Object.fromEntries(entries) } };
}

/**
 * Takes out what is never loaded.
 *
 * @param {string} folder
 */
function prune(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) {
      if (!loaded.test(entry.name) && !licences.test(entry.name)) rmSync(path);
    } else if (unusedFolders.has(entry.name)) rmSync(path, { recursive: true });
    else {
      prune(path);
      if (readdirSync(path).length === 0) rmSync(path, { recursive: true });
    }
  }
}

/** @param {string} from @param {string} to */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
