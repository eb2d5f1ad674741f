/**
 * Mocha's own reporter for the reader, and beside it the figures for scripts/test.mjs in the file named by CULPRIT_TEST_SUMMARY.
 *
 * They are written when the process ends, however it ends, so that a test which calls process.exit cannot pass for a finished run.
 */
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import Mocha from "mocha";

/** Tests are over but the process lives: something was left open. */
const lingerMs = 6_000;

const longestFailure = 4_000;

/**
 * @typedef {object} TestSummary
 * @property {Record<string, number>} files seconds that each compiled file took, hooks included
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} failures full titles with what was wrong, so that the end of a log is enough
 * @property {string[]} pending full titles
 * @property {boolean} finished
 * @property {boolean} lingered
 */

export default class Reporter {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    /** @type {Readonly<Record<string, new (runner: Mocha.Runner, options: Mocha.MochaOptions) => Mocha.reporters.Base>>} */
    const known = { ...Mocha.reporters };
    const name = process.env.CULPRIT_TEST_REPORTER ?? "";
    const Delegate = Object.entries(known).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? Mocha.reporters.Spec;
    this.delegate = new Delegate(runner, options);
    const path = process.env.CULPRIT_TEST_SUMMARY;
    if (path !== undefined) observe(runner, path);
  }

  /**
   * Mocha asks for this where a reporter finishes later than the tests do.
   *
   * @param {number} failures
   * @param {(failures: number) => void} callback
   */
  done(failures, callback) {
    if (typeof this.delegate.done === "function") this.delegate.done(failures, callback);
    else callback(failures);
  }
}

/**
 * @param {Mocha.Runner} runner
 * @param {string} path
 */
function observe(runner, path) {
  /** @type {TestSummary} */
  const summary = { files: {}, passed: 0, failed: 0, failures: [], pending: [], finished: false, lingered: false };
  let startedAtMs = 0;
  runner.on("suite", (suite) => {
    if (suite.parent?.root === true) startedAtMs = performance.now();
  });
  runner.on("suite end", (suite) => {
    if (suite.parent?.root !== true || suite.file === undefined) return;
    const path = relative(process.cwd(), suite.file);
    summary.files[path] = (summary.files[path] ?? 0) + (performance.now() - startedAtMs) / 1000;
  });
  runner.on("pass", () => {
    summary.passed += 1;
  });
  runner.on("fail", (test, error) => {
    summary.failed += 1;
    summary.failures.push(`${test.fullTitle()}\n${error.stack ?? error.message ?? error}`.slice(0, longestFailure));
  });
  runner.on("pending", (test) => summary.pending.push(test.fullTitle()));
  runner.on("end", () => {
    summary.finished = true;
    setTimeout(() => giveUp(summary), lingerMs).unref();
  });
  process.on("exit", () => writeFileSync(path, JSON.stringify(summary)));
}

/** @param {TestSummary} summary */
function giveUp(summary) {
  summary.lingered = true;
  console.error(`\nThe tests are over but this keeps the process alive: ${process.getActiveResourcesInfo().join(", ")}`);
  process.exit(1);
}
