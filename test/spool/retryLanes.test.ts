import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { doublingBackoff } from "../../src/spool/backoff.ts";
import type { Attempted, LaneOptions } from "../../src/spool/laneOptions.ts";
import { RetryLanes } from "../../src/spool/retryLanes.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

/** Items are texts such as "lane/item". */
type Options = Partial<LaneOptions<string, string>>;

const done: Attempted<string> = { kind: "done", result: "thanks" };
const later: Attempted<string> = { kind: "later", reason: "it is down" };

describe("the lanes of a queue", () => {
  const tempDirectory = tempDirectories();
  let directory: string;
  let clock: ManualClock;
  let log: ReturnType<typeof recordedLog>;
  /** What was tried, in order; what was tried together is joined. */
  let tried: string[];
  /** How items ended. */
  let ends: string[];
  /** How long each attempt that failed is waited for. */
  let waits: number[];
  /** What comes of an attempt. */
  let answer: (item: string) => Attempted<string> | Promise<Attempted<string>>;
  let opened: RetryLanes<string, string>[];
  beforeEach(async () => {
    directory = join(await tempDirectory(), "queue");
    clock = new ManualClock();
    log = recordedLog();
    [tried, ends, waits, opened] = [[], [], [], []];
    answer = () => done;
  });
  afterEach(() => Promise.all(opened.map((lanes) => lanes.stop(0))));

  /** As a new process would; what was open before simply falls silent, as after a crash. */
  async function open(options: Options = {}): Promise<RetryLanes<string, string>> {
    const lanes = await RetryLanes.open<string, string>({
      name: "things",
      directory,
      maxEntries: 4,
      parse: String,
      laneOf: (item) => item.split("/")[0] ?? "",
      order: "strict",
      writeDown: "after",
      backoffSeconds: (failures) => 10 * failures,
      longestRetryAfterSeconds: 3600,
      attempt: async (items) => {
        tried.push(items.join("+"));
        return answer(items[0]);
      },
      onEnd: ({ item, kind, attempts }) => void ends.push(`${item} ${kind} ${attempts}`),
      onDelay: ({ inSeconds }) => void waits.push(inSeconds),
      clock,
      log: log.log,
      ...options,
    });
    opened.push(lanes);
    return lanes;
  }

  async function started(items: readonly string[], options: Options = {}): Promise<RetryLanes<string, string>> {
    const lanes = await open(options);
    for (const item of items) await lanes.add([item]);
    lanes.start();
    await lanes.idle();
    return lanes;
  }

  async function pass(lanes: RetryLanes<string, string>, seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed++) {
      await clock.advance(1);
      await lanes.idle();
    }
  }

  const waiting = (lanes: RetryLanes<string, string>) => lanes.entries().map(({ item }) => item);

  it("try nothing before they are started, then all in order, and forget what is done", async () => {
    const lanes = await open();
    await lanes.add(["a/1", "a/2"]);
    await lanes.add(["a/3"]);
    lanes.wake();
    await lanes.idle();
    assert.deepEqual(tried, []);
    lanes.start();
    await lanes.idle();
    assert.deepEqual(tried, ["a/1", "a/2", "a/3"]);
    assert.deepEqual(ends, ["a/1 done 1", "a/2 done 1", "a/3 done 1"]);
    assert.deepEqual(waiting(await open()), []);
    assert.equal(clock.waiting, 0);
  });

  it("that are strict let nothing overtake what failed, and wait longer each time, as the other side's failures go on", async () => {
    answer = () => later;
    const lanes = await started(["a/1", "a/2"]);
    assert.equal(lanes.troubleOf("a"), "it is down");
    await pass(lanes, 30);
    assert.deepEqual(
      [tried, waits],
      [
        ["a/1", "a/1", "a/1"],
        [10, 20, 30],
      ],
    );
    answer = () => done;
    await pass(lanes, 30);
    assert.deepEqual(tried.slice(3), ["a/1", "a/2"]);
    assert.deepEqual(ends, ["a/1 done 4", "a/2 done 1"]);
    assert.equal(lanes.troubleOf("a"), undefined);
  });

  it("that are not strict let others go while one waits, and new ones before it", async () => {
    answer = (item) => (item === "a/1" ? later : done);
    const lanes = await started(["a/1", "a/2"], { order: "due" });
    assert.deepEqual(tried, ["a/1", "a/2"]);
    await lanes.add(["a/3"]);
    await clock.advance(10);
    await lanes.idle();
    assert.deepEqual(tried.slice(2), ["a/3", "a/1"]);
    assert.deepEqual(waits, [10, 20]);
  });

  it("are not held up by one that hangs, but for so many at once", async () => {
    let letGo: () => void = () => undefined;
    const hangs = new Promise<Attempted<string>>((resolve) => {
      letGo = () => resolve(done);
    });
    answer = (item) => (item === "a/1" || item === "b/1" ? hangs : done);
    const lanes = await open({ mostLanesAtOnce: 2 });
    await lanes.add(["a/1", "b/1", "c/1", "a/2"]);
    lanes.start();
    await clock.advance(1);
    assert.deepEqual(tried, ["a/1", "b/1"]);
    letGo();
    await lanes.idle();
    assert.deepEqual([...tried].sort(), ["a/1", "a/2", "b/1", "c/1"]);
  });

  it("keep an item back that waits for another", async () => {
    answer = (item) => (item === "a/fire" ? later : done);
    const waitsFor = (item: string, other: string) => item === "a/end" && other === "a/fire";
    const lanes = await started(["a/fire", "a/end"], { order: "due", waitsFor });
    assert.deepEqual(tried, ["a/fire"]);
    answer = () => done;
    await pass(lanes, 10);
    assert.deepEqual(tried, ["a/fire", "a/fire", "a/end"]);
  });

  it("take neighbours together, and all of them again where that failed", async () => {
    answer = () => later;
    const lanes = await started(["a/1", "b/1", "a/2", "a/3"], { mostTogether: 2 });
    assert.deepEqual(tried, ["a/1+a/2", "b/1"]);
    answer = () => done;
    tried.length = 0;
    await pass(lanes, 10);
    assert.deepEqual([...tried].sort(), ["a/1+a/2", "a/3", "b/1"]);
    assert.deepEqual([...ends].sort(), ["a/1 done 2", "a/2 done 2", "a/3 done 1", "b/1 done 2"]);
  });

  for (const order of ["strict", "due"] as const) {
    it(`leave the other side alone for as long as it asks, all of the lane and no other (${order})`, async () => {
      answer = (item) => (item === "a/1" ? { ...later, retryAfterSeconds: 100 } : done);
      const lanes = await started(["a/1", "b/1"], { order });
      await lanes.add(["a/2", "b/2"]);
      lanes.wake();
      await pass(lanes, 99);
      assert.deepEqual([tried, waits], [["a/1", "b/1", "b/2"], [100]]);
      answer = () => done;
      await pass(lanes, 1);
      assert.deepEqual([...tried.slice(3)].sort(), ["a/1", "a/2"]);
    });
  }

  it("wait no longer than anybody may ask for", async () => {
    answer = () => ({ kind: "later", reason: "go away", retryAfterSeconds: 1e9 });
    await started(["a/1"]);
    assert.deepEqual(waits, [3600]);
  });

  it("give up at once what is refused, and go on", async () => {
    answer = (item) => (item === "a/1" ? { kind: "refused", reason: "out of order" } : done);
    await started(["a/1", "a/2"]);
    assert.deepEqual(ends, ["a/1 failed 1", "a/2 done 1"]);
  });

  it("give up what has failed too often; what is no failure does not count", async () => {
    answer = () => ({ ...later, isNoFailure: true });
    const lanes = await started(["a/1"], { mostFailures: 3 });
    await pass(lanes, 100);
    assert.deepEqual(ends, []);
    assert.ok(waits.length > 8 && waits.every((seconds) => seconds === 10), String(waits));
    answer = () => later;
    await pass(lanes, 40);
    assert.deepEqual(ends, ["a/1 failed 3"]);
  });

  it("give up what is too old, also while the lane is left alone, and whatever the wall clock says", async () => {
    answer = () => ({ ...later, retryAfterSeconds: 3600 });
    const lanes = await started(["a/1"], { age: { longestSeconds: 60, of: () => 0 } });
    clock.jumpWall(86_400);
    await pass(lanes, 59);
    assert.deepEqual(ends, []);
    await pass(lanes, 1);
    assert.deepEqual(ends, ["a/1 expired 1"]);
    const again = await open({ age: { longestSeconds: 60, of: () => 61 } });
    await again.add(["a/new"]);
    const third = await open({ age: { longestSeconds: 60, of: () => 61 } });
    third.start();
    await third.idle();
    assert.deepEqual(ends.slice(1), ["a/new expired 0"], "what waited since before a restart is as old as it says");
  });

  it("take an attempt that stumbles for one that failed", async () => {
    answer = () => {
      throw new Error("a slip");
    };
    const lanes = await started(["a/1"]);
    assert.equal(lanes.troubleOf("a"), "a slip");
    assert.deepEqual([tried, waits], [["a/1"], [10]]);
  });

  it("drop the oldest when there are too many, count and tell them", async () => {
    const lanes = await open();
    await lanes.add(["a/1", "a/2", "a/3"]);
    assert.equal(lanes.room, 1);
    await lanes.add(["a/4", "a/5", "a/6"]);
    assert.deepEqual(ends, ["a/1 dropped 0", "a/2 dropped 0"]);
    assert.deepEqual(lanes.figures(), { length: 4, dropped: 2 });
    lanes.start();
    await lanes.idle();
    assert.deepEqual(tried, ["a/3", "a/4", "a/5", "a/6"]);
  });

  for (const [outcome, told] of [
    [done, "done"],
    [later, "dropped"],
  ] as const) {
    it(`tell once of an item that is dropped while it is at work: ${told}`, async () => {
      let letGo: () => void = () => undefined;
      answer = (item) =>
        item === "a/1"
          ? new Promise((resolve) => {
              letGo = () => resolve(outcome);
            })
          : later;
      const lanes = await open();
      await lanes.add(["a/1"]);
      lanes.start();
      await clock.advance(0);
      await lanes.add(["a/2", "a/3", "a/4", "a/5"]);
      letGo();
      await lanes.idle();
      assert.deepEqual(ends, [`a/1 ${told} 1`]);
      assert.deepEqual(waiting(lanes), ["a/2", "a/3", "a/4", "a/5"]);
    });
  }

  it("go on after a restart with what waited, in its order, with what was tried and when it may be again", async () => {
    answer = () => later;
    const before = await started(["a/1", "a/2"]);
    await pass(before, 12);
    assert.deepEqual(waits, [10, 20]);
    answer = () => done;
    const after = await open();
    assert.deepEqual(waiting(after), ["a/1", "a/2"]);
    after.start();
    tried.length = 0;
    for (let passed = 0; passed < 17; passed++) await clock.advance(1);
    await after.idle();
    assert.deepEqual(tried, []);
    before.stop(0);
    await pass(after, 1);
    assert.deepEqual(
      [tried, ends],
      [
        ["a/1", "a/2"],
        ["a/1 done 3", "a/2 done 1"],
      ],
    );
  });

  it("do not believe a stored time that is further ahead than anybody may ask for", async () => {
    answer = () => ({ ...later, retryAfterSeconds: 3600 });
    await (await started(["a/1"])).stop(0);
    clock.jumpWall(-86_400);
    answer = () => done;
    const after = await open();
    after.start();
    await after.idle();
    assert.deepEqual(ends, ["a/1 done 2"]);
  });

  it("may count an attempt before it begins: who dies with it has had it, takes it up at once, and not for ever", async () => {
    const options: Options = { writeDown: "before", mostAttempts: 2 };
    const dies = () => new Promise<never>(() => undefined);
    for (const attempts of [1, 2]) {
      const lanes = await open({ ...options, attempt: dies });
      if (attempts === 1) await lanes.add(["a/1"]);
      lanes.start();
      while (lanes.entries()[0]?.attempts !== attempts) await clock.advance(0);
      opened.pop();
    }
    const last = await open(options);
    last.start();
    await last.idle();
    assert.deepEqual([tried, ends], [[], ["a/1 failed 2"]]);
  });

  it("tell an attempt that it was begun before, and whether it waited for Culprit", async () => {
    const seen: (readonly [number, boolean])[] = [];
    const options: Options = {
      writeDown: "before",
      attempt: async (_, { attemptsBefore, isInherited }) => {
        seen.push([attemptsBefore, isInherited]);
        return later;
      },
    };
    const before = await started(["a/1"], options);
    await pass(before, 10);
    await before.stop(0);
    const after = await open(options);
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
      tried.push(item);
      hurry = signals.hurry;
      await new Promise((resolve) => signals.hurry.addEventListener("abort", resolve));
      return done;
    };
    const lanes = await open({ attempt });
    await lanes.add(["a/1", "a/2"]);
    lanes.start();
    await lanes.stop(5);
    assert.equal(hurry?.aborted, true);
    assert.deepEqual([tried, ends], [["a/1"], ["a/1 done 1"]]);
    await lanes.add(["a/3"]);
    lanes.wake();
    assert.deepEqual(tried, ["a/1"]);
    assert.deepEqual(waiting(await open()), ["a/2", "a/3"]);
    assert.equal(clock.waiting, 0);
  });

  it("break off what takes too long when they stop, and have it as it was at the next start", async () => {
    const attempt: LaneOptions<string, string>["attempt"] = ([item], { stop }) =>
      new Promise((resolve) => {
        tried.push(item);
        stop.addEventListener("abort", () => resolve(later));
      });
    const lanes = await open({ attempt });
    await lanes.add(["a/1"]);
    lanes.start();
    const stopped = lanes.stop(5);
    await clock.advance(5);
    await stopped;
    assert.deepEqual([tried, ends, waits], [["a/1"], [], []]);
    assert.deepEqual((await open()).entries()[0]?.attempts, 0);
  });

  it("try what the disk did not take as well, as long as they live, and say why it may be lost", async () => {
    const lanes = await open();
    await rm(directory, { recursive: true });
    await writeFile(directory, "in the way");
    await assert.rejects(lanes.add(["a/kept"]), /ENOTDIR|EEXIST/);
    assert.match((await lanes.addAnyway("a/1")) ?? "", /ENOTDIR|EEXIST/);
    assert.deepEqual(waiting(lanes), ["a/1"]);
    answer = () => later;
    lanes.start();
    await lanes.idle();
    answer = () => done;
    await pass(lanes, 10);
    assert.deepEqual(ends, ["a/1 done 2"]);
    assert.equal(lanes.figures().length, 0);
    await rm(directory);
    await lanes.check();
    assert.equal(await lanes.addAnyway("a/2"), undefined);
  });

  it("do not try again what is done but cannot be taken off the disk", async () => {
    const lanes = await open();
    await lanes.add(["a/1", "a/2"]);
    await rm(directory, { recursive: true });
    await writeFile(directory, "in the way");
    lanes.start();
    await lanes.idle();
    assert.deepEqual(tried, ["a/1", "a/2"]);
    assert.deepEqual([lanes.figures().length, lanes.room], [0, 2]);
    assert.ok(log.lines().some(({ level, message }) => level === "error" && /cannot be removed from the queue/.test(String(message))));
  });
});

describe("a wait that doubles", () => {
  it("grows up to the longest, and lies between a half and the whole of that", () => {
    const [most, least] = [doublingBackoff(5, 600, () => 1), doublingBackoff(5, 600, () => 0)];
    assert.deepEqual([1, 2, 3, 7, 8, 1000].map(most), [5, 10, 20, 320, 600, 600]);
    assert.deepEqual([1, 2, 1000].map(least), [2.5, 5, 300]);
  });
});
