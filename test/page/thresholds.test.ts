import assert from "node:assert/strict";
import type { TriggerAnswer } from "../../src/api/tellingAnswers.ts";
import { axisEnd, linesOf } from "../../src/page/logic/thresholds.ts";

describe("thresholds in the charts", () => {
  const trigger = (
    name: string,
    metric: TriggerAnswer["metric"],
    threshold: number | null,
    state: TriggerAnswer["state"] = "calm",
  ): TriggerAnswer => ({
    ...{
      name,
      metric,
      threshold,
      state,
      direction: "above",
      forSeconds: 60,
      cooldownSeconds: 600,
      capture: true,
      notify: true,
      value: null,
      instances: [],
    },
  });

  it("lie in the chart of their metric, with the cores under the load", () => {
    const triggers = [
      trigger("Load", "load5", 8, "firing"),
      trigger("PerCore", "loadPerCore", 1.5),
      trigger("Cpu", "cpu", 0.9),
      trigger("Spike", "spike", null),
    ];
    assert.deepEqual(linesOf("load", triggers, 4), [
      { value: 4, label: "4 cores", firing: false, kind: "cores" },
      { value: 8, label: "Load", firing: true, kind: "threshold" },
      { value: 6, label: "PerCore", firing: false, kind: "threshold" },
    ]);
    assert.equal(linesOf("cpu", triggers, 4).length, 1);
    assert.equal(linesOf("load", triggers, undefined).length, 1, "without cores only what needs none");
  });

  it("stretch the axis when they are near, and only then", () => {
    const lines = linesOf("load", [trigger("Load", "load5", 8)], undefined);
    assert.ok(axisEnd(4, { least: 1 }, lines) > 8);
    assert.ok(axisEnd(0.5, { least: 1 }, lines) < 2);
    assert.equal(axisEnd(0.99, { least: 1, most: 1 }, []), 1);
  });
});
