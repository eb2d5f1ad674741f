import assert from "node:assert/strict";
import type { Collector } from "../../src/collectors/collector.ts";
import { silentLog } from "../../src/log.ts";
import { Sampler } from "../../src/sampler/sampler.ts";
import { ManualClock, settle } from "../support/manualClock.ts";

describe("a sampler with a pace [any OS]", () => {
  it("takes a Sample whenever there is a reading, and at no other time", async () => {
    const clock = new ManualClock();
    let closed = 0;
    const load: Collector<"load"> = { part: "load", collect: () => ({ load1: 0, load5: 0, load15: 0 }), close: () => closed++ };
    let tellReading: (() => void) | undefined;
    const pace = {
      intervalSeconds: 5,
      start: (onReading: () => void) => {
        tellReading = onReading;
      },
    };
    const options = { collectors: [load], source: "portable", clock, log: silentLog, random: () => 0.5 } as const;
    const sampler = new Sampler({ ...options, intervalSeconds: 1, pace });
    const takenAt: number[] = [];
    sampler.subscribe(({ sample }) => takenAt.push(sample.monotonicSeconds));
    sampler.start();
    await clock.advance(7);
    assert.deepEqual(takenAt, []);
    tellReading?.();
    await clock.advance(8);
    tellReading?.();
    await settle();
    assert.deepEqual(takenAt, [1007, 1015]);
    assert.equal(sampler.samplesMissed, 0);
    assert.equal(sampler.gapSeconds, 15);
    pace.intervalSeconds = 20;
    assert.equal(sampler.gapSeconds, 60);
    sampler.stop();
    assert.deepEqual([closed, clock.waiting], [1, 0]);
  });
});
