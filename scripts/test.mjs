/**
 * `npm test`: runs mocha on the compiled tests; arguments go to mocha (`npm test -- --fgrep webhook`), sources may be named
 * (`npm test -- test/log.test.ts`). Ends with what failed, what was pending and why, then with the counts, alone on the last line.
 * A run of everything gives the few files that failed a second chance (scripts/lib/testOutcome.mjs).
 *
 * `--engine` runs what depends on the engine: scripts/onNode.mjs asks for it on other Nodes. `--costs` lists the ten files that took longest. With CI=true a pending test is a failure: a proof that was not run is no proof.
 */
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { closingLines } from "./lib/closingLines.mjs";
import { compiledPath, listFiles, root } from "./lib/project.mjs";
import { runOpenly, runQuietly } from "./lib/run.mjs";
import { outcomeOf, secondChances } from "./lib/testOutcome.mjs";
import { isOfEngine, nextBatch, planBatches } from "./lib/testPlan.mjs";

/** @typedef {import("./lib/testOutcome.mjs").Result} Result */
/** @typedef {import("./lib/testPlan.mjs").Batch} Batch */

const everything = "dist/test/**/*.test.js";
const folder = mkdtempSync(join(tmpdir(), "culprit-test-"));
const missingPath = join(folder, "missing.jsonl");

try {
  const { reporter, specs, rest, costs, engine } = readArguments(process.argv.slice(2));
  const isAll = specs.length === 0 && rest.length === 0 && existsSync(join(root, "dist", "test", "e2e"));
  const firsts = isAll
    ? await runBatches(reporter, engine)
    : [await runMocha({ reporter, specs: specs.length > 0 ? specs : [everything], rest })];
  const seconds = isAll && !firsts.some(isInterrupted) ? await runAgain(reporter, secondChances(firsts)) : [];
  const outcome = outcomeOf(firsts, seconds);
  for (const line of closingLines(outcome, { wants: readWants(), costs, isCi: isCi() })) console.log(line);
  process.exitCode = exitCodeOf(outcome, [...firsts, ...seconds]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

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
  // most tests wait for something: together they use a third of the CPU time that passes meanwhile
  const lanes = 3 * availableParallelism();
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
      if (isInterrupted(result)) waiting.length = 0;
      running.delete(batch);
    });
    running.set(batch, run);
  }
  return results;
}

/**
 * Somebody has had enough: Ctrl-C and SIGTERM go to what runs, and nothing more is begun.
 *
 * @param {Result} result
 */
function isInterrupted({ code }) {
  return code === 130 || code === 143;
}

/**
 * One after the other, when everything else is through.
 *
 * @param {string} reporter
 * @param {readonly (readonly string[])[]} chances
 * @returns {Promise<Result[]>}
 */
async function runAgain(reporter, chances) {
  /** @type {Result[]} */
  const results = [];
  for (const specs of chances) {
    console.log(`\nOnce more, alone: ${specs.join(" ")}`);
    results.push(await runMocha({ reporter, specs, rest: [] }));
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
  return { specs, code, output, summary: existsSync(summaryPath) ? JSON.parse(readFileSync(summaryPath, "utf8")) : undefined };
}

/**
 * Mocha's own where one of its processes failed for good.
 *
 * @param {import("./lib/testOutcome.mjs").Outcome} outcome
 * @param {readonly Result[]} results
 */
function exitCodeOf({ passed, failures, broken, unsteady, pending }, results) {
  if (failures.length + broken.length > 0) return results.find(({ code }) => code !== 0)?.code ?? 1;
  return (pending.length > 0 && isCi()) || passed + unsteady.length + pending.length === 0 ? 1 : 0;
}

/** @returns {import("./lib/closingLines.mjs").Want[]} */
function readWants() {
  const text = existsSync(missingPath) ? readFileSync(missingPath, "utf8") : "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
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
