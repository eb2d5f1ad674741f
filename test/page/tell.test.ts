import assert from "node:assert/strict";
import type { HostUsage } from "../../src/model/snapshot.ts";
import { tell } from "../../src/page/logic/tell.ts";
import { labels } from "./support.ts";

describe("the readings in words", () => {
  const host: HostUsage = {
    cpu: { cores: 4, busyCores: 0.4, busySeconds: 1, usageRatio: 0.1 },
    load: { load1: 0.5, load5: 0.5, load15: 0.5 },
    tasks: { running: 1, uninterruptible: 0 },
    memory: { totalBytes: 8e9, availableBytes: 6e9, usageRatio: 0.25 },
    pressure: { cpu: { some: 0.01 }, io: { some: 0 }, memory: { some: 0 } },
    disks: [],
  };

  it("are quiet when nothing is off", () => {
    const words = tell({ host, groups: [] });
    assert.ok(Object.values(words).every(({ mood }) => mood === "calm"));
    assert.equal(words.load.text, "on 4 cores");
    assert.equal(words.memory.text, "6.0 GB of 8.0 GB left");
  });

  it("say how much of the load waits for disk", () => {
    const { load } = tell({
      host: { ...host, load: { load1: 7.2, load5: 5, load15: 2 }, tasks: { running: 1, uninterruptible: 4 } },
      groups: [],
    });
    assert.deepEqual(load, { text: "4 of it wait for disk or other I/O on 4 cores", mood: "bad" });
    const busy = tell({
      host: { ...host, load: { load1: 5, load5: 5, load15: 2 }, tasks: { running: 6, uninterruptible: 1 } },
      groups: [],
    }).load;
    assert.deepEqual(busy, {
      text: "more than its 4 cores: 6 tasks want CPU; 1 of it waits for disk or other I/O",
      mood: "busy",
    });
  });

  it("name who uses the CPU, or the core that is full", () => {
    const groups = [{ ...labels("burner"), usage: { cpuCores: 3.5 } }];
    assert.deepEqual(tell({ host: { ...host, cpu: { cores: 4, busyCores: 3.8, busySeconds: 1, usageRatio: 0.95 } }, groups }).cpu, {
      text: "burner uses 3.50 of 4 cores",
      mood: "bad",
    });
    const one = { cores: 4, busyCores: 1, busySeconds: 1, usageRatio: 0.25, coreUsageRatios: [{ cpu: 2, ratio: 0.99 }] };
    assert.deepEqual(tell({ host: { ...host, cpu: one }, groups }).cpu, { text: "core 2 is full; most goes to burner", mood: "busy" });
    assert.match(tell({ host: { ...host, cpu: { ...one, stealCores: 1 } }, groups }).cpu.text, /25 % taken by the hypervisor/);
  });

  it("say what is full, and what is waited for", () => {
    const full = tell({ host, groups: [], fullest: { mountpoint: "/var", usageRatio: 0.97 } });
    assert.deepEqual(full.disk, { text: "/var is 97 % full", mood: "bad" });
    const writer = [{ ...labels("dd"), usage: { writtenBytesPerSecond: 5e8 } }];
    const disks = [{ device: "sda", whole: true, readBytes: 0, writtenBytes: 0, busyRatio: 0.99 }];
    assert.deepEqual(tell({ host: { ...host, disks }, groups: writer }).disk, {
      text: "sda is busy all the time; most by dd",
      mood: "bad",
    });
    assert.deepEqual(tell({ host: { ...host, pressure: { memory: { some: 0.5, full: 0.3 } } }, groups: [] }).pressure, {
      text: "tasks wait for memory, 30 % of the time all do",
      mood: "bad",
    });
    assert.equal(
      tell({ host: { ...host, memory: { totalBytes: 8e9, availableBytes: 2e8, usageRatio: 0.975 } }, groups: [] }).memory.mood,
      "bad",
    );
  });

  it("say what is not known instead of nothing", () => {
    const words = tell({ host: {}, groups: [] });
    assert.deepEqual(
      [words.load.text, words.cpu.text, words.pressure.text],
      ["not told by this machine", "not known yet", "not told by this kernel"],
    );
  });
});
