import assert from "node:assert/strict";
import type { Collector } from "../../src/collectors/collector.ts";
import type { FilesystemReading } from "../../src/model/devices.ts";
import { watchedMetrics } from "../../src/triggers/metrics.ts";
import { MadeMachine } from "../support/madeMachine.ts";
import { WatchedMachine } from "../support/watchedMachine.ts";

describe("a machine with ZFS", () => {
  let machine: MadeMachine;
  beforeEach(() => {
    machine = new MadeMachine();
    machine.write(
      "proc/meminfo",
      "MemTotal: 16000000 kB\nMemFree: 700000 kB\nMemAvailable: 1000000 kB\nBuffers: 100000 kB\nCached: 300000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n",
    );
  });
  afterEach(() => machine.remove());
  const cacheOf = (bytes: number, least = 500_000_000) =>
    machine.write(
      "proc/spl/kstat/zfs/arcstats",
      `13 1 0x01 147 39984 1000 2000\nname                            type data\nhits                            4    100\nc                               4    13000000000\nc_min                           4    ${least}\nc_max                           4    14000000000\nsize                            4    ${bytes}\ncompressed_size                 4    7\n`,
    );
  const usage = async () => {
    const watched = new WatchedMachine(machine);
    await watched.start();
    await watched.pass(1);
    const [used, available] = [await watched.value("culprit_memory_usage_ratio"), await watched.value("culprit_memory_available_bytes")];
    const shown = await watched.value("node_memory_MemAvailable_bytes", {}, "meminfo");
    watched.stop();
    return { used, available, shown };
  };

  it("has its cache for memory that can be had, down to its least size; node_exporter's figure stays the kernel's", async () => {
    cacheOf(12_800_000_000);
    const { used = 1, available, shown } = await usage();
    assert.ok(Math.abs(used - (1 - (1_024_000_000 + 12_300_000_000) / 16_384_000_000)) < 1e-9, `${used}`);
    assert.deepEqual([available, shown], [1_024_000_000 + 12_300_000_000, 1_024_000_000]);
  });

  it("gives nothing back of a cache that is below its least size", async () => {
    cacheOf(400_000_000);
    assert.equal((await usage()).available, 1_024_000_000);
  });

  it("is a container with a meminfo of its own where the cache is larger than all that is used", async () => {
    cacheOf(64_000_000_000);
    assert.equal((await usage()).available, 1_024_000_000);
  });

  it("is a container with a meminfo of its own where another file is mounted over the kernel's", async () => {
    cacheOf(12_800_000_000);
    machine.write("proc/self/mounts", `lxcfs ${machine.path("proc/meminfo")} fuse.lxcfs rw 0 0\n`);
    assert.equal((await usage()).available, 1_024_000_000);
  });

  it("loses no other figure when ZFS says something odd, and says so", async () => {
    machine.write("proc/spl/kstat/zfs/arcstats", "nonsense\n");
    const watched = new WatchedMachine(machine);
    await watched.start();
    assert.equal(await watched.value("culprit_memory_available_bytes"), 1_024_000_000);
    assert.equal(await watched.value("culprit_collector_skipped_total", { collector: "memory" }), 1);
    watched.stop();
  });
});

