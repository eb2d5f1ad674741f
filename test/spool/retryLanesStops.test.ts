import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LaneOptions } from "../../src/spool/laneOptions.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { done, LanesStage, later, type StageOptions } from "./support/lanesStage.ts";

describe("the lanes of a queue, over restarts and on disks that refuse,", () => {
  const tempDirectory = tempDirectories();
  let stage: LanesStage;
  beforeEach(async () => {
    stage = new LanesStage(join(await tempDirectory(), "queue"));
  });
  afterEach(() => stage.close());

  it("go on after a restart with what waited, in its order, with what was stage.tried and when it may be again", async () => {
    stage.answer = () => later;
    const before = await stage.started(["a/1", "a/2"]);
    await stage.pass(before, 12);
    assert.deepEqual(stage.waits, [10, 20]);
    stage.answer = () => done;
    const after = await stage.open();
    assert.deepEqual(after.items(), ["a/1", "a/2"]);
    after.start();
    stage.tried.length = 0;
    for (let passed = 0; passed < 17; passed++) await stage.clock.advance(1);
    await after.idle();
    assert.deepEqual(stage.tried, []);
    before.stop(0);
    await stage.pass(after, 1);
    assert.deepEqual(
      [stage.tried, stage.ends],
      [
        ["a/1", "a/2"],
        ["a/1 done 3", "a/2 done 1"],
      ],
    );
  });

  it("do not believe a stored time that is further ahead than anybody may ask for", async () => {
    stage.answer = () => ({ ...later, retryAfterSeconds: 3600 });
    await (await stage.started(["a/1"])).stop(0);
    stage.clock.jumpWall(-86_400);
    stage.answer = () => done;
    const after = await stage.open();
    after.start();
    await after.idle();
    assert.deepEqual(stage.ends, ["a/1 done 2"]);
  });

  it("may count an attempt before it begins: who dies with it has had it, takes it up at once, and not for ever", async () => {
    const options: StageOptions = { writeDown: "before", mostAttempts: 2 };
    const dies = () => new Promise<never>(() => undefined);
    for (const attempts of [1, 2]) {
      const lanes = await stage.open({ ...options, attempt: dies });
      if (attempts === 1) await lanes.add(["a/1"]);
      lanes.start();
      while (lanes.entries()[0]?.attempts !== attempts) await stage.clock.advance(0);
      stage.opened.pop();
    }
    const last = await stage.open(options);
    last.start();
    await last.idle();
    assert.deepEqual([stage.tried, stage.ends], [[], ["a/1 failed 2"]]);
  });

  it("tell an attempt that it was begun before, and whether it waited for Culprit", async () => {
    const seen: (readonly [number, boolean])[] = [];
    const options: StageOptions = {
      writeDown: "before",
      attempt: async (_, { attemptsBefore, isInherited }) => {
        seen.push([attemptsBefore, isInherited]);
        return later;
      },
    };
    const before = await stage.started(["a/1"], options);
    await stage.pass(before, 10);
    await before.stop(0);
    const after = await stage.open(options);
    after.start();
    await after.idle();
    assert.deepEqual(seen, [
      [0, false],
      [1, false],
      [2, true],
    ]);
  });

  it("let what is at work when they stop come to its end, and begin nothing more", async () => {
    let hurry: AbortSignal | undefined;
    const attempt: LaneOptions<string, string>["attempt"] = async ([item], signals) => {
      stage.tried.push(item);
      hurry = signals.hurry;
      await new Promise((resolve) => signals.hurry.addEventListener("abort", resolve));
      return done;
    };
    const lanes = await stage.open({ attempt });
    await lanes.add(["a/1", "a/2"]);
    lanes.start();
    await lanes.stop(5);
    assert.equal(hurry?.aborted, true);
    assert.deepEqual([stage.tried, stage.ends], [["a/1"], ["a/1 done 1"]]);
    await lanes.add(["a/3"]);
    lanes.wake();
    assert.deepEqual(stage.tried, ["a/1"]);
    assert.deepEqual((await stage.open()).items(), ["a/2", "a/3"]);
    assert.equal(stage.clock.waiting, 0);
  });

  it("break off what takes too long when they stop, and have it as it was at the next start", async () => {
    const attempt: LaneOptions<string, string>["attempt"] = ([item], { stop }) =>
      new Promise((resolve) => {
        stage.tried.push(item);
        stop.addEventListener("abort", () => resolve(later));
      });
    const lanes = await stage.open({ attempt });
    await lanes.add(["a/1"]);
    lanes.start();
    const stopped = lanes.stop(5);
    await stage.clock.advance(5);
    await stopped;
    assert.deepEqual([stage.tried, stage.ends, stage.waits], [["a/1"], [], []]);
    assert.deepEqual((await stage.open()).entries()[0]?.attempts, 0);
  });

  it("try what the disk did not take as well, as long as they live, and say why it may be lost", async () => {
    const lanes = await stage.open();
    await rm(stage.directory, { recursive: true });
    await writeFile(stage.directory, "in the way");
    await assert.rejects(lanes.add(["a/kept"]), /ENOTDIR|EEXIST/);
    assert.match((await lanes.addAnyway("a/1")) ?? "", /ENOTDIR|EEXIST/);
    assert.deepEqual(lanes.items(), ["a/1"]);
    stage.answer = () => later;
    lanes.start();
    await lanes.idle();
    stage.answer = () => done;
    await stage.pass(lanes, 10);
    assert.deepEqual(stage.ends, ["a/1 done 2"]);
    assert.equal(lanes.figures().length, 0);
    await rm(stage.directory);
    await lanes.check();
    assert.equal(await lanes.addAnyway("a/2"), undefined);
  });

  it("do not try again what is done but cannot be taken off the disk", async () => {
    const lanes = await stage.open();
    await lanes.add(["a/1", "a/2"]);
    await rm(stage.directory, { recursive: true });
    await writeFile(stage.directory, "in the way");
    lanes.start();
    await lanes.idle();
    assert.deepEqual(stage.tried, ["a/1", "a/2"]);
    assert.deepEqual([lanes.figures().length, lanes.room], [0, 2]);
    assert.ok(
      stage.log.lines().some(({ level, message }) => level === "error" && /cannot be removed from the queue/.test(String(message))),
    );
  });
});
