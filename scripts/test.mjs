/**
 * `npm test`: runs mocha on the compiled tests; arguments go to mocha (`npm test -- --fgrep webhook`), sources may be named
 * (`npm test -- test/log.test.ts`). Ends with what was pending and why, then with the counts, alone on the last line.
 *
 * With CI=true a pending test is a failure: a proof that was not run is no proof.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiledPath, root } from "./lib/project.mjs";
import { runOpenly } from "./lib/run.mjs";

/** @typedef {import("./lib/mochaReporter.mjs").TestSummary} TestSummary */

const folder = mkdtempSync(join(tmpdir(), "culprit-test-"));
const summaryPath = join(folder, "summary.json");
const missingPath = join(folder, "missing.jsonl");

try {
  const { reporter, specs, rest } = readArguments(process.argv.slice(2));
  const code = await runOpenly(
    process.execPath,
    [
      "--enable-source-maps",
      join(root, "node_modules", "mocha", "bin", "mocha.js"),
      "--fail-zero",
      ...["--reporter", join(root, "scripts", "lib", "mochaReporter.mjs")],
      ...rest,
      ...(specs.length > 0 ? specs : ["dist/test/**/*.test.js"]),
    ],
    {
      ...process.env,
      CULPRIT_TEST_REPORTER: reporter,
      CULPRIT_TEST_SUMMARY: summaryPath,
      CULPRIT_TEST_MISSING: missingPath,
    },
  );
  process.exitCode = conclude(code, readSummary());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Prints the closing lines.
 *
 * @param {number} mochaCode
 * @param {TestSummary | undefined} summary
 * @returns {number} the exit code
 */
function conclude(mochaCode, summary) {
  const { passed = 0, pending = [] } = summary ?? {};
  // A run that died has failed even if every test before that had passed.
  const failed = summary?.finished === true && !summary.lingered ? summary.failed : (summary?.failed ?? 0) + 1;
  if (summary?.finished !== true) console.log(`The run ended before the last test, with exit code ${mochaCode}.`);
  else if (passed + failed + pending.length === 0) console.log("No test matched.");
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

/** @returns {TestSummary | undefined} */
function readSummary() {
  return existsSync(summaryPath) ? JSON.parse(readFileSync(summaryPath, "utf8")) : undefined;
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
