import assert from "node:assert/strict";
import { groupId } from "../../src/model/group.ts";
import { Frame } from "../../src/page/logic/frame.ts";
import { frameOf } from "../../src/page/logic/snapshotsFrame.ts";
import { frameWith, labels, second, t0 } from "./support.ts";

const cpuOf = (frame: Frame, name: string) => frame.groups.get(groupId(labels(name)))?.tracks.get("cpuCores");

describe("a frame of the page", () => {
  it("puts seconds onto an even grid, though the clock is jittered", () => {
    const frame = frameWith(second(t0 + 950, { a: { cpuCores: 1 } }), second(t0 + 2010, { a: { cpuCores: 2 } }, { elapsedSeconds: 1.06 }));
    assert.deepEqual(frame.times, [t0, t0 + 1000, t0 + 2000]);
    assert.deepEqual(
      frame.times.map((_, slot) => frame.isRecorded(slot)),
      [true, true, true],
    );
    assert.deepEqual(cpuOf(frame, "a")?.mean, [1, 2, 2]);
  });

  it("takes the mean and the peak of two seconds that fall into one slot", () => {
    const frame = frameWith(second(t0 + 10, { a: { cpuCores: 1 } }), second(t0 + 980, { a: { cpuCores: 2 } }, { elapsedSeconds: 0.97 }));
    assert.equal(frame.length, 1);
    assert.ok(Math.abs((cpuOf(frame, "a")?.mean[0] ?? 0) - 1.49) < 0.01);
    assert.equal(cpuOf(frame, "a")?.peak[0], 2);
  });

  it("leaves a hole where nothing is recorded, and no peak from a gap", () => {
    const frame = frameWith(
      second(t0, { a: { cpuCores: 1 } }),
      second(t0 + 5000, { a: { cpuCores: 3 } }, { gap: true, elapsedSeconds: 5 }),
    );
    assert.deepEqual(frame.seconds, [1, 0, 0, 0, 0, 1]);
    assert.deepEqual(cpuOf(frame, "a")?.mean, [1, null, null, null, null, 3]);
    assert.equal(cpuOf(frame, "a")?.peak[5], null);
    assert.deepEqual([...frame.gaps], [t0 + 5000]);
  });

  it("counts a group that a line does not have as idle, before it came and after it went", () => {
    const frame = frameWith(second(t0, {}), second(t0 + 1000, { a: { cpuCores: 1 } }), second(t0 + 2000, {}));
    assert.deepEqual(cpuOf(frame, "a")?.mean, [0, 1, 0]);
  });

  it("takes over what was missed, and never what it knows itself", () => {
    const frame = frameWith(second(t0, { a: { cpuCores: 1 } }), second(t0 + 4000, { a: { cpuCores: 5 } }));
    const missed = frameWith(...[-1, 0, 1, 2, 3, 4].map((at) => second(t0 + at * 1000, { a: { cpuCores: 9 }, b: { cpuCores: 2 } })));
    frame.fill(missed);
    assert.equal(frame.fromMs, t0 - 1000);
    assert.deepEqual(cpuOf(frame, "a")?.mean, [9, 1, 9, 9, 9, 5]);
    assert.deepEqual(cpuOf(frame, "b")?.mean, [2, 0, 2, 2, 2, 0]);
    assert.ok(frame.seconds.every((recorded) => recorded === 1));
  });

  it("says which second is its newest", () => {
    const frame = frameWith(second(t0 + 300));
    assert.equal(frame.newestMs, t0);
    assert.equal(new Frame(1000).newestMs, undefined);
  });

  it("does not grow: an hour at full speed leaves twenty minutes, whoever came and went", () => {
    const frame = new Frame(1000);
    for (let at = 0; at < 3600; at++) {
      frame.add(
        second(t0 + at * 1000 + 400, { steady: { cpuCores: 1, residentBytes: 5 }, [`job-${Math.floor(at / 30)}`]: { cpuCores: 0.5 } }),
      );
      frame.dropBefore(frame.toMs - 1_200_000);
    }
    assert.equal(frame.length, 1200);
    assert.equal(frame.groups.size, 41, "the steady one and the jobs of the last twenty minutes");
    for (const { tracks } of frame.groups.values())
      for (const { mean, peak } of tracks.values()) assert.deepEqual([mean.length, peak.length], [1200, 1200]);
    assert.equal(frame.fromMs, t0 + 2_400_000);
  });

  it("can be cut into a part of its own", () => {
    const frame = frameWith(...[1, 2, 3, 4, 5].map((at) => second(t0 + at * 1000, { a: { cpuCores: at } })));
    const part = frame.slice(t0 + 2000, t0 + 4000);
    assert.deepEqual(part.times, [t0 + 2000, t0 + 3000]);
    assert.deepEqual(cpuOf(part, "a")?.mean, [2, 3]);
    part.dropBefore(t0 + 3000);
    assert.equal(frame.length, 5, "the whole is not changed by what happens to its part");
  });

  it("is made from the server's downsampled answer", () => {
    const frame = frameOf({
      host: "web1",
      fromMs: t0,
      toMs: t0 + 120_000,
      stepSeconds: 60,
      covered: { fromMs: t0, toMs: t0 + 60_000 },
      minutesBeforeMs: null,
      times: [t0, t0 + 60_000],
      seconds: [60, 0],
      gaps: [0],
      figures: { load1: { mean: [1, null], peak: [2, null] } },
      mounts: [{ mountpoint: "/srv", sizeBytes: 100, availableBytes: { mean: [75, null], least: [50, null] } }],
      groups: [{ ...labels("a"), usage: { cpuCores: { mean: [0.5, null], peak: [1, null] } } }],
    });
    assert.equal(frame.stepMs, 60_000);
    assert.equal(frame.newestMs, t0);
    assert.deepEqual(frame.figures.get("load1"), { mean: [1, null], peak: [2, null] });
    assert.deepEqual(cpuOf(frame, "a")?.peak, [1, null]);
    assert.deepEqual(frame.mounts.get("/srv"), { sizeBytes: 100, track: { mean: [0.25, null], peak: [0.5, null] } });
    assert.deepEqual([...frame.gaps], [t0]);
  });
});
