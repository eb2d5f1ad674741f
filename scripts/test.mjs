/**
 * `npm test`: runs mocha on the compiled tests; arguments go to mocha (`npm test -- --fgrep webhook`), sources may be named
 * (`npm test -- test/log.test.ts`). Ends with what failed, what was pending and why, then with the counts, alone on the last line.
 *
 * `--engine` runs what depends on the engine: scripts/onNode.mjs asks for it on other Nodes. `--costs` lists the ten files that took longest. With CI=true a pending test is a failure: a proof that was not run is no proof.
 */
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { compiledPath, listFiles, root } from "./lib/project.mjs";
import { runOpenly, runQuietly } from "./lib/run.mjs";
import { isOfEngine, nextBatch, planBatches } from "./lib/testPlan.mjs";

/** @typedef {import("./lib/mochaReporter.mjs").TestSummary} TestSummary */
/** @typedef {import("./lib/testPlan.mjs").Batch} Batch */

const everything = "dist/test/**/*.test.js";
const folder = mkdtempSync(join(tmpdir(), "culprit-test-"));
const missingPath = join(folder, "missing.jsonl");

try {
  const { reporter, specs, rest, costs, engine } = readArguments(process.argv.slice(2));
  const isAll = specs.length === 0 && rest.length === 0 && existsSync(join(root, "dist", "test", "e2e"));
  const results = isAll
    ? await runBatches(reporter, engine)
    : [await runMocha({ reporter, specs: specs.length > 0 ? specs : [everything], rest })];
  process.exitCode = conclude(results.find(({ code }) => code !== 0)?.code ?? 0, merged(results.map(({ summary }) => summary)), costs);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @typedef {object} Result
 * @property {number} code
 * @property {TestSummary | undefined} summary
 */

/**
 * Several batches beside each other; what is said by each is printed when it is through. What must be alone shares this terminal.
 *
 * @param {string} reporter
 * @param {boolean} engine only what depends on the engine
 * @returns {Promise<Result[]>}
 */
async function runBatches(reporter, engine) {
  const files = listFiles(root, "dist/test").filter((path) => path.endsWith(".test.js"));
  const waiting = planBatches(engine ? files.filter(isOfEngine) : files);
  /** @type {Map<Batch, Promise<void>>} */
  const running = new Map();
  /** @type {Result[]} */
  const results = [];
  // one more than there are cores: most tests wait for something
  const lanes = availableParallelism() + 1;
  while (waiting.length + running.size > 0) {
    const batch = running.size < lanes ? nextBatch(waiting, [...running.keys()]) : undefined;
    if (batch === undefined) {
      await Promise.race(running.values());
      continue;
    }
    waiting.splice(waiting.indexOf(batch), 1);
    const run = runMocha({ reporter, specs: batch.specs, rest: [], quietly: batch.kind !== "alone" }).then(({ output, ...result }) => {
      process.stdout.write(output);
      results.push(result);
      running.delete(batch);
    });
    running.set(batch, run);
  }
  return results;
}

/**
 * @param {{ readonly reporter: string, readonly specs: readonly string[], readonly rest: readonly string[], readonly quietly?: boolean }} options
 * @returns {Promise<Result & { readonly output: string }>}
 */
async function runMocha({ reporter, specs, rest, quietly = false }) {
  const summaryPath = join(folder, `summary-${randomUUID()}.json`);
  const args = [
    "--enable-source-maps",
    join(root, "node_modules", "mocha", "bin", "mocha.js"),
    "--fail-zero",
    ...["--reporter", join(root, "scripts", "lib", "mochaReporter.mjs")],
    ...rest,
    ...specs,
  ];
  const env = {
    ...process.env,
    CULPRIT_TEST_REPORTER: reporter,
    CULPRIT_TEST_SUMMARY: summaryPath,
    CULPRIT_TEST_MISSING: missingPath,
  };
  const { code, output } = quietly
    ? await runQuietly(process.execPath, args, env)
    : { code: await runOpenly(process.execPath, args, env), output: "" };
  return { code, output, summary: existsSync(summaryPath) ? JSON.parse(readFileSync(summaryPath, "utf8")) : undefined };
}

/**
 * @param {readonly (TestSummary | undefined)[]} summaries
 * @returns {TestSummary | undefined} of all runs together; one that left none behind has not finished
 */
function merged(summaries) {
  const known = summaries.filter((summary) => summary !== undefined);
  if (summaries.length < 2 || known.length === 0) return known[0];
  return {
    files: Object.assign({}, ...known.map(({ files }) => files)),
    passed: known.reduce((sum, { passed }) => sum + passed, 0),
    failed: known.reduce((sum, { failed, lingered }) => sum + failed + (lingered ? 1 : 0), 0),
    failures: known.flatMap(({ failures }) => failures),
    pending: known.flatMap(({ pending }) => pending),
    finished: known.length === summaries.length && known.every(({ finished }) => finished),
    // counted above
    lingered: false,
  };
}

/**
 * Prints the closing lines.
 *
 * @param {number} mochaCode
 * @param {TestSummary | undefined} summary
 * @param {boolean} costs
 * @returns {number} the exit code
 */
function conclude(mochaCode, summary, costs) {
  const { passed = 0, failures = [], pending = [] } = summary ?? {};
  // A run that died has failed even if every test before that had passed.
  const failed = summary?.finished === true && !summary.lingered ? summary.failed : (summary?.failed ?? 0) + 1;
  if (summary?.finished !== true) console.log(`The run ended before the last test, with exit code ${mochaCode}.`);
  else if (passed + failed + pending.length === 0) console.log("No test matched.");
  for (const failure of failures) console.log(`Failed: ${failure}\n`);
  if (costs) console.log(describeCosts(summary?.files ?? {}));
  const forbidden = pending.length > 0 && isCi();
  if (pending.length > 0) console.log(describePending(pending, forbidden));
  console.log(`${passed} passed, ${failed} failed${pending.length > 0 ? `, ${pending.length} skipped` : ""}`);
  return mochaCode !== 0 ? mochaCode : failed > 0 || forbidden ? 1 : 0;
}

/** @param {Readonly<Record<string, number>>} files seconds by compiled file */
function describeCosts(files) {
  const ranked = Object.entries(files)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 10);
  const lines = ranked.map(([path, seconds]) => `  ${seconds.toFixed(1).padStart(6)} s  ${path}`);
  return ["The files that took longest:", ...lines].join("\n");
}

