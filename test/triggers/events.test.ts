import assert from "node:assert/strict";
import { tempDirectories } from "../support/tempDirectory.ts";
import { Bench, ruleOf, spikeOf } from "./support.ts";

describe("The triggers on what is there or not", () => {
  const newDirectory = tempDirectories();
  let bench: Bench;
  beforeEach(async () => {
    bench = new Bench(await newDirectory());
  });

  it("fire for each unit of systemd that has failed, and end when it is well again", async () => {
    const { threshold: _, ...rule } = ruleOf({ name: "UnitFailed", metric: "unitFailed", forSeconds: 60 });
    const triggers = await bench.open([rule]);
    await bench.pass(triggers, { failedUnits: [] }, 5);
    await bench.pass(triggers, { failedUnits: ["backup.service"] }, 50);
    assert.deepEqual(bench.kinds(), []);
    await bench.pass(triggers, { failedUnits: ["backup.service", "nginx.service"] }, 15);
    assert.deepEqual(bench.kinds(), ["fired backup.service"]);
    const [told] = bench.told;
    assert.deepEqual(
      [told?.notification.title, told?.notification.reason],
      ["Failed Unit", "backup.service has failed, and stayed so for 1m"],
    );
    assert.equal(bench.requests.length, 1);
    // nobody knows for a while: it is not over for that
    await bench.pass(triggers, {}, 120);
    assert.deepEqual(bench.kinds(), ["fired backup.service"]);
    await bench.pass(triggers, { failedUnits: [] }, 61);
    assert.deepEqual(bench.kinds(), ["fired backup.service", "resolved backup.service"]);
  });

  it("tell of a process that the kernel has killed for memory, not of a spike that has begun", async () => {
    const { threshold: _, ...rule } = ruleOf({ name: "OomKill", metric: "oomKill", forSeconds: 0 });
    const triggers = await bench.open([rule]);
    await bench.pass(triggers, {}, 5);
    await bench.pass(triggers, { spikes: [spikeOf("oom", 4)] }, 5);
    const [told] = bench.told;
    assert.deepEqual(
      [told?.notification.title, told?.notification.what, told?.notification.reason],
      ["Process Killed for Memory", "OOM kill", "The kernel has killed a process for memory"],
    );
    await bench.pass(triggers, {}, 61);
    assert.equal(bench.told.at(-1)?.notification.reason, "The kernel killed a process for memory");
  });
});