describe("a machine whose file systems have their room in common, or can only be read", () => {
  let machine: MadeMachine;
  beforeEach(() => {
    machine = new MadeMachine();
  });
  afterEach(() => machine.remove());

  /** With these file systems instead of this system's own. */
  async function watch(filesystems: readonly FilesystemReading[]): Promise<WatchedMachine> {
    const watched = new WatchedMachine(machine, (collector): readonly Collector[] =>
      collector.part === "filesystems" ? [{ part: "filesystems", collect: () => filesystems }] : [collector],
    );
    await watched.start();
    return watched;
  }
  const filesystem = (
    mountpoint: string,
    device: string,
    fstype: string,
    used: number,
    left: number,
    readOnly = false,
  ): FilesystemReading => ({
    ...{ device, fstype, mountpoint, readOnly },
    size: { sizeBytes: used + left, freeBytes: left, availableBytes: left, files: 10, filesFree: 0 },
  });

  it("has one figure for the pool, in the metrics that alarms watch and in its own triggers", async () => {
    const sets = ["tank", "tank/home", "tank/home/ada", "tank/var"];
    const watched = await watch(sets.map((set, index) => filesystem(`/${set}`, set, "zfs", 1000 * index, 60)));
    assert.deepEqual(await watched.values("culprit_pool_usage_ratio"), [1 - 60 / 6060]);
    assert.equal((await watched.values("culprit_filesystem_size_bytes")).length, 4, "each file system keeps its own figures");
    assert.deepEqual([...(watchedMetrics.disk.read(watched.newest, []) ?? [])], [["/tank", 1 - 60 / 6060]]);
    watched.stop();
  });

  it("has no figure of use for what nobody can write to", async () => {
    const watched = await watch([
      filesystem("/usr", "/dev/dm-0", "ext4", 10, 0, true),
      filesystem("/snap", "snapfuse", "fuse.snapfuse", 10, 0, true),
    ]);
    for (const name of ["culprit_filesystem_usage_ratio", "culprit_pool_usage_ratio", "culprit_pool_inode_usage_ratio"]) {
      assert.deepEqual(await watched.values(name), [], name);
    }
    assert.equal((await watched.values("culprit_filesystem_size_bytes")).length, 2);
    assert.deepEqual([...(watchedMetrics.disk.read(watched.newest, []) ?? [])], []);
    watched.stop();
  });
});

describe("a machine with both kinds of cgroups, of which the new ones count nothing", () => {
  it("has its short-lived work from the old ones", async () => {
    const machine = new MadeMachine();
    const cgroup = "2:cpu,cpuacct:/system.slice/prog.service\n0::/system.slice/prog.service\n";
    for (const pid of [1, 100, 200]) machine.process(pid, { cgroup });
    machine.write(
      "proc/self/mounts",
      `cgroup2 ${machine.path("unified")} cgroup2 rw 0 0\ncgroup ${machine.path("cpuacct")} cgroup rw,cpu,cpuacct 0 0\n`,
    );
    const places = ["", "/system.slice", "/system.slice/prog.service"];
    for (const place of places) machine.makeDirectory(`unified${place}`);
    const used = (seconds: number) => {
      for (const place of places) machine.write(`cpuacct${place}/cpuacct.usage`, `${seconds * 1e9}\n`);
    };
    used(1);
    const watched = new WatchedMachine(machine);
    await watched.start();
    await watched.pass(6, (second) => {
      machine.pass(1, 0.1);
      used(1 + 0.3 * (second + 1));
    });
    const [cores = 0] = await watched.values("culprit_process_cpu_cores", { kind: "short_lived", unit: "prog.service" });
    assert.ok(cores > 0.1 && cores < 0.4, `${cores}`);
    watched.stop();
  });
});

describe("a machine that names a device twice", () => {
  it("has every series once", async () => {
    const machine = new MadeMachine();
    const disk = "   8       0 sda 100 0 2000 50 100 0 2000 50 0 100 100 0 0 0 0 0 0\n";
    machine.write("proc/diskstats", disk + disk);
    const head =
      "Inter-|   Receive  |  Transmit\n face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed\n";
    const line = "  eth0: 2000 20 0 0 0 0 0 0 2000 20 0 0 0 0 0 0\n";
    machine.write("proc/1/net/dev", head + line + line);
    const watched = new WatchedMachine(machine);
    await watched.start();
    await watched.pass(2);
    for (const text of [await watched.metrics(), await watched.metrics("diskstats", "netdev")]) {
      const series = text.split("\n").flatMap((one) => (one === "" || one.startsWith("#") ? [] : [one.replace(/ \S+$/, "")]));
      assert.deepEqual(
        series.filter((one, index) => series.indexOf(one) !== index),
        [],
      );
      assert.ok(series.some((one) => one.includes('device="sda"')) && series.some((one) => one.includes('device="eth0"')));
    }
    watched.stop();
  });
});
