import assert from "node:assert/strict";
import { importScript } from "./trees.ts";

interface Failure {
  readonly title: string;
  readonly error: string;
  readonly isTest: boolean;
}

interface FileSummary {
  readonly seconds: number;
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly pending: readonly string[];
}

interface Result {
  readonly specs: readonly string[];
  readonly code: number;
  readonly summary?: { readonly files: Readonly<Record<string, FileSummary>>; readonly finished: boolean; readonly lingered?: string };
}

interface Outcome {
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly broken: readonly string[];
  readonly unsteady: readonly Failure[];
  readonly pending: readonly string[];
}

interface Deciding {
  secondChances(results: readonly Result[]): (readonly string[])[];
  outcomeOf(firsts: readonly Result[], seconds?: readonly Result[]): Outcome;
}

const late: Failure = { title: "it is there in time", error: "Error: late", isTest: true };
const hook: Failure = { title: '"before all" hook for "one"', error: "Error: no port", isTest: false };

function file(passed: number, failures: readonly Failure[] = [], pending: readonly string[] = []): FileSummary {
  return { seconds: 1, passed, failures, pending };
}

/** One process of mocha that came to its end. */
function ended(files: Readonly<Record<string, FileSummary>>): Result {
  const code = Object.values(files).reduce((sum, { failures }) => sum + failures.length, 0);
  return { specs: Object.keys(files), code, summary: { files, finished: true } };
}

describe("What npm test runs once more", () => {
  let decide: Deciding;
  before(async () => {
    decide = await importScript<Deciding>("lib/testOutcome.mjs");
  });

  it("is nothing where nothing failed", () => {
    assert.deepEqual(decide.secondChances([ended({ a: file(3), b: file(1, [], ["later"]) })]), []);
  });

  it("is the file that failed, and not the others of its batch", () => {
    assert.deepEqual(decide.secondChances([ended({ a: file(3), b: file(1, [late]) }), ended({ c: file(0, [hook]) })]), [["b"], ["c"]]);
  });

  it("is all of a batch whose process died, stayed alive, or ended oddly, or whose failure belongs to no file", () => {
    const died: Result = { specs: ["a", "b"], code: 1, summary: { files: { a: file(1) }, finished: false } };
    const silent: Result = { specs: ["a", "b"], code: 139 };
    const stayed: Result = { specs: ["a", "b"], code: 1, summary: { files: { a: file(1) }, finished: true, lingered: "Timeout" } };
    const odd: Result = { ...ended({ a: file(1), b: file(1) }), code: 7 };
    const outside: Result = { ...ended({ "": file(0, [hook]) }), specs: ["a", "b"] };
    for (const result of [died, silent, stayed, odd, outside]) assert.deepEqual(decide.secondChances([result]), [["a", "b"]]);
  });

  it("is nothing where more than three files failed: that is no accident", () => {
    const failed = ["a", "b", "c", "d"].map((path) => ended({ [path]: file(0, [late]) }));
    assert.equal(decide.secondChances(failed.slice(1)).length, 3);
    assert.deepEqual(decide.secondChances(failed), []);
  });
});

describe("What came of the tests", () => {
  let decide: Deciding;
  before(async () => {
    decide = await importScript<Deciding>("lib/testOutcome.mjs");
  });

  it("is the sum of all batches", () => {
    const { passed, failures, broken, unsteady, pending } = decide.outcomeOf([
      ended({ a: file(3, [late]) }),
      ended({ b: file(2, [], ["later"]) }),
    ]);
    assert.deepEqual([passed, failures, broken, unsteady, pending], [5, [late], [], [], ["later"]]);
  });

  it("counts as unsteady what failed once, and once only what ran twice", () => {
    const first = ended({ a: file(3), b: file(4, [late], ["later"]) });
    const outcome = decide.outcomeOf([first], [ended({ b: file(5, [], ["later"]) })]);
    assert.deepEqual(outcome, { ...outcome, passed: 3 + 4, failures: [], broken: [], unsteady: [late], pending: ["later"] });
  });

  it("counts the tests that a hook had kept from running", () => {
    const outcome = decide.outcomeOf([ended({ a: file(0, [hook]) })], [ended({ a: file(6) })]);
    assert.deepEqual([outcome.passed, outcome.unsteady, outcome.failures], [6, [hook], []]);
  });

  it("is a failure where the file fails again, in this test or in another", () => {
    const first = ended({ a: file(4, [late]) });
    const same = decide.outcomeOf([first], [ended({ a: file(4, [{ ...late, error: "Error: late again" }]) })]);
    assert.deepEqual([same.passed, same.failures.length, same.unsteady], [4, 1, []]);
    const other = decide.outcomeOf([first], [ended({ a: file(4, [{ ...late, title: "another" }]) })]);
    assert.deepEqual([other.passed, other.failures.length, other.unsteady], [4, 2, []]);
  });

  it("is a failure where the second run leaves out what had failed", () => {
    const { failures, unsteady } = decide.outcomeOf([ended({ a: file(4, [late]) })], [ended({ a: file(4, [], [late.title]) })]);
    assert.deepEqual([failures, unsteady], [[late], []]);
  });

  it("gives a process that died the same second chance", () => {
    const died: Result = { specs: ["a", "b"], code: 1, summary: { files: { a: file(1) }, finished: false } };
    const saved = decide.outcomeOf([died], [ended({ a: file(2), b: file(3) })]);
    assert.deepEqual([saved.passed, saved.failures, saved.broken], [5, [], []]);
    assert.deepEqual(saved.unsteady, [
      { title: "the run of a b", error: "The run ended before the last test, with exit code 1.", isTest: false },
    ]);
    const lost = decide.outcomeOf([died], [died]);
    assert.deepEqual([lost.passed, lost.unsteady], [1, []]);
    assert.equal(lost.broken.length, 2);
  });

  it("does not call a file of two batches steady because another passed", () => {
    const firsts = [ended({ a: file(1, [late]) }), ended({ b: file(1, [late]) })];
    const { failures, unsteady } = decide.outcomeOf(firsts, [ended({ a: file(2) }), ended({ b: file(1, [late]) })]);
    assert.deepEqual([failures, unsteady], [[late], [late]]);
  });
});
