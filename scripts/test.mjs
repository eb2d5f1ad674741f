/**
 * `npm test`: runs mocha on the compiled tests; arguments go to mocha (`npm test -- --fgrep webhook`), sources may be named
 * (`npm test -- test/log.test.ts`). Ends with what failed, what was pending and why, then with the counts, alone on the last line.
 *
 * With CI=true a pending test is a failure: a proof that was not run is no proof.
 */
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiledPath, listFiles, root } from "./lib/project.mjs";
import { runOpenly, runQuietly } from "./lib/run.mjs";

/** @typedef {import("./lib/mochaReporter.mjs").TestSummary} TestSummary */

/** What measures the machine, or wants its own burner to stand out on it, has the machine to itself. */
const alonePattern = /^dist\/test\/e2e\/(?:attribution\w*|burnToMail|dashboards|onceNames|page|rulesOnPrometheus|spikes)\.test\.js$/;

const compose = "dist/test/e2e/compose.test.js";

/**
 * What is never beside each other: collectors are tested with mounts that are dead, and captures with a df that looks at all mounts;
 * an installation burns as much as the burner that an alert is to name.
 */
const together = new Map([
  ["collectors", "capture"],
  ["project", compose],
]);

const everything = "dist/test/**/*.test.js";
const folder = mkdtempSync(join(tmpdir(), "culprit-test-"));
const missingPath = join(folder, "missing.jsonl");

try {
  const { reporter, specs, rest } = readArguments(process.argv.slice(2));
  const isAll = specs.length === 0 && rest.length === 0 && existsSync(join(root, "dist", "test", "e2e"));
  const results = isAll ? await runLanes(reporter) : [await runMocha({ reporter, specs: specs.length > 0 ? specs : [everything], rest })];
  process.exitCode = conclude(results.find(({ code }) => code !== 0)?.code ?? 0, merged(results.map(({ summary }) => summary)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @typedef {object} Result
 * @property {number} code
 * @property {TestSummary | undefined} summary
 */

/**
 * Two runs beside each other, folder by folder, and the longest first; what is said by each is printed when it is through. What must be
 * alone comes after that.
 *
 * @param {string} reporter
 * @returns {Promise<Result[]>}
 */
async function runLanes(reporter) {
  const files = listFiles(root, "dist/test").filter((path) => path.endsWith(".test.js"));
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const path of files.filter((path) => !alonePattern.test(path))) {
    const folder = path.split("/")[2] ?? "";
    // each of e2e's starts whole stacks
    const group = folder === "e2e" ? path : (together.get(folder) ?? folder);
    groups.set(group, [...(groups.get(group) ?? []), path]);
  }
  const first = [compose, "commands", "shipped", "capture"];
  const rank = (/** @type {string} */ group) => (first.includes(group) ? first.indexOf(group) : first.length);
  const queue = [...groups].sort(([a], [b]) => rank(a) - rank(b)).values();
  /** @type {Result[]} */
  const results = [];
  const lane = async () => {
    for (const [, specs] of queue) {
      const { output, ...result } = await runMocha({ reporter, specs, rest: [], quietly: true });
      process.stdout.write(output);
      results.push(result);
    }
  };
  await Promise.all([lane(), lane()]);
  return [...results, await runMocha({ reporter, specs: files.filter((path) => alonePattern.test(path)), rest: [] })];
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
 * @returns {number} the exit code
 */
function conclude(mochaCode, summary) {
  const { passed = 0, failures = [], pending = [] } = summary ?? {};
  // A run that died has failed even if every test before that had passed.
  const failed = summary?.finished === true && !summary.lingered ? summary.failed : (summary?.failed ?? 0) + 1;
  if (summary?.finished !== true) console.log(`The run ended before the last test, with exit code ${mochaCode}.`);
  else if (passed + failed + pending.length === 0) console.log("No test matched.");
  for (const failure of failures) console.log(`Failed: ${failure}\n`);
  const forbidden = pending.length > 0 && isCi();
  if (pending.length > 0) console.log(describePending(pending, forbidden));
  console.log(`${passed} passed, ${failed} failed${pending.length > 0 ? `, ${pending.length} skipped` : ""}`);
  return mochaCode !== 0 ? mochaCode : failed > 0 || forbidden ? 1 : 0;
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
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    const inline = /^--reporter=(.+)$/.exec(arg)?.[1];
    if (inline !== undefined) reporter = inline;
    else if (arg === "--reporter" || arg === "-R") reporter = args[++index] ?? reporter;
    else if (/\.test\.[jt]s$/.test(arg)) specs.push(compiledPath(arg.replace(/^\.\//, "")) ?? arg);
    else rest.push(arg);
  }
  return { reporter, specs, rest };
}
