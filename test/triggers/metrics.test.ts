import assert from "node:assert/strict";
import type { FilesystemReading } from "../../src/model/devices.ts";
import type { HostUsage, Snapshot } from "../../src/model/snapshot.ts";
import type { TriggerMetric } from "../../src/model/trigger.ts";
import { watchedMetrics } from "../../src/triggers/metrics.ts";
import { spikeOf } from "./support.ts";

const host: HostUsage = {
  cpu: { cores: 4, busySeconds: 0, usageRatio: 0.25 },
  load: { load1: 1, load5: 2, load15: 3 },
  tasks: { running: 7, uninterruptible: 5 },
  memory: { totalBytes: 100, availableBytes: 40, usageRatio: 0.6, swapTotalBytes: 200, swapUsedBytes: 50 },
  pressure: { cpu: { some: 0.11, full: 0.12 }, memory: { some: 0.13, full: 0.14 }, io: { some: 0.15, full: 0.16 } },
};

function snapshotOf(more: Partial<HostUsage> = {}): Snapshot {
  return { takenAtMs: 0, gap: false, host: { ...host, ...more }, processes: [], groups: [], coverage: { cpu: 0.9 } };
}

function mount(mountpoint: string, device: string, more: Partial<FilesystemReading> = {}): FilesystemReading {
  return {
    device,
    fstype: "ext4",
    mountpoint,
    size: { sizeBytes: 100, freeBytes: 30, availableBytes: 20, files: 10, filesFree: 4 },
    ...more,
  };
}

function read(metric: TriggerMetric, snapshot: Snapshot): Readonly<Record<string, number | undefined>> | undefined {
  const readings = watchedMetrics[metric].read(snapshot, [spikeOf("io", 0)]);
  return readings && Object.fromEntries(readings);
}

describe("A trigger's metric", () => {
  const values: Readonly<Partial<Record<TriggerMetric, number>>> = {
    load1: 1,
    load5: 2,
    load15: 3,
    loadPerCore: 0.5,
    cpu: 0.25,
    memory: 0.6,
    swap: 0.25,
    cpuPressure: 0.11,
    cpuPressureFull: 0.12,
    memoryPressure: 0.13,
    memoryPressureFull: 0.14,
    ioPressure: 0.15,
    ioPressureFull: 0.16,
    runningTasks: 7,
    blockedTasks: 5,
    coverage: 0.9,
    cpuSpike: 0,
    loadSpike: 0,
    memorySpike: 0,
    ioSpike: 1,
    pressureSpike: 0,
    oomKill: 0,
  };
  for (const [metric, value] of Object.entries(values) as [TriggerMetric, number][]) {
    it(`${metric} is read where it belongs, and unknown where it is not there`, () => {
      assert.deepEqual(read(metric, snapshotOf()), { "": value });
      if (watchedMetrics[metric].unit === "spike") return;
      const { gap, takenAtMs, processes, groups } = snapshotOf();
      assert.deepEqual(read(metric, { gap, takenAtMs, processes, groups, host: {} }), { "": undefined });
    });
  }

  it("unitFailed is each unit that has failed, and unknown without systemd", () => {
    const units = [
      { name: "backup.service", state: "failed" },
      { name: "flapping.service", state: "activating", restarts: 3 },
    ];
    assert.deepEqual(read("unitFailed", snapshotOf({ units })), { "backup.service": 1 });
    assert.deepEqual(read("unitFailed", snapshotOf({ units: [] })), {});
    assert.equal(read("unitFailed", snapshotOf()), undefined);
  });

  it("swap is unknown on a machine without any", () => {
    assert.deepEqual(
      read("swap", snapshotOf({ memory: { totalBytes: 1, availableBytes: 1, usageRatio: 0, swapTotalBytes: 0, swapUsedBytes: 0 } })),
      {
        "": undefined,
      },
    );
  });

  it("spike knows each resource by itself", () => {
    assert.deepEqual(read("spike", snapshotOf()), { cpu: 0, load: 0, memory: 0, io: 1, pressure: 0, oom: 0 });
  });

  it("disk and inodes know each mount by itself, and nothing where mounts cannot be read", () => {
    const filesystems = [
      mount("/", "/dev/sda1"),
      mount("/data", "/dev/sda2"),
      { device: "nfs:/x", fstype: "nfs", mountpoint: "/mnt", error: "timeout" },
    ];
    assert.deepEqual(read("disk", snapshotOf({ filesystems })), { "/": 0.8, "/data": 0.8, "/mnt": undefined });
    assert.deepEqual(read("inodes", snapshotOf({ filesystems })), { "/": 0.6, "/data": 0.6, "/mnt": undefined });
    assert.equal(read("disk", snapshotOf()), undefined);
  });

  it("disk passes over what nobody can write to, and counts a device once, at its shortest path", () => {
    const filesystems = [
      mount("/snap/core", "/dev/loop0", { readOnly: true }),
      mount("/var/lib/kubelet/a", "/dev/sda1"),
      mount("/", "/dev/sda1"),
      mount("/home", "server:/export"),
      mount("/home/x", "server:/export"),
      mount("/run", "tmpfs"),
      mount("/tmp", "tmpfs"),
    ];
    assert.deepEqual(Object.keys(read("disk", snapshotOf({ filesystems })) ?? {}), ["/", "/home", "/run", "/tmp"]);
  });

  it("inodes are unknown where the file system has no fixed number of them", () => {
    const filesystems = [mount("/", "/dev/sda1", { size: { sizeBytes: 1, freeBytes: 1, availableBytes: 1, files: 0, filesFree: 0 } })];
    assert.deepEqual(read("inodes", snapshotOf({ filesystems })), { "/": undefined });
  });
});
