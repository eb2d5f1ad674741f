import assert from "node:assert/strict";
import type { Collector } from "../../src/collectors/collector.ts";
import { silentLog } from "../../src/log.ts";
import type { SampleParts } from "../../src/model/sample.ts";
import { Sampler, type Tick } from "../../src/sampler/sampler.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";

const nothing: Collector<"load"> = {
  part: "load",
  collect: () => ({ load1: 0, load5: 0, load15: 0, runnableTasks: 1, totalTasks: 1, lastPid: 1 }),
};

function samplerWith(clock: ManualClock, collectors: readonly Collector[], random = () => 0.5, log = silentLog) {
  const ticks: Tick[] = [];
  const sampler = new Sampler({ collectors, source: "procfs", intervalSeconds: 1, clock, log, random });
  sampler.subscribe((tick) => ticks.push(tick));
  return { sampler, ticks };
}

/** A collector that takes as long as the test says. */
function slowCollector(clock: ManualClock, secondsOf: (tick: number) => number): Collector<"load"> {
  let tick = 0;
  return {
    part: "load",
    collect(): SampleParts["load"] {
      void clock.advance(secondsOf(tick++));
      return undefined;
    },
  };
}

describe("the sampler", () => {
  it("ticks once an interval without drifting", async () => {
    const clock = new ManualClock();
    const { sampler, ticks } = samplerWith(clock, [nothing]);
    sampler.start();
    await clock.advance(100);
    sampler.stop();
    assert.equal(ticks.length, 101);
    assert.ok(Math.abs((ticks.at(-1)?.sample.monotonicSeconds ?? 0) - 1100) < 1e-6);
    assert.equal(sampler.samplesMissed, 0);
  });

  it("shifts every tick by chance, up to a twentieth of the interval, and still does not drift", async () => {
    const clock = new ManualClock();
    let turn = 0;
    const { sampler, ticks } = samplerWith(clock, [nothing], () => [0, 0.999, 0.3][turn++ % 3] ?? 0);
    sampler.start();
    await clock.advance(60.5);
    sampler.stop();
    assert.equal(ticks.length, 61);
    const shifts = ticks.map((tick, index) => tick.sample.monotonicSeconds - 1000 - index);
    assert.ok(shifts.every((shift) => Math.abs(shift) <= 0.0501));
    assert.ok(new Set(shifts.map((shift) => shift.toFixed(3))).size >= 3);
  });

  it("lets others have a turn between the steps of a subscriber that takes long, and tells the next one afterwards", async () => {
    const clock = new ManualClock();
    const sampler = new Sampler({ collectors: [nothing], source: "procfs", intervalSeconds: 1, clock, log: silentLog, random: () => 0.5 });
    const order: string[] = [];
    const over = new Promise<void>((resolve) => {
      sampler.subscribeInSteps(function* () {
        for (let step = 1; step <= 3; step++) {
          order.push(`step ${step}`);
          setImmediate(() => order.push(`others after ${step}`));
          void clock.advance(0.01);
          yield;
        }
      });
      sampler.subscribe(() => {
        order.push("the next");
        resolve();
      });
    });
    sampler.start();
    await over;
    await sampler.stop();
    assert.deepEqual(order, ["step 1", "others after 1", "step 2", "others after 2", "step 3", "others after 3", "the next"]);
  });

  it("counts the ticks it missed and is honest about the length of the next", async () => {
    const clock = new ManualClock();
    const { sampler, ticks } = samplerWith(clock, [slowCollector(clock, (tick) => (tick === 1 ? 3.4 : 0))]);
    sampler.start();
    await clock.advance(6);
    sampler.stop();
    assert.equal(sampler.samplesMissed, 2);
    assert.ok(Math.abs((ticks[2]?.snapshot.elapsedSeconds ?? 0) - 3.4) < 1e-6);
    assert.equal(ticks[2]?.snapshot.gap, false);
  });

  it("keeps on when a subscriber throws, and tells the others", async () => {
    const clock = new ManualClock();
    const sampler = new Sampler({ collectors: [nothing], source: "procfs", intervalSeconds: 1, clock, log: silentLog, random: () => 0.5 });
    let told = 0;
    sampler.subscribe(() => {
      throw new Error("broken subscriber");
    });
    sampler.subscribe(() => told++);
    sampler.start();
    await clock.advance(2);
    sampler.stop();
    assert.equal(told, 3);
  });

  it("says once what a collector cannot do, and once that it can again", async () => {
    const clock = new ManualClock();
    const { log, lines } = recordedLog();
    let works = false;
    const moody: Collector<"load"> = {
      part: "load",
      collect() {
        if (!works) throw new Error("no such luck");
        return nothing.collect(clock);
      },
    };
    const { sampler } = samplerWith(clock, [moody], () => 0.5, log);
    sampler.start();
    await clock.advance(5);
    works = true;
    await clock.advance(5);
    sampler.stop();
    assert.deepEqual(
      lines().map((line) => line.message),
      ["the collector load failed", "the collector load works"],
    );
  });

  it("takes nothing more once stopped", async () => {
    const clock = new ManualClock();
    const { sampler, ticks } = samplerWith(clock, [nothing]);
    sampler.start();
    await clock.advance(2);
    sampler.stop();
    await clock.advance(10);
    assert.equal(ticks.length, 3);
  });

  describe("in a long tick", () => {
    /** Every part of the tick takes 5 ms; `meanwhile` is called in the first turn of the event loop that others have. */
    function longTick(happened: string[], meanwhile: (sampler: Sampler) => void) {
      const clock = new ManualClock();
      const slow: Collector<"load"> = {
        part: "load",
        collect() {
          void clock.advance(0.005);
          happened.push("read");
          setImmediate(() => meanwhile(sampler));
          return undefined;
        },
        close: () => happened.push("closed"),
      };
      const { sampler } = samplerWith(clock, [slow]);
      sampler.subscribe(() => happened.push("told"));
      sampler.start();
    }

    const someTurns = async () => {
      for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
    };

    it("lets others have a turn before what it has read is told", async () => {
      const happened: string[] = [];
      longTick(happened, () => happened.push("others"));
      await someTurns();
      assert.deepEqual(happened, ["read", "others", "told"]);
    });

    it("tells nothing more when it is stopped meanwhile, and closes its collectors", async () => {
      const happened: string[] = [];
      longTick(happened, (sampler) => {
        happened.push("stopped");
        sampler.stop();
      });
      await someTurns();
      assert.deepEqual(happened, ["read", "stopped", "closed"]);
    });
  });
});
