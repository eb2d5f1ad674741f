/**
 * Makes a bare clone ready to run: installs what package-lock.json says and builds, each only when needed.
 *
 * `--install-only` leaves the build to the caller (check and fix must work on sources that do not compile).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build, isBuilt } from "./lib/build.mjs";
import { install, isInstalled } from "./lib/install.mjs";
import { withLock } from "./lib/lock.mjs";
import { root } from "./lib/project.mjs";

const installOnly = process.argv.includes("--install-only");

try {
  requireNode();
  // The lock is for those who have work to do: a warm start writes nothing, so it also works on a read-only checkout.
  if (!isReady()) process.exitCode = await withLock(join(root, "dist", ".prepare.lock"), prepare, tellWaiting);
} catch (error) {
  console.error(`This checkout could not be prepared: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

function isReady() {
  return isInstalled() && (installOnly || isBuilt());
}

/** @returns {Promise<number>} the exit code */
async function prepare() {
  // Checked again: the one who held the lock before may have done it all.
  if (!isInstalled()) {
    const code = await step("installing dependencies...", "npm ci", install);
    if (code !== 0) return code;
  }
  return installOnly || isBuilt() ? 0 : step("building...", "the build", build);
}

/**
 * @param {string} announcement
 * @param {string} name
 * @param {() => Promise<{ code: number, output: string }>} work
 * @returns {Promise<number>} the exit code
 */
async function step(announcement, name, work) {
  console.error(announcement);
  const { code, output } = await work();
  if (code !== 0) console.error(`${output.trimEnd()}\n${name} failed with exit code ${code}`);
  return code;
}

/** @param {string} holder */
function tellWaiting(holder) {
  console.error(`waiting for process ${holder}, which prepares this checkout...`);
}

/** npm only warns about an old Node; what would follow is a syntax error somewhere. */
function requireNode() {
  const wanted = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.node;
  const [major = 0, minor = 0] = (/^>=(\d+)\.(\d+)/.exec(wanted) || []).slice(1).map(Number);
  const [ownMajor = 0, ownMinor = 0] = process.versions.node.split(".").map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  throw new Error(`it needs Node ${wanted} and this is ${process.version}; see https://nodejs.org/en/download for a newer one`);
}
