import assert from "node:assert/strict";
import type { MadeMachine } from "../support/madeMachine.ts";
import type { WatchedMachine } from "../support/watchedMachine.ts";
import { type OddMachine, oddMachines } from "./oddMachine.ts";

describe("a figure that cannot be is unknown, and no spike:", () => {
  const stage = oddMachines();
  let odd: OddMachine;
  let machine: MadeMachine;
  let watched: WatchedMachine;
  beforeEach(() => {
    odd = stage();
    ({ machine, watched } = odd);
  });

  describe("a device", () => {
    const disk = (written: number | string, rest = "100 0 2000 50 100 0") =>
      machine.write("proc/diskstats", `   8       0 sda ${rest} ${written} 50 0 100 100 0 0 0 0 0 0\n`);
    const writtenTotal = () => watched.value("culprit_disk_written_bytes_total", { device: "sda" });

    it("whose bytes leap, whether they stay there or come back", async () => {
      await odd.usually();
      disk("18014398509481984");
      await watched.pass(1);
      assert.equal(watched.newest.host.disks?.[0]?.writtenBytesPerSecond, undefined);
      assert.equal(await writtenTotal(), 2000 * 512, "nobody takes it for a rate");
      disk(String(18_014_398_509_481_984 + 2048));
      await watched.pass(1);
      assert.equal(watched.newest.host.disks?.[0]?.writtenBytesPerSecond, 2048 * 512);
      assert.equal(await writtenTotal(), 4048 * 512);
      disk(2100);
      await watched.pass(2);
      assert.equal(watched.newest.host.disks?.[0]?.writtenBytesPerSecond, 0);
      assert.ok(((await writtenTotal()) ?? 0) >= 2100 * 512);
    });

    it("whose bytes leap further than its requests can hold", async () => {
      await odd.usually();
      // 50 GB in a single request
      disk(2000 + 100_000_000, "100 0 2000 50 101 0");
      await watched.pass(1);
      assert.equal(watched.newest.host.disks?.[0]?.writtenBytesPerSecond, undefined);
      // 50 GB in fifty thousand of them: that is one
      odd.realSpikes = [0, 0, 0, 1, 0, 0];
      disk(2000 + 200_000_000, "100 0 2000 50 50101 0");
      await watched.pass(1);
      assert.equal(watched.newest.host.disks?.[0]?.writtenBytesPerSecond, 51_200_000_000);
    });

    it("whose bytes dip: its counter is not shown as begun anew", async () => {
      disk(9000);
      await odd.usually();
      disk(5000);
      await watched.pass(1);
      assert.equal(watched.newest.host.disks?.[0]?.writtenBytesPerSecond, undefined);
      assert.equal(await writtenTotal(), 9000 * 512);
      disk(9100);
      await watched.pass(1);
      assert.equal(watched.newest.host.disks?.[0]?.writtenBytesPerSecond, undefined);
      disk(9200);
      await watched.pass(1);
      assert.equal(await writtenTotal(), 9200 * 512);
      assert.equal(watched.newest.host.disks?.[0]?.writtenBytesPerSecond, 51_200);
    });

    it("that began anew is shown so after a moment", async () => {
      disk(9000);
      await odd.usually();
      disk(10);
      await watched.pass(1);
      await watched.pass(6, (second) => {
        disk(20 + second);
        machine.pass(1);
      });
      assert.equal(await writtenTotal(), 25 * 512);
      assert.equal(watched.newest.host.disks?.[0]?.writtenBytesPerSecond, 512);
    });

    it("whose work time leaps by more than the time that passed", async () => {
      await odd.usually();
      machine.write("proc/diskstats", "   8       0 sda 100 0 2000 50 100 0 2000 50 0 999100 100 0 0 0 0 0 0\n");
      await watched.pass(1);
      assert.equal(watched.newest.host.disks?.[0]?.busyRatio, undefined);
      assert.equal(await watched.value("culprit_disk_io_seconds_total", { device: "sda" }), 0.1);
    });

    it("of the network whose bytes leap", async () => {
      await odd.usually();
      machine.network({ lo: [1000, 1000], eth0: ["9223372036854775807", 2000] });
      await watched.pass(1);
      const eth0 = watched.newest.host.network?.find(({ device }) => device === "eth0");
      assert.equal(eth0?.receiveBytesPerSecond, undefined);
      assert.equal(eth0?.transmitBytesPerSecond, 0);
      assert.equal(await watched.value("culprit_network_receive_bytes_total", { device: "eth0" }), 2000);
      assert.equal(await watched.value("node_network_receive_bytes_total", { device: "eth0" }, "netdev"), 2 ** 63, "as the kernel says");
    });
  });

  describe("pressure", () => {
    for (const [what, microseconds] of [
      ["leaps by more than the time that passed", 3_600_000_000],
      ["falls", 0],
    ] as const) {
      it(`whose total ${what}`, async () => {
        await odd.usually();
        machine.pressure("io", microseconds, microseconds);
        await watched.pass(1);
        assert.deepEqual(watched.newest.host.pressure?.io, {});
        assert.equal(watched.seenByTriggers("ioPressure").at(-1), undefined);
        await watched.pass(3);
        assert.deepEqual(watched.newest.host.pressure?.io, { some: 0, full: 0 });
        assert.equal(await watched.value("culprit_pressure_ratio", { resource: "io", kind: "some" }), 0);
      });
    }
  });

  describe("memory", () => {
    it("with more swap free than there is", async () => {
      machine.memory({ SwapFree: 3_500_000 });
      await odd.usually();
      assert.equal(await watched.value("culprit_swap_used_bytes"), undefined);
      assert.equal(await watched.value("culprit_swap_total_bytes"), 2_048_000_000);
      assert.deepEqual(new Set(watched.seenByTriggers("swap")), new Set([undefined]));
    });

    for (const [what, available] of [
      ["0 while half of it is free", 0],
      ["more than there is", "18446744073709551000"],
      ["not told", undefined],
    ] as const) {
      it(`of which ${what} is available: free and cached is taken for it`, async () => {
        machine.memory({ MemAvailable: available });
        await odd.usually();
        assert.equal(await watched.value("culprit_memory_available_bytes"), 11_100_000 * 1024);
        assert.equal((await watched.value("culprit_memory_usage_peak_ratio"))?.toFixed(3), "0.306");
      });
    }

    it("whose size is not told, or of which nothing is said at all", async () => {
      machine.memory({ MemTotal: undefined });
      await odd.usually();
      assert.doesNotMatch(await watched.metrics(), /^culprit_memory_/m);
      assert.equal(await watched.value("node_memory_MemFree_bytes", {}, "meminfo"), 8_000_000 * 1024);
      assert.equal(await watched.value("culprit_collector_success", { collector: "memory" }), 1);
    });

    it("whose available part stands behind swap", async () => {
      machine.memory({ MemAvailable: undefined, SwapCached: 0, Appended: 1 });
      machine.write("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 20 kB\nSwapTotal: 50 kB\nSwapFree: 20 kB\nMemAvailable: 590 kB\n");
      await odd.usually();
      assert.equal((await watched.value("culprit_memory_usage_ratio"))?.toFixed(2), "0.41");
    });
  });

  it("more tasks are blocked than there are, for the count fell below nothing", async () => {
    machine.changeStat = (text) => text.replace("procs_blocked 0", "procs_blocked 18446744073709551615");
    machine.pass(0);
    await odd.usually();
    assert.equal(await watched.value("culprit_tasks", { state: "uninterruptible" }), 0);
  });

  it("no task runs while one reads how many run", async () => {
    machine.write("proc/loadavg", "0.10 0.12 0.14 0/0 0\n");
    machine.changeStat = (text) => text.replace("procs_running 1", "procs_running 0");
    machine.pass(0);
    await odd.usually();
    assert.equal(await watched.value("culprit_tasks", { state: "running" }), undefined);
    assert.equal(await watched.value("culprit_load1"), 0.1);
  });
});
