import assert from "node:assert/strict";
import type { TriggerAnswer } from "../../src/api/tellingAnswers.ts";
import { defaultTriggers } from "../../src/config/triggers.ts";
import { expectedTriggers } from "../../src/stress/expected.ts";
import { planLoad } from "../../src/stress/load.ts";

/** The triggers as they are shipped, on a machine that does nothing. */
function shipped(cores: number, changed: Readonly<Record<string, Partial<TriggerAnswer>>> = {}): readonly TriggerAnswer[] {
  return defaultTriggers.map((rule) => {
    const { threshold } = rule;
    const value = threshold === undefined ? null : threshold.value * (threshold.perCore === true ? cores : 1);
    return {
      ...{ ...rule, direction: threshold?.direction ?? null, threshold: value, state: "calm", value: 0.02, instances: [] },
      ...changed[rule.name],
    };
  });
}

function expectedOn(cores: number, triggers = shipped(cores)) {
  const room = { cores, memoryBytes: 16e9, freeMemoryBytes: 12e9 };
  const load = planLoad("cpu", room, "/data");
  return expectedTriggers(triggers, { ...load, cores, memoryBytes: room.memoryBytes }, load.seconds);
}

describe("which triggers a load must fire", () => {
  for (const cores of [1, 2, 4, 16, 64]) {
    it(`HighCpuUsage and HighLoad as they are shipped, on ${cores} cores, in time for an archive within 150 s`, () => {
      const expected = expectedOn(cores);
      assert.deepEqual(
        expected.map(({ name }) => name),
        ["HighCpuUsage", "HighLoad"],
      );
      for (const { name, withinSeconds } of expected) assert.ok(withinSeconds <= 120, `${name}: ${withinSeconds}`);
    });
  }

  it("none that is read nowhere, fires below a threshold, or cannot be reached in time", () => {
    const triggers = shipped(2, {
      HighCpuUsage: { value: null },
      HighLoad: { metric: "load15" },
      HighMemoryUsage: { direction: "below", metric: "cpu" },
    });
    assert.deepEqual(expectedOn(2, triggers), []);
  });

  it("says of one that fires already, or waits for the end of its cooldown, that it cannot be tried", () => {
    const triggers = shipped(2, { HighCpuUsage: { state: "firing" }, HighLoad: { state: "held" } });
    assert.deepEqual(
      expectedOn(2, triggers).map(({ name, hindered }) => [name, hindered]),
      [
        ["HighCpuUsage", "it fires already"],
        ["HighLoad", "it is in the cooldown of its last firing"],
      ],
    );
  });

  it("those of memory where what is filled takes it beyond the threshold", () => {
    const memory = (value: number) =>
      expectedTriggers(
        shipped(2, { HighMemoryUsage: { value } }),
        { kind: "memory", processes: 1, bytes: 4e9, cores: 2, memoryBytes: 16e9 },
        60,
      );
    assert.deepEqual(memory(0.3), []);
    assert.deepEqual(
      memory(0.7).map(({ name }) => name),
      ["HighMemoryUsage"],
    );
  });

  it("those of spikes of what it is about", () => {
    const spikes = (["spike", "ioSpike", "memorySpike"] as const).map(
      (metric): TriggerAnswer => ({
        ...{ name: metric, metric, direction: null, threshold: null, value: 0, state: "calm", instances: [] },
        ...{ forSeconds: 0, cooldownSeconds: 600, capture: true, notify: true },
      }),
    );
    const load = { kind: "io", processes: 1, bytes: 1e8, cores: 2, memoryBytes: 16e9 } as const;
    assert.deepEqual(
      expectedTriggers(spikes, load, 60).map(({ name }) => name),
      ["spike", "ioSpike"],
    );
  });
});
