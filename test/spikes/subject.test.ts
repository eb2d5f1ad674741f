import assert from "node:assert/strict";
import type { Spike, VerdictShare } from "../../src/model/spike.ts";
import type { SpikeAspect, SpikeResource } from "../../src/model/spikeResource.ts";
import { rankSpikes, subjectOf } from "../../src/spikes/subject.ts";

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
    ["OOMKilled", "oom"],
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
    it(`is ${resource ?? "not told"}: ${JSON.stringify(name)}`, () => assert.equal(subjectOf({ name })?.resource, resource));
  }
});

describe("what an alert is about, by its labels and texts", () => {
  for (const [labels, subject] of [
    [{ resource: "cpu" }, { resource: "cpu" }],
    [{ resource: "load" }, { resource: "load" }],
    [{ resource: "pressure" }, { resource: "pressure" }],
    [{ resource: "pressure_cpu" }, { resource: "pressure", aspect: "cpu" }],
    [{ resource: "memory-pressure" }, { resource: "pressure", aspect: "memory" }],
    [{ resource: "psi.io" }, { resource: "pressure", aspect: "io" }],
    [{ resource: "disk_write" }, { resource: "io", aspect: "writes" }],
    [{ resource: "diskReads" }, { resource: "io", aspect: "reads" }],
    [{ resource: "swap" }, { resource: "memory" }],
    [{ metric: "node_load5" }, { resource: "load" }],
    [{ metric: "spike", instance: "pressure" }, { resource: "pressure" }],
  ] as const) {
    it(`is ${JSON.stringify(subject)}: ${JSON.stringify(labels)}`, () => {
      assert.deepEqual(subjectOf({ name: "SomethingCpu", labels }), subject);
    });
  }

  it("believes a label before a name, a name before a text, and a text only when it speaks of one thing", () => {
    assert.equal(subjectOf({ name: "HighCpuUsage", labels: { resource: "scrape" } })?.resource, "cpu");
    assert.equal(subjectOf({ name: "Slow", annotations: { summary: "The processor is busy" } })?.resource, "cpu");
    assert.equal(subjectOf({ name: "Slow", annotations: { summary: "CPU and memory are busy" } }), undefined);
  });
});

describe("which spike an alert is about", () => {
  const onsetMs = 1_000_000;
  const moment = { onsetMs, atMs: onsetMs + 20_000 };
  const somebody = (kind: "process" | "unattributed", share: number): VerdictShare => ({
    group: { kind, process: kind === "process" ? "it" : "", unit: "", container: "", user: "" },
    share,
    from: 0,
    to: 1,
    pids: [],
  });
  const spike = (resource: SpikeResource, from: number, to?: number, shares: VerdictShare[] = [], aspect?: SpikeAspect): Spike => ({
    id: `${resource}${aspect ?? ""}${from}`,
    resource,
    ...(aspect && { aspect }),
    startMs: onsetMs + from * 1000,
    peakMs: onsetMs + from * 1000,
    ...(to !== undefined && { endMs: onsetMs + to * 1000 }),
    baseline: 0,
    peak: 1,
    unit: "cores",
    verdict: { sentence: "", final: false, shares },
  });
  const first = (name: string, spikes: readonly Spike[]) => rankSpikes(subjectOf({ name }), moment, spikes).fitting[0]?.id;

  it("is the one that lasts, not one of the same resource that was over", () => {
    assert.equal(first("HighCpuUsage", [spike("cpu", -60, -30), spike("cpu", -10)]), "cpu-10");
  });

  it("is the very resource, else one that moves along with it while it lasts", () => {
    assert.equal(first("HighCpuUsage", [spike("load", -5), spike("cpu", -10)]), "cpu-10");
    assert.equal(first("HighCpuUsage", [spike("load", -5), spike("io", -5)]), "load-5");
    assert.equal(
      first("HighLoad", [spike("pressure", -5, undefined, [], "cpu"), spike("pressure", -4, undefined, [], "io")]),
      "pressurecpu-5",
    );
    assert.equal(first("HighCpuUsage", [spike("load", -50, -20)]), undefined);
  });

  it("is none where all are about something else", () => {
    const { fitting, others } = rankSpikes({ resource: "memory" }, moment, [spike("io", -30), spike("cpu", -50, -40)]);
    assert.deepEqual([fitting, others.map(({ id }) => id)], [[], ["io-30", "cpu-50"]]);
  });

  it("is the one with a clear culprit where nothing tells, and what belongs to nobody is none", () => {
    const unclear = spike("cpu", -5, undefined, [somebody("unattributed", 0.9)]);
    const clear = spike("io", -6, undefined, [somebody("process", 0.7)]);
    assert.equal(first("NodeIsSlow", [unclear, clear]), "io-6");
  });
});
