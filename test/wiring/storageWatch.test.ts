import assert from "node:assert/strict";
import { StorageWatch } from "../../src/wiring/storageWatch.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";

describe("Who watches the storage", () => {
  let clock: ManualClock;
  let isMissing: boolean;
  let log: ReturnType<typeof recordedLog>;
  let checks: number;
  let check: () => Promise<void>;
  let isSuspect: boolean;
  let watch: StorageWatch;
  beforeEach(() => {
    clock = new ManualClock();
    log = recordedLog();
    checks = 0;
    isSuspect = false;
    check = async () => undefined;
    isMissing = false;
    const isThere = async () => !isMissing;
    const keeper = {
      path: "/storage/queue",
      check: () => {
        checks++;
        return check();
      },
    };
    watch = new StorageWatch({ directory: "/storage", keepers: [keeper], isSuspect: () => isSuspect, isThere, clock, log: log.log });
  });
  afterEach(() => watch.stop());

  const loud = () => log.lines().filter(({ level }) => level !== "debug");

  async function wait(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed++) await clock.advance(1);
  }

  it("tries it out at the start, and then only looks while nothing is amiss", async () => {
    await watch.start();
    assert.deepEqual([checks, watch.problem], [1, undefined]);
    await wait(60);
    assert.deepEqual([checks, loud()], [1, []]);
  });

  it("tries again until it takes what is kept, and says once that it does not, and once that it does", async () => {
    check = () => Promise.reject(new Error("ENOSPC: no space left on device, write"));
    await watch.start();
    assert.equal(watch.problem, "ENOSPC: no space left on device, write");
    await wait(20);
    assert.ok(checks > 5, String(checks));
    check = async () => undefined;
    await wait(4);
    assert.equal(watch.problem, undefined);
    assert.deepEqual(
      loud().map(({ level, message }) => [level, String(message).slice(0, 30)]),
      [
        ["error", "storage: it takes nothing now;"],
        ["info", "storage: it takes what is to b"],
      ],
    );
  });

  it("has that made again which somebody has removed, and tries out what others have failed at", async () => {
    await watch.start();
    isMissing = true;
    check = async () => {
      isMissing = false;
    };
    await wait(8);
    assert.deepEqual([checks, loud().length], [2, 1]);
    assert.deepEqual(loud()[0]?.missing, ["/storage/queue"]);
    isSuspect = true;
    await wait(6);
    assert.equal(checks, 3);
  });

  it("waits for no disk that hangs, says so, and asks it nothing more meanwhile", async () => {
    let answer: () => void = () => undefined;
    check = () => new Promise((resolve) => (answer = resolve));
    const started = watch.start();
    await wait(11);
    await started;
    assert.equal(watch.problem, "it did not answer within 10 s");
    await wait(60);
    assert.equal(checks, 1);
    answer();
    await wait(1);
    assert.equal(watch.problem, undefined);
  });
});
