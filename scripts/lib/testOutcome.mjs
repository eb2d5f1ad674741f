/**
 * What came of a run of the tests, and what is run once more before that is said.
 *
 * A machine that others use as well makes one test of thousands late now and then. So few files that failed get a second run, alone;
 * what passes then is told as unsteady and does not fail the run. Many that fail are no accident.
 */

/** @typedef {import("./mochaReporter.mjs").FileSummary} FileSummary */
/** @typedef {import("./mochaReporter.mjs").TestFailure} TestFailure */
/** @typedef {import("./mochaReporter.mjs").TestSummary} TestSummary */

/**
 * @typedef {object} Result what one process of mocha has left behind
 * @property {readonly string[]} specs
 * @property {number} code
 * @property {TestSummary | undefined} summary none: it died too early to write any
 */

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {readonly TestFailure[]} failures
 * @property {readonly string[]} broken what is to be said of processes that did not end as they should
 * @property {readonly TestFailure[]} unsteady failed once, and passed when run again
 * @property {readonly string[]} pending
 * @property {Readonly<Record<string, number>>} seconds by file
 */

const mostFiles = 3;

/**
 * What is run once more, each alone: files of which something failed, and all files of a process that died, for nobody knows what its
 * last test was.
 *
 * @param {readonly Result[]} results
 * @returns {(readonly string[])[]} none where nothing failed, or too much
 */
export function secondChances(results) {
  const chances = results.flatMap(failedSpecs);
  return chances.length <= mostFiles ? chances : [];
}

/**
 * @param {Result} result
 * @returns {(readonly string[])[]}
 */
function failedSpecs({ specs, code, summary }) {
  if (whatBroke({ specs, code, summary }) !== undefined) return [specs];
  const failed = Object.entries(summary?.files ?? {}).filter(([, { failures }]) => failures.length > 0);
  // a hook outside of all files belongs to all of them
  return failed.some(([path]) => !specs.includes(path)) ? [specs] : failed.map(([path]) => [path]);
}

/**
 * @param {readonly Result[]} firsts
 * @param {readonly Result[]} seconds of what was run once more
 * @returns {Outcome}
 */
export function outcomeOf(firsts, seconds = []) {
  const steadied = seconds.filter((second) => firsts.every((first) => isSteadied(first, second)));
  const again = new Set(steadied.flatMap(({ specs }) => specs));
  /** @type {TestFailure[]} */
  const unsteady = [];
  const broken = [];
  /** @type {[string, FileSummary][]} */
  const files = [];
  for (const first of firsts) {
    const broke = whatBroke(first);
    const isSaved = first.specs.every((path) => again.has(path));
    if (broke !== undefined && isSaved) unsteady.push({ title: `the run of ${first.specs.join(" ")}`, error: broke, isTest: false });
    else if (broke !== undefined) broken.push(broke);
    for (const [path, file] of Object.entries(first.summary?.files ?? {})) {
      if (!again.has(path) && !isSaved) files.push([path, file]);
      else if (broke === undefined) unsteady.push(...file.failures);
    }
  }
  for (const second of seconds) {
    if (steadied.includes(second)) files.push(...Object.entries(second.summary?.files ?? {}));
    else {
      const broke = whatBroke(second);
      if (broke !== undefined) broken.push(`${broke} (run again alone)`);
      // what passed was counted the first time
      for (const [path, file] of Object.entries(second.summary?.files ?? {})) files.push([path, { ...file, passed: 0, pending: [] }]);
    }
  }
  const failures = new Map(files.flatMap(([path, file]) => file.failures.map((failure) => [`${path} ${failure.title}`, failure])));
  return {
    // an unsteady test is counted as that, and not as passed as well
    passed: files.reduce((sum, [, { passed }]) => sum + passed, 0) - unsteady.filter(({ isTest }) => isTest).length,
    failures: [...failures.values()],
    broken: [...new Set(broken)],
    unsteady,
    pending: files.flatMap(([, { pending }]) => pending),
    seconds: Object.fromEntries(files.map(([path, { seconds }]) => [path, seconds])),
  };
}

/**
 * True when the second run takes nothing of the first for granted: it ended well, and did not leave out what had failed.
 *
 * @param {Result} first
 * @param {Result} second
 */
function isSteadied(first, second) {
  if (second.code !== 0 || whatBroke(second) !== undefined) return false;
  const ran = Object.values(second.summary?.files ?? {});
  const leftOut = new Set(ran.flatMap(({ pending }) => pending));
  const wanted = Object.entries(first.summary?.files ?? {}).filter(([path]) => second.specs.includes(path));
  return wanted.every(([, { failures }]) => failures.every(({ title }) => !leftOut.has(title)));
}

/**
 * @param {Result} result
 * @returns {string | undefined} undefined: the process came to its end, whatever its tests say
 */
function whatBroke({ code, summary }) {
  if (summary?.finished !== true) return `The run ended before the last test, with exit code ${code}.`;
  if (summary.lingered !== undefined) return `The tests are over but this keeps the process alive: ${summary.lingered}`;
  const failed = Object.values(summary.files).some(({ failures }) => failures.length > 0);
  const ran = Object.values(summary.files).some(({ passed, pending }) => passed + pending.length > 0);
  return code !== 0 && !failed && ran ? `The tests passed but the run ended with exit code ${code}.` : undefined;
}
