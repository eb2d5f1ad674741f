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
 * @typedef {object} TestFailure
 * @property {string} title in full
 * @property {string} error with its stack, so that the end of a log is enough
 * @property {boolean} isTest false: a hook
 */

/**
 * @typedef {object} FileSummary of a compiled file
 * @property {number} seconds hooks included
 * @property {number} passed
 * @property {TestFailure[]} failures
 * @property {string[]} pending full titles
 */

/**
 * @typedef {object} TestSummary
 * @property {Record<string, FileSummary>} files by path; what belongs to no file stands under ""
 * @property {boolean} finished
 * @property {string} [lingered] what kept the process alive after its last test
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
  const summary = { files: {}, finished: false };
  /** @param {{ readonly file?: string | undefined }} part */
  const fileOf = ({ file }) => {
    const path = file === undefined ? "" : relative(process.cwd(), file);
    summary.files[path] ??= { seconds: 0, passed: 0, failures: [], pending: [] };
    return summary.files[path];
  };
  let startedAtMs = 0;
  runner.on("suite", (suite) => {
    if (suite.parent?.root === true) startedAtMs = performance.now();
  });
  runner.on("suite end", (suite) => {
    if (suite.parent?.root === true) fileOf(suite).seconds += (performance.now() - startedAtMs) / 1000;
  });
  runner.on("pass", (test) => {
    fileOf(test).passed += 1;
  });
  runner.on("fail", (test, error) => {
    const said = String(error.stack ?? error.message ?? error).slice(0, longestFailure);
    fileOf(test).failures.push({ title: test.fullTitle(), error: said, isTest: test.type === "test" });
  });
  runner.on("pending", (test) => fileOf(test).pending.push(test.fullTitle()));
  runner.on("end", () => {
    summary.finished = true;
    setTimeout(() => giveUp(summary), lingerMs).unref();
  });
  process.on("exit", () => writeFileSync(path, JSON.stringify(summary)));
}

/** @param {TestSummary} summary */
function giveUp(summary) {
  summary.lingered = process.getActiveResourcesInfo().join(", ");
  console.error(`\nThe tests are over but this keeps the process alive: ${summary.lingered}`);
  process.exit(1);
}
