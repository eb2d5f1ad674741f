import assert from "node:assert/strict";
import { resourceNamed } from "../../src/spikes/index.ts";

describe("what an alert is about, by its name", () => {
  for (const [name, resource] of [
    ["HighCpuUsage", "cpu"],
    ["HighCPUUtilization", "cpu"],
    ["ThreadpoolCpuHigh", "cpu"],
    ["Processor time", "cpu"],
    ["HighLoad", "load"],
    ["node_load5_too_high", "load"],
    ["loadPerCore", "load"],
    ["HighMemoryUsage", "memory"],
    ["OOMKilled", "memory"],
    ["swap-in-use", "memory"],
    ["HighDiskUsage", "io"],
    ["HighIoPressure", "io"],
    ["HighIOWait", "io"],
    ["Disk I/O", "io"],
    ["IOwait", "io"],
    ["writes.slow", "io"],
    ["CpuPressure", "pressure"],
    ["NodeSystemSaturation", undefined],
    ["KubeletTooManyPods", undefined],
    ["ReadinessProbeFailed", undefined],
    ["", undefined],
  ] as const) {
    it(`is ${resource ?? "not told"}: ${JSON.stringify(name)}`, () => assert.equal(resourceNamed(name), resource));
  }
});
