import assert from "node:assert/strict";
import { MadeMachine } from "../support/madeMachine.ts";
import { WatchedMachine } from "../support/watchedMachine.ts";

describe("a figure that cannot be is unknown, and no spike:", () => {
  let machine: MadeMachine;
  let watched: WatchedMachine;
  /** By resource. Whatever it was, it was no event of the machine. */
  let realSpikes: readonly number[];
  beforeEach(() => {
    realSpikes = [0, 0, 0, 0, 0];
    machine = new MadeMachine();
    watched = new WatchedMachine(machine);
  });
  afterEach(async () => {
    const spikes = await watched.values("culprit_spikes_total");
    watched.stop();
    assert.deepEqual(spikes, realSpikes);
  });

  /** Half a minute of a machine that is this busy. */
  async function usually(busyRatio = 0.1): Promise<void> {
    await watched.start();
    await watched.pass(30, () => machine.pass(1, busyRatio));
  }

  const worker = { process: "worker" };
  const usages = () => watched.seenByTriggers("cpu").slice(1);
  const lastUsage = () => usages().at(-1);

  /** Every known second was about this busy. */
  function assertAlways(busyRatio: number): void {
    for (const usage of usages()) assert.ok(usage === undefined || Math.abs(usage - busyRatio) < 0.06, `a second of ${usage}`);
  }

  describe("/proc/stat", () => {
    const zeros = (line: string) => line.replace(/ \d+/g, " 0");

    it("of zeros", async () => {
      machine.changeStat = (text) =>
        text
          .split("\n")
          .map((line) => (line.startsWith("cpu") ? zeros(line) : line))
          .join("\n");
      await usually();
      const text = await watched.metrics();
      assert.doesNotMatch(text, /^culprit_cpu_(usage|core_usage|busy)/m);
      assert.doesNotMatch(text, /^culprit_process_cpu_cores\{kind="(unattributed|interrupts)"/m);
      assert.deepEqual(new Set(usages()), new Set([undefined]));
    });

    it("that stands still, then moves, then stands still", async () => {
      await watched.start();
      await watched.pass(15, () => undefined);
      assert.equal(lastUsage(), undefined);
      await watched.pass(15);
      await watched.pass(3, () => undefined);
      assert.equal(lastUsage(), undefined);
      await watched.pass(15);
      // what it had not counted came at once, and was no second's idle time
      machine.pass(3);
      await watched.pass(5);
      assertAlways(0.1);
      assert.equal(lastUsage()?.toFixed(2), "0.10");
    });

    it("whose idle time lies beyond what a double counts exactly is understood all the same", async () => {
      for (const cpu of machine.cpus) cpu.idle = 2_079_282_968_580_058_848n;
      machine.pass(0);
      await usually();
      assertAlways(0.1);
      assert.equal(lastUsage()?.toFixed(2), "0.10");
    });

    for (const [what, ticks] of [
      ["falls", -50_000],
      ["falls by a little", -60],
      ["leaps", 50_000],
    ] as const) {
      it(`whose idle time ${what} on every CPU`, async () => {
        await usually();
        for (const cpu of machine.cpus) cpu.idle = Number(cpu.idle) + ticks;
        await watched.pass(1);
        if (what !== "falls by a little") assert.equal(lastUsage(), undefined);
        await watched.pass(5);
        assert.equal(lastUsage()?.toFixed(2), "0.10");
        if (what !== "falls by a little") assertAlways(0.1);
        assert.ok(((await watched.value("culprit_cpu_usage_peak_ratio")) ?? 1) < 0.8);
      });
    }

    it("where one CPU of four is odd: the others say how busy the machine is, and nothing is said of that one", async () => {
      await usually();
      await watched.pass(5, () => {
        (machine.cpus[2] as { idle: number }).idle -= 1000;
        machine.pass(1);
      });
      assertAlways(0.1);
      assert.deepEqual(
        watched.newest.host.cpu?.coreUsageRatios?.map(({ cpu }) => cpu),
        [0, 1, 3],
      );
      assert.equal(lastUsage()?.toFixed(2), "0.10");
    });

    it("when a CPU goes and the sum of idle falls with it", async () => {
      await usually();
      machine.changeStat = (text) =>
        text.replace(/^cpu3 .*\n/m, "").replace(/^(cpu {2}\d+ 0 \d+ )(\d+)/, (_, head: string, idle) => `${head}${Number(idle) - 50_000}`);
      await watched.pass(5);
      assertAlways(0.1);
      assert.equal(lastUsage()?.toFixed(2), "0.10");
      assert.equal(await watched.value("culprit_cpu_cores"), 3);
    });

    it("when a CPU comes and its idle time since boot joins the sum", async () => {
      await usually(0.8);
      machine.cpus.push({ user: 0, system: 0, idle: 90_000, iowait: 0, steal: 0 });
      await watched.pass(5, () => machine.pass(1, 0.8));
      assertAlways(0.8);
      assert.equal(lastUsage()?.toFixed(2), "0.80");
      assert.equal(await watched.value("culprit_cpu_cores"), 5);
    });

    it("with lines of CPUs that count nothing: they are none", async () => {
      const dead = [4, 5, 6, 7].map((cpu) => `cpu${cpu} 0 0 0 0 0 0 0 0 0 0\n`).join("");
      machine.changeStat = (text) => text.replace("intr", `${dead}intr`);
      machine.pass(0);
      await usually();
      assertAlways(0.1);
      assert.equal(await watched.value("culprit_cpu_cores"), 4);
      assert.equal((await watched.values("culprit_cpu_core_usage_ratio")).length, 4);
    });

    it("with lines of CPUs that never move: they are none either", async () => {
      machine.changeStat = (text) => text.replace("intr", "cpu4 77 0 3 4711 0 0 0 0 0 0\nintr");
      machine.pass(0);
      await usually();
      assertAlways(0.1);
      assert.equal(await watched.value("culprit_cpu_cores"), 4);
    });

    it("whose stolen time leaps", async () => {
      await usually();
      for (const cpu of machine.cpus) cpu.steal += 100_000;
      await watched.pass(1);
      assert.equal(lastUsage(), undefined);
      assert.equal(watched.newest.host.cpu?.stealCores, undefined);
      await watched.pass(5);
      assertAlways(0.1);
    });

    it("is believed where iowait only takes back what becomes idle", async () => {
      await usually();
      for (const cpu of machine.cpus) {
        cpu.iowait += 500;
        cpu.idle = Number(cpu.idle) - 500;
      }
      await watched.pass(1);
      assert.equal(lastUsage()?.toFixed(2), "0.10");
      assert.equal(watched.newest.host.cpu?.iowaitCores, undefined);
    });
  });

  describe("a process", () => {
    it("whose CPU time leaps by hours while the machine is hardly busy", async () => {
      await usually();
      machine.process(100, { userTicks: 100 + 100 * 36_000 });
      await watched.pass(1);
      const group = watched.newest.groups.find(({ process }) => process === "worker");
      assert.equal(group?.usage.cpuCores, undefined);
      await watched.pass(6);
      machine.process(100, { userTicks: 100 + 100 * 36_000 + 20 });
      await watched.pass(1);
      assert.equal((await watched.value("culprit_process_cpu_peak_cores", worker))?.toFixed(2), "0.20");
      assertAlways(0.1);
    });

    it("whose CPU time dips and comes back a moment later", async () => {
      machine.process(100, { userTicks: 10_000 });
      await usually();
      machine.process(100, { userTicks: 9_800 });
      await watched.pass(1);
      assert.equal(watched.newest.groups.find(({ process }) => process === "worker")?.usage.cpuCores, undefined);
      machine.process(100, { userTicks: 10_010 });
      await watched.pass(6);
      assert.equal(await watched.value("culprit_process_cpu_peak_cores", worker), 0);
      assertAlways(0.1);
    });

    it("never has more cores than there are, and neither have all of them together", async () => {
      machine = new MadeMachine({ cpus: 2 });
      watched.stop();
      watched = new WatchedMachine(machine);
      for (const pid of [301, 302, 303]) machine.process(pid, { comm: `burner${pid}`, commandLine: `burner${pid}\0` });
      await watched.start();
      await watched.pass(10, (second) => {
        for (const pid of [301, 302, 303]) machine.process(pid, { userTicks: 200 * (second + 2) });
        machine.pass(1, 1);
      });
      const peaks = await watched.values("culprit_process_cpu_peak_cores", { kind: "process" });
      assert.ok(peaks.every((cores) => cores <= 2));
      for (const { groups } of watched.snapshots) {
        const cores = groups.reduce((sum, { usage }) => sum + (usage.cpuCores ?? 0), 0);
        assert.ok(cores < 2.001, `${cores} cores of 2`);
      }
    });

    it("whose cancelled writes take its counter below nothing", async () => {
      await usually();
      machine.process(100, { writtenBytes: "18446744073709547520", userTicks: 110 });
      await watched.pass(1);
      assert.equal(watched.newest.groups.find(({ process }) => process === "worker")?.usage.writtenBytesPerSecond, undefined);
      machine.process(100, { writtenBytes: 1000, userTicks: 120 });
      await watched.pass(1);
      machine.process(100, { writtenBytes: 7000, userTicks: 130 });
      await watched.pass(6);
      const [shown] = await watched.values("culprit_process_written_bytes_per_second", worker);
      assert.ok((shown ?? 0) > 0 && (shown ?? 0) < 6000, `${shown} B/s`);
    });

    it("whose reaped children's time leaps where nobody knows how busy the machine is", async () => {
      machine.changeStat = (text) => text.replace(/^(cpu\d* +).*/gm, "$10 0 0 0 0 0 0 0 0 0");
      await usually();
      machine.process(100, { childTicks: 360_000_000 });
      await watched.pass(6);
      assert.ok(((await watched.value("culprit_process_cpu_peak_cores", worker)) ?? 0) <= 4);
    });
  });

  describe("a device", () => {
    const disk = (written: number | string, rest = "100 0 2000 50 100 0") =>
      machine.write("proc/diskstats", `   8       0 sda ${rest} ${written} 50 0 100 100 0 0 0 0 0 0\n`);
    const writtenTotal = () => watched.value("culprit_disk_written_bytes_total", { device: "sda" });

    it("whose bytes leap, whether they stay there or come back", async () => {
      await usually();
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
      await usually();
      // 50 GB in a single request
      disk(2000 + 100_000_000, "100 0 2000 50 101 0");
      await watched.pass(1);
      assert.equal(watched.newest.host.disks?.[0]?.writtenBytesPerSecond, undefined);
      // 50 GB in fifty thousand of them: that is one
      realSpikes = [0, 0, 0, 1, 0];
      disk(2000 + 200_000_000, "100 0 2000 50 50101 0");
      await watched.pass(1);
      assert.equal(watched.newest.host.disks?.[0]?.writtenBytesPerSecond, 51_200_000_000);
    });

    it("whose bytes dip: its counter is not shown as begun anew", async () => {
      disk(9000);
      await usually();
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
      await usually();
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
      await usually();
      machine.write("proc/diskstats", "   8       0 sda 100 0 2000 50 100 0 2000 50 0 999100 100 0 0 0 0 0 0\n");
      await watched.pass(1);
      assert.equal(watched.newest.host.disks?.[0]?.busyRatio, undefined);
      assert.equal(await watched.value("culprit_disk_io_seconds_total", { device: "sda" }), 0.1);
    });

    it("of the network whose bytes leap", async () => {
      await usually();
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
        await usually();
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
      await usually();
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
        await usually();
        assert.equal(await watched.value("culprit_memory_available_bytes"), 11_100_000 * 1024);
        assert.equal((await watched.value("culprit_memory_usage_peak_ratio"))?.toFixed(3), "0.306");
      });
    }

    it("whose size is not told, or of which nothing is said at all", async () => {
      machine.memory({ MemTotal: undefined });
      await usually();
      assert.doesNotMatch(await watched.metrics(), /^culprit_memory_/m);
      assert.equal(await watched.value("node_memory_MemFree_bytes", {}, "meminfo"), 8_000_000 * 1024);
      assert.equal(await watched.value("culprit_collector_success", { collector: "memory" }), 1);
    });

    it("whose available part stands behind swap", async () => {
      machine.memory({ MemAvailable: undefined, SwapCached: 0, Appended: 1 });
      machine.write("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 20 kB\nSwapTotal: 50 kB\nSwapFree: 20 kB\nMemAvailable: 590 kB\n");
      await usually();
      assert.equal((await watched.value("culprit_memory_usage_ratio"))?.toFixed(2), "0.41");
    });
  });

  it("more tasks are blocked than there are, for the count fell below nothing", async () => {
    machine.changeStat = (text) => text.replace("procs_blocked 0", "procs_blocked 18446744073709551615");
    machine.pass(0);
    await usually();
    assert.equal(await watched.value("culprit_tasks", { state: "uninterruptible" }), 0);
  });

  it("no task runs while one reads how many run", async () => {
    machine.write("proc/loadavg", "0.10 0.12 0.14 0/0 0\n");
    machine.changeStat = (text) => text.replace("procs_running 1", "procs_running 0");
    machine.pass(0);
    await usually();
    assert.equal(await watched.value("culprit_tasks", { state: "running" }), undefined);
    assert.equal(await watched.value("culprit_load1"), 0.1);
  });
});