/**
 * @param {readonly string[]} titles
 * @param {boolean} forbidden
 */
function describePending(titles, forbidden) {
  const wants = readWants();
  const programs = distinct(wants.map((want) => want.program));
  const reasons = distinct(wants.map((want) => want.reason));
  if (programs.length > 0) {
    const packages = distinct(wants.map((want) => want.package)).join(" ");
    reasons.unshift(`not found: ${programs.join(", ")}; apt-get install ${packages} would run what needs them`);
  }
  const why = reasons.length > 0 ? reasons.join("; ") : `no reason was given: ${titles.join("; ")}`;
  return `Pending: ${titles.length} (${why})${forbidden ? "; with CI=true that is a failure" : ""}`;
}

/** @returns {{ readonly program?: string, readonly package?: string, readonly reason?: string }[]} what test/support/servers.ts wrote */
function readWants() {
  const text = existsSync(missingPath) ? readFileSync(missingPath, "utf8") : "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/**
 * @param {readonly (string | undefined)[]} texts
 * @returns {string[]}
 */
function distinct(texts) {
  return [...new Set(texts.filter((text) => text !== undefined))].sort();
}

function isCi() {
  return ["true", "1"].includes(process.env.CI ?? "");
}

/**
 * Our reporter wraps the one that was asked for; test files replace the usual pattern.
 *
 * @param {readonly string[]} args
 */
function readArguments(args) {
  const specs = [];
  const rest = [];
  let reporter = "spec";
  let costs = false;
  let engine = false;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    const inline = /^--reporter=(.+)$/.exec(arg)?.[1];
    if (inline !== undefined) reporter = inline;
    else if (arg === "--reporter" || arg === "-R") reporter = args[++index] ?? reporter;
    else if (arg === "--costs") costs = true;
    else if (arg === "--engine") engine = true;
    else if (/\.test\.[jt]s$/.test(arg)) specs.push(compiledPath(arg.replace(/^\.\//, "")) ?? arg);
    else rest.push(arg);
  }
  return { reporter, specs, rest, costs, engine };
}
