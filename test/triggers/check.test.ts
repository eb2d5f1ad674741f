import assert from "node:assert/strict";
import type { TriggerMetric, TriggerStatus } from "../../src/model/trigger.ts";
import { writtenDuration } from "../../src/text.ts";
import { checkLine, startChecks } from "../../src/triggers/check.ts";
import { pastReasonOf, reasonOf, titleOf, whatOf } from "../../src/triggers/words.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { ruleOf } from "./support.ts";

const figures = {
  cpuRatio: 0.126,
  memoryRatio: 0.5,
  disk: { mountpoint: "/data", ratio: 0.654 },
  load: { load1: 0.5, load5: 0.25, load15: 0.125 },
  cores: 2,
};
const cpu: TriggerStatus = { rule: ruleOf(), threshold: 0.9, state: "calm", value: 0.126, instances: [{ instance: "", state: "calm" }] };
const load: TriggerStatus = {
  rule: ruleOf({ name: "HighLoad", metric: "load5", threshold: { direction: "above", value: 1, perCore: true } }),
  state: "unknown",
  instances: [],
};
const disk: TriggerStatus = {
  rule: ruleOf({ name: "HighDiskUsage", metric: "disk" }),
  threshold: 0.9,
  state: "firing",
  instances: [
    { instance: "/", state: "calm" },
    { instance: "/data", state: "firing" },
  ],
};

describe("The line that is written every few minutes", () => {
  it("says ok with the figures and the thresholds", () => {
    assert.deepEqual(checkLine(figures, [cpu]), {
      answer: "ok",
      facts: { load: "0.5 0.25 0.13", cpu: "12.6 %", memory: "50 %", disk: "65.4 % of /data", thresholds: "HighCpuUsage: cpu above 90 %" },
    });
  });

  it("names what is over, and what could not be read", () => {
    const { answer, facts } = checkLine({}, [{ ...cpu, state: "pending" }, load, disk]);
    assert.equal(answer, "HighCpuUsage is over, but not for so long yet, HighDiskUsage (/data) is over");
    assert.deepEqual(facts, {
      load: "unknown",
      cpu: "unknown",
      memory: "unknown",
      thresholds: "HighCpuUsage: cpu above 90 %, HighLoad: load5 above the number of cores, HighDiskUsage: disk above 90 %",
      unknown: "HighLoad",
    });
    assert.equal(checkLine({}, []).facts.thresholds, "none");
  });

  it("comes as often as was said until it is cancelled, and never for 0", async () => {
    const clock = new ManualClock();
    const { log, lines } = recordedLog();
    const triggers = { status: () => [cpu] };
    let stale = false;
    const cancel = startChecks({ everySeconds: 300, clock, log, triggers, figures: () => figures, isStale: () => stale });
    await clock.advance(299);
    assert.equal(lines().length, 0);
    await clock.advance(601);
    assert.deepEqual(
      lines().map(({ level, message, cpu: shown }) => [level, message, shown]),
      Array(3).fill(["info", "check: ok", "12.6 %"]),
    );
    // what was true when sampling stopped says nothing of now
    stale = true;
    await clock.advance(300);
    assert.deepEqual(
      lines()
        .slice(3)
        .map(({ level, message }) => [level, message]),
      [["warn", "check: unknown, there is no recent sample"]],
    );
    cancel();
    startChecks({ everySeconds: 0, clock, log, triggers, figures: () => figures, isStale: () => stale });
    assert.equal(clock.waiting, 0);
  });
});

describe("A trigger in words", () => {
  it("says the figure with as many digits as it takes to tell it from the threshold", () => {
    const rule = ruleOf({ metric: "load5", forSeconds: 0, threshold: { direction: "above", value: 2 } });
    assert.equal(reasonOf(rule, "", 2.0014, 2), "The load over 5 minutes is 2.001, above 2");
    assert.equal(reasonOf(ruleOf(), "", 0.90004, 0.9), "CPU usage is 90.004 %, above 90 % for 1m");
  });

  it("says what a threshold below and one per core mean", () => {
    const rule = ruleOf({ metric: "load1", forSeconds: 90, threshold: { direction: "below", value: 1.5, perCore: true } });
    assert.equal(reasonOf(rule, "", 1, 6), "The load over 1 minute is 1, below 6 (1.5 per core) for 1m30s");
  });

  it("says what it is for a subject, and what it was when it is over", () => {
    const what = (metric: TriggerMetric, value?: number, instance = "") =>
      whatOf({ metric, instance, ...(value !== undefined && { value }) });
    assert.deepEqual(
      [
        what("cpu", 0.972),
        what("memory", 0.999),
        what("load5", 12.34),
        what("disk", 0.96, "/srv"),
        what("inodes", 0.9, "/"),
        what("ioPressure", 0.5),
      ],
      ["CPU 97 %", "Memory 99 %", "Load 12.3", "Disk /srv 96 %", "Inodes of / 90 %", "I/O Pressure 50 %"],
    );
    assert.deepEqual([what("spike", 1, "io"), what("cpuSpike", 1), what("cpu")], ["I/O spike", "CPU spike", "CPU"]);
    const firing = { id: "x", trigger: "x", instance: "", onsetMs: 0, firedAtMs: 0, lastedSeconds: 252 } as const;
    assert.equal(
      pastReasonOf({ ...firing, metric: "cpu", reason: "CPU usage is 97.2 %, above 90 % for 1m" }),
      "CPU usage was 97.2 %, above 90 % for 1m",
    );
    assert.equal(pastReasonOf({ ...firing, metric: "cpuSpike", reason: "A CPU spike has begun" }), "A CPU spike lasted 4m12s");
  });

  it("has the headlines that people know", () => {
    const titles = (["cpu", "load5", "memory", "disk", "ioPressure"] as const).map((metric) => titleOf(ruleOf({ metric }), ""));
    assert.deepEqual(titles, ["High CPU Usage", "High Load", "High Memory Usage", "Disk Almost Full", "High I/O Pressure"]);
    const { threshold: _, ...spike } = ruleOf({ metric: "spike" });
    assert.equal(titleOf(spike, "cpu"), "CPU Spike");
    assert.equal(titleOf({ ...spike, metric: "memorySpike" }, ""), "Memory Spike");
    assert.equal(reasonOf({ ...spike, metric: "cpuSpike" }, "", 1, undefined), "A CPU spike has lasted for 1m");
  });

  it("writes spans as the configuration does", () => {
    assert.deepEqual([0, 0.5, 60, 5400, 90_061].map(writtenDuration), ["0s", "500ms", "1m", "1h30m", "1d1h1m1s"]);
  });
});
