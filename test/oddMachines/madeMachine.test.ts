import assert from "node:assert/strict";
import { MadeMachine } from "../support/madeMachine.ts";
import { WatchedMachine } from "../support/watchedMachine.ts";

describe("a healthy made machine", () => {
  let watched: WatchedMachine;
  beforeEach(async () => {
    watched = new WatchedMachine(new MadeMachine());
    await watched.start();
  });
  afterEach(() => watched.stop());

  it("shows every figure, says nothing and has no spike", async () => {
    await watched.pass(20);
    const { machine } = watched;
    machine.process(100, { userTicks: 110 });
    await watched.pass(1);
    assert.deepEqual(new Set(await watched.values("culprit_collector_success")), new Set([1]));
    assert.equal((await watched.value("culprit_cpu_usage_ratio"))?.toFixed(3), "0.100");
    assert.equal((await watched.value("culprit_process_cpu_peak_cores", { process: "worker" }))?.toFixed(3), "0.100");
    assert.equal(await watched.value("culprit_process_memory_bytes", { process: "database" }), 4_096_000);
    assert.equal(await watched.value("node_load1", {}, "node"), 0.1);
    assert.deepEqual(watched.spikes.active(), []);
    assert.deepEqual(watched.logged("warn"), []);
  });
});
