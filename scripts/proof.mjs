/**
 * `npm run proof -- NAME [ARGUMENTS]`: runs scripts/proofs/NAME.mjs and keeps its result in docs/proofs.md. Without a name it lists them.
 *
 * `--no-record` leaves docs/proofs.md alone.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { release, tmpdir, type } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./lib/project.mjs";
import { recordResult } from "./lib/proofs.mjs";

/** @typedef {import("./lib/proofs.mjs").Proof} Proof */

const folder = join(root, "scripts", "proofs");
const page = join(root, "docs", "proofs.md");

const record = !process.argv.includes("--no-record");
const [name, ...args] = process.argv.slice(2).filter((arg) => arg !== "--no-record");
process.exitCode = name === undefined ? await list() : existsSync(join(folder, `${name}.mjs`)) ? await run(name) : await unknown(name);

/** @returns {string[]} the names of all proofs */
function names() {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.flatMap((file) => /^(.+)\.mjs$/.exec(file)?.[1] ?? []).sort();
}

/**
 * @param {string} name
 * @returns {Promise<Proof>}
 */
async function load(name) {
  return (await import(pathToFileURL(join(folder, `${name}.mjs`)).href)).proof;
}

async function list() {
  console.log("npm run proof -- NAME, where NAME is one of");
  for (const name of names()) console.log(`  ${name.padEnd(12)} ${(await load(name)).proves}`);
  return 0;
}

/** @param {string} name */
async function unknown(name) {
  console.error(`there is no proof ${name}; there are: ${names().join(", ")}`);
  return 2;
}

/**
 * @param {string} name
 * @returns {Promise<number>} the exit code
 */
async function run(name) {
  const proof = await load(name);
  const temporary = mkdtempSync(join(tmpdir(), `culprit-proof-${name}-`));
  const begun = performance.now();
  let result = "";
  let holds = false;
  try {
    result = await proof.run({ args, folder: temporary, tell: (line) => console.log(line) });
    holds = true;
  } catch (error) {
    result = error instanceof Error ? error.message : String(error);
    console.error(error);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  const seconds = Math.round((performance.now() - begun) / 1000);
  const line = `${holds ? "holds" : "DOES NOT HOLD"} (${seconds} s): ${result}`;
  console.log(`${name} ${line}`);
  if (record) keep({ name, proves: proof.proves, date: new Date().toISOString().slice(0, 10), where: where(), result: line });
  return holds ? 0 : 1;
}

/** @param {import("./lib/proofs.mjs").ProofRow} row */
function keep(row) {
  writeFileSync(page, recordResult(existsSync(page) ? readFileSync(page, "utf8") : "", row));
}

/** The system by the name that people know it by. */
function where() {
  const known = existsSync("/etc/os-release") ? /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] : undefined;
  return `${known ?? `${type()} ${release()}`}, ${process.arch}, Node ${process.versions.node}`;
}
