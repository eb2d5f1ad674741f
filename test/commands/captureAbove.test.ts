import assert from "node:assert/strict";
import { parseCaptureAbove, watchAbove } from "../../src/commands/captureAbove.ts";
import { UsageError } from "../../src/commands/command.ts";
import type { HostUsage, Snapshot } from "../../src/model/snapshot.ts";
import { spikeOf } from "./support/views.ts";

function tick(host: HostUsage, elapsedSeconds?: number, gap = false): Snapshot {
  return { takenAtMs: 0, gap, host, processes: [], groups: [], ...(elapsedSeconds === undefined ? {} : { elapsedSeconds }) };
}

const cpu = (usageRatio: number): HostUsage => ({ cpu: { cores: 2, busySeconds: 0, usageRatio } });
const load = (load5: number): HostUsage => ({ load: { load1: 9, load5, load15: 0 }, cpu: { cores: 2, busySeconds: 0 } });

function resultOf(texts: readonly string[], ...ticks: readonly Snapshot[]) {
  const watch = watchAbove(parseCaptureAbove(texts, 5));
  for (const one of ticks) watch.take(one, []);
  return watch.result();
}

describe("--capture-above", () => {
  it("counts what jumps by its mean, weighed by time, without gaps", () => {
    const ticks = [tick(cpu(0)), tick(cpu(1), 1), tick(cpu(0.5), 3), tick(cpu(1), 600, true)];
    assert.deepEqual(resultOf(["cpu=62%"], ...ticks), { reasons: ["CPU usage is 62.5 %, above 62 %"], unknown: [] });
    assert.deepEqual(resultOf(["cpu=63%"], ...ticks), { reasons: [], unknown: [] });
  });

  it("counts the load by its newest reading; exactly at the value is not above", () => {
    assert.deepEqual(resultOf(["load5=2.0"], tick(load(5)), tick(load(2), 1)), { reasons: [], unknown: [] });
    assert.deepEqual(resultOf(["load5=2.0"], tick(load(1)), tick(load(2.25), 1)).reasons, ["The load over 5 minutes is 2.25, above 2"]);
  });

  it("takes a value times the number of cores", () => {
    assert.deepEqual(resultOf(["load5=1.5 cores"], tick(load(2.9), 1)).reasons, []);
    assert.deepEqual(resultOf(["load5=1.5 cores"], tick(load(3.1), 1)).reasons, ["The load over 5 minutes is 3.1, above 3 (1.5 per core)"]);
  });

  it("looks at every mount, and names the one that is too full", () => {
    const filesystem = (mountpoint: string, availableBytes: number) => ({
      device: `/dev/${mountpoint.length}`,
      mountpoint,
      fstype: "ext4",
      readOnly: false,
      size: { sizeBytes: 100, freeBytes: availableBytes, availableBytes },
    });
    const host = { filesystems: [filesystem("/", 50), filesystem("/var", 5)] } as HostUsage;
    assert.deepEqual(resultOf(["disk=90%"], tick(host, 1)).reasons, ["Disk usage of /var is 95 %, above 90 %"]);
  });

  it("tells what this machine does not have, and keeps silent about coverage where nothing was busy", () => {
    const { reasons, unknown } = resultOf(["swap=50%", "coverage=10%", "load5=1"], tick(load(3), 1));
    assert.deepEqual(reasons, ["The load over 5 minutes is 3, above 1"]);
    assert.deepEqual(unknown, ["swap usage"]);
  });

  it("takes a spike that was there at any time", () => {
    const watch = watchAbove(parseCaptureAbove(["ioSpike", "cpuSpike"], 60));
    watch.take(tick(cpu(0), 1), [spikeOf()]);
    watch.take(tick(cpu(0), 1), []);
    assert.deepEqual(watch.result(), { reasons: ["An I/O spike has begun"], unknown: [] });
  });

  for (const [text, message] of [
    ["load=3", /unknown metric; did you mean load1\?; got "load=3"/],
    ["temperature=3", /expected METRIC=VALUE, with one of cpu, load1, load5, /],
    ["", /expected METRIC=VALUE/],
    ["load5", /load5: expected a number such as 2\.0/],
    ["load5=", /load5: expected a number/],
    ["load5=75%", /load5: expected a number/],
    ["cpu=75", /cpu: expected a share from 0% to less than 100%, such as 90% or 0\.9; got "cpu=75"/],
    ["cpu=100%", /cpu: expected a share/],
    ["memory=-1%", /memory: expected a share/],
    ["ioSpike=1", /ioSpike: expected no threshold: it is there or not/],
    ["ioSpike", /ioSpike: a spike shows only against what was before; expected --seconds=30 or more/],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseCaptureAbove([text], 5),
        (error: unknown) => error instanceof UsageError && message.test(error.message),
      );
    });
  }
});
