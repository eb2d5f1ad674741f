/** node_modules as the lock file says, and whether that is needed. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compilerPath, hashFiles, root } from "./project.mjs";
import { runQuietly } from "./run.mjs";

/** npm ci empties node_modules first, so half an installation never has this file. */
const markerPath = join(root, "node_modules", ".culprit-lock-sha256");

/**
 * True when node_modules is what package-lock.json describes.
 *
 * @returns {boolean}
 */
export function isInstalled() {
  // `npm prune --omit=dev` leaves the marker and takes the compiler.
  return existsSync(markerPath) && existsSync(compilerPath) && readFileSync(markerPath, "utf8") === marker();
}

/**
 * Installs exactly what the lock file says, with what the build needs even under NODE_ENV=production.
 *
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function install() {
  const wanted = marker();
  const args = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=warn"];
  const installed = await runNpm(args);
  if (installed.code === 0) writeFileSync(markerPath, wanted);
  return installed;
}

/** Some packages are binaries, so a checkout that moves to another kind of machine is stale too. */
function marker() {
  return `${hashFiles(["package-lock.json"])} ${process.platform}-${process.arch}\n`;
}

/**
 * The npm that started us, or the one on the PATH.
 *
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runNpm(args) {
  const npm = process.env.npm_execpath;
  // Under another package manager npm_execpath is that one's.
  if (npm !== undefined && /npm-cli\.c?js$/.test(npm)) return runQuietly(process.execPath, [npm, ...args]);
  return runQuietly("npm", args);
}
