import assert from "node:assert/strict";
import type { Spike } from "../../src/model/spike.ts";
import { type Address, plainAddress } from "../../src/page/logic/address.ts";
import { movedCursor, secondWithin, stepToSpike, unpinned, withLineToggled, withRange } from "../../src/page/logic/steps.ts";
import { labels, t0 } from "./support.ts";

const stretch = { fromMs: t0, toMs: t0 + 1_200_000 };

describe("steps on the page", () => {
  it("pin whole seconds of what is shown", () => {
    assert.equal(secondWithin(t0 + 1999, stretch), t0 + 1000);
    assert.equal(secondWithin(t0 - 5000, stretch), t0);
    assert.equal(secondWithin(t0 + 9_000_000, stretch), t0 + 1_199_000);
  });

  it("move the cursor point by point, from the last one where there was none, and never out of sight", () => {
    assert.equal(movedCursor(-1, t0 + 10_000, 1000, stretch), t0 + 9000);
    assert.equal(movedCursor(10, t0 + 10_000, 5000, stretch), t0 + 60_000);
    assert.equal(movedCursor(-1, undefined, 1000, stretch), t0 + 1_198_000);
    assert.equal(movedCursor(-1, t0, 1000, stretch), t0);
  });

  it("let the cursor and the line go, and nothing else", () => {
    const address: Address = { ...plainAddress, at: t0, process: "stress", from: t0, to: t0 + 1000, filter: "x" };
    assert.deepEqual(unpinned(address), { ...plainAddress, from: t0, to: t0 + 1000, filter: "x" });
  });

  it("name a range in the address, or none for the live window, and forget the cursor of before", () => {
    const before: Address = { ...plainAddress, at: t0, sort: "read" };
    assert.deepEqual(withRange(before, stretch, undefined), { ...plainAddress, sort: "read", from: stretch.fromMs, to: stretch.toMs });
    assert.deepEqual(withRange({ ...before, from: 1, to: 2 }, undefined, t0 + 1), { ...plainAddress, sort: "read", at: t0 + 1 });
  });

  it("draw a line alone, another instead of it, or none when it is chosen again", () => {
    const alone = withLineToggled(plainAddress, "a");
    assert.equal(alone.process, "a");
    assert.equal(withLineToggled(alone, "b").process, "b");
    assert.ok(!("process" in withLineToggled(alone, "a")));
  });
});

describe("the step to a spike", () => {
  const nowMs = t0 + 3_600_000;
  const spike: Spike = {
    id: "s1",
    resource: "io",
    aspect: "reads",
    startMs: t0,
    peakMs: t0 + 20_400,
    endMs: t0 + 60_000,
    baseline: 0,
    peak: 1e8,
    unit: "bytes_per_second",
    verdict: { sentence: "`dd` did it.", final: true, shares: [{ group: labels("dd"), share: 0.9, from: 0, to: 1e8, pids: [1] }] },
  };

  it("pins its peak in a range around it, sorts by what it is about, and draws its culprit alone", () => {
    const { address, range, at } = stepToSpike(spike, plainAddress, { nowMs, isLiveShown: true });
    assert.equal(at, t0 + 20_000);
    assert.ok(range !== undefined && range.fromMs < spike.startMs && range.toMs > t0 + 60_000);
    assert.equal(address.sort, "read");
    assert.match(address.process ?? "", /^dd\|/);
  });

  it("stays in the live window where that shows it with some time before", () => {
    const isShown = (startMs: number, isLiveShown: boolean) =>
      stepToSpike({ ...spike, startMs }, plainAddress, { nowMs, isLiveShown }).range === undefined;
    assert.equal(isShown(nowMs - 600_000, true), true);
    assert.equal(isShown(nowMs - 600_000, false), false);
    assert.equal(isShown(nowMs - 1_190_000, true), false);
  });

  it("lets the line of before go where nobody is named, and pins no second that is not over", () => {
    const { verdict: _, ...unnamed } = spike;
    const step = stepToSpike({ ...unnamed, peakMs: nowMs }, { ...plainAddress, process: "x" }, { nowMs, isLiveShown: true });
    assert.ok(!("process" in step.address));
    assert.equal(step.at, nowMs - 1000);
  });
});
