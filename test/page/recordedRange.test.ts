import assert from "node:assert/strict";
import { recordedRange } from "../../src/page/logic/range.ts";

const nowMs = Date.UTC(2026, 10, 21, 10, 0, 0);

describe("The range of a recording", () => {
  it("is all of it, in whole seconds", () => {
    assert.deepEqual(recordedRange({ live: false, secondsFromMs: nowMs - 90_500, nowMs: nowMs + 1 }), {
      fromMs: nowMs - 91_000,
      toMs: nowMs + 1000,
    });
  });

  it("is never too short to be looked at", () => {
    const { fromMs = 0, toMs = 0 } = recordedRange({ live: false, secondsFromMs: nowMs, nowMs: nowMs + 1 }) ?? {};
    assert.equal(toMs - fromMs, 10_000);
  });

  it("is none of a machine that lives, which has its live window", () => {
    for (const host of [undefined, { live: true, secondsFromMs: null, nowMs }, { live: false, secondsFromMs: null, nowMs }])
      assert.equal(recordedRange(host), undefined);
  });
});
