import assert from "node:assert/strict";
import { join } from "node:path";
import type { Attempted } from "../../src/spool/laneOptions.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { done, LanesStage, later } from "./support/lanesStage.ts";

describe("the lanes of a queue", () => {
  const tempDirectory = tempDirectories();
  let stage: LanesStage;
  beforeEach(async () => {
    stage = new LanesStage(join(await tempDirectory(), "queue"));
  });
  afterEach(() => stage.close());

  it("try nothing before they are started, then all in order, and forget what is done", async () => {
    const lanes = await stage.open();
    await lanes.add(["a/1", "a/2"]);
    await lanes.add(["a/3"]);
    lanes.wake();
    await lanes.idle();
    assert.deepEqual(stage.tried, []);
    lanes.start();
    await lanes.idle();
    assert.deepEqual(stage.tried, ["a/1", "a/2", "a/3"]);
    assert.deepEqual(stage.ends, ["a/1 done 1", "a/2 done 1", "a/3 done 1"]);
    assert.deepEqual((await stage.open()).items(), []);
    assert.equal(stage.clock.waiting, 0);
  });

  it("that are strict let nothing overtake what failed, and wait longer each time, as the other side's failures go on", async () => {
    stage.answer = () => later;
    const lanes = await stage.started(["a/1", "a/2"]);
    assert.equal(lanes.troubleOf("a"), "it is down");
    await stage.pass(lanes, 30);
    assert.deepEqual(
      [stage.tried, stage.waits],
      [
        ["a/1", "a/1", "a/1"],
        [10, 20, 30],
      ],
    );
    stage.answer = () => done;
    await stage.pass(lanes, 30);
    assert.deepEqual(stage.tried.slice(3), ["a/1", "a/2"]);
    assert.deepEqual(stage.ends, ["a/1 done 4", "a/2 done 1"]);
    assert.equal(lanes.troubleOf("a"), undefined);
  });

  it("that are not strict let others go while one stage.waits, and new ones before it", async () => {
    stage.answer = (item) => (item === "a/1" ? later : done);
    const lanes = await stage.started(["a/1", "a/2"], { order: "due" });
    assert.deepEqual(stage.tried, ["a/1", "a/2"]);
    await lanes.add(["a/3"]);
    await stage.clock.advance(10);
    await lanes.idle();
    assert.deepEqual(stage.tried.slice(2), ["a/3", "a/1"]);
    assert.deepEqual(stage.waits, [10, 20]);
  });

  it("are not held up by one that hangs, but for so many at once", async () => {
    let letGo: () => void = () => undefined;
    const hangs = new Promise<Attempted<string>>((resolve) => {
      letGo = () => resolve(done);
    });
    stage.answer = (item) => (item === "a/1" || item === "b/1" ? hangs : done);
    const lanes = await stage.open({ mostLanesAtOnce: 2 });
    await lanes.add(["a/1", "b/1", "c/1", "a/2"]);
    lanes.start();
    await stage.clock.advance(1);
    assert.deepEqual(stage.tried, ["a/1", "b/1"]);
    letGo();
    await lanes.idle();
    assert.deepEqual([...stage.tried].sort(), ["a/1", "a/2", "b/1", "c/1"]);
  });

  it("keep an item back that stage.waits for another", async () => {
    stage.answer = (item) => (item === "a/fire" ? later : done);
    const waitsFor = (item: string, other: string) => item === "a/end" && other === "a/fire";
    const lanes = await stage.started(["a/fire", "a/end"], { order: "due", waitsFor });
    assert.deepEqual(stage.tried, ["a/fire"]);
    stage.answer = () => done;
    await stage.pass(lanes, 10);
    assert.deepEqual(stage.tried, ["a/fire", "a/fire", "a/end"]);
  });

  it("take neighbours together, and all of them again where that failed", async () => {
    stage.answer = () => later;
    const lanes = await stage.started(["a/1", "b/1", "a/2", "a/3"], { mostTogether: 2 });
    assert.deepEqual(stage.tried, ["a/1+a/2", "b/1"]);
    stage.answer = () => done;
    stage.tried.length = 0;
    await stage.pass(lanes, 10);
    assert.deepEqual([...stage.tried].sort(), ["a/1+a/2", "a/3", "b/1"]);
    assert.deepEqual([...stage.ends].sort(), ["a/1 done 2", "a/2 done 2", "a/3 done 1", "b/1 done 2"]);
  });

  for (const order of ["strict", "due"] as const) {
    it(`leave the other side alone for as long as it asks, all of the lane and no other (${order})`, async () => {
      stage.answer = (item) => (item === "a/1" ? { ...later, retryAfterSeconds: 100 } : done);
      const lanes = await stage.started(["a/1", "b/1"], { order });
      await lanes.add(["a/2", "b/2"]);
      lanes.wake();
      await stage.pass(lanes, 99);
      assert.deepEqual([stage.tried, stage.waits], [["a/1", "b/1", "b/2"], [100]]);
      stage.answer = () => done;
      await stage.pass(lanes, 1);
      assert.deepEqual([...stage.tried.slice(3)].sort(), ["a/1", "a/2"]);
    });
  }

  it("wait no longer than anybody may ask for", async () => {
    stage.answer = () => ({ kind: "later", reason: "go away", retryAfterSeconds: 1e9 });
    await stage.started(["a/1"]);
    assert.deepEqual(stage.waits, [3600]);
  });

  it("give up at once what is refused, and go on", async () => {
    stage.answer = (item) => (item === "a/1" ? { kind: "refused", reason: "out of order" } : done);
    await stage.started(["a/1", "a/2"]);
    assert.deepEqual(stage.ends, ["a/1 failed 1", "a/2 done 1"]);
  });

  it("give up what has failed too often; what is no failure does not count", async () => {
    stage.answer = () => ({ ...later, isNoFailure: true });
    const lanes = await stage.started(["a/1"], { mostFailures: 3 });
    await stage.pass(lanes, 100);
    assert.deepEqual(stage.ends, []);
    assert.ok(stage.waits.length > 8 && stage.waits.every((seconds) => seconds === 10), String(stage.waits));
    stage.answer = () => later;
    await stage.pass(lanes, 40);
    assert.deepEqual(stage.ends, ["a/1 failed 3"]);
  });

  it("give up what is too old, also while the lane is left alone, and whatever the wall stage.clock says", async () => {
    stage.answer = () => ({ ...later, retryAfterSeconds: 3600 });
    const lanes = await stage.started(["a/1"], { age: { longestSeconds: 60, of: () => 0 } });
    stage.clock.jumpWall(86_400);
    await stage.pass(lanes, 59);
    assert.deepEqual(stage.ends, []);
    await stage.pass(lanes, 1);
    assert.deepEqual(stage.ends, ["a/1 expired 1"]);
    const again = await stage.open({ age: { longestSeconds: 60, of: () => 61 } });
    await again.add(["a/new"]);
    const third = await stage.open({ age: { longestSeconds: 60, of: () => 61 } });
    third.start();
    await third.idle();
    assert.deepEqual(stage.ends.slice(1), ["a/new expired 0"], "what waited since before a restart is as old as it says");
  });

  it("take an attempt that stumbles for one that failed", async () => {
    stage.answer = () => {
      throw new Error("a slip");
    };
    const lanes = await stage.started(["a/1"]);
    assert.equal(lanes.troubleOf("a"), "a slip");
    assert.deepEqual([stage.tried, stage.waits], [["a/1"], [10]]);
  });

  it("drop the oldest when there are too many, count and tell them", async () => {
    const lanes = await stage.open();
    await lanes.add(["a/1", "a/2", "a/3"]);
    assert.equal(lanes.room, 1);
    await lanes.add(["a/4", "a/5", "a/6"]);
    assert.deepEqual(stage.ends, ["a/1 dropped 0", "a/2 dropped 0"]);
    assert.deepEqual(lanes.figures(), { length: 4, dropped: 2 });
    lanes.start();
    await lanes.idle();
    assert.deepEqual(stage.tried, ["a/3", "a/4", "a/5", "a/6"]);
  });

  for (const [outcome, told] of [
    [done, "done"],
    [later, "dropped"],
  ] as const) {
    it(`tell once of an item that is dropped while it is at work: ${told}`, async () => {
      let letGo: () => void = () => undefined;
      stage.answer = (item) =>
        item === "a/1"
          ? new Promise((resolve) => {
              letGo = () => resolve(outcome);
            })
          : later;
      const lanes = await stage.open();
      await lanes.add(["a/1"]);
      lanes.start();
      await stage.clock.advance(0);
      await lanes.add(["a/2", "a/3", "a/4", "a/5"]);
      letGo();
      await lanes.idle();
      assert.deepEqual(stage.ends, [`a/1 ${told} 1`]);
      assert.deepEqual(lanes.items(), ["a/2", "a/3", "a/4", "a/5"]);
    });
  }
});
