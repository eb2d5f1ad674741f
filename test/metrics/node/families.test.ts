import assert from "node:assert/strict";
import { cpuReading } from "../../support/samples.ts";
import { nodeMetricsOf, seriesOf } from "./support.ts";

describe("node_exporter's families", () => {
  it("show CPU time by mode, and that of guests apart", () => {
    const families = nodeMetricsOf({ cpu: cpuReading(1, { user: 8, idle: 4, guest: 2 }, 2) }).families(["cpu"]);
    const series = seriesOf(families, /^node_cpu_/);
    assert.equal(series.length, 2 * (8 + 2));
    assert.ok(series.includes('node_cpu_seconds_total{cpu="1",mode="user"} 4'));
    assert.ok(series.includes('node_cpu_guest_seconds_total{cpu="0",mode="user"} 1'));
  });

  it("never let CPU time fall by the little that the kernel takes back, but begin anew with a CPU that was away", () => {
    let idle = 10;
    const cpu = () => ({ cpu: cpuReading(1, { idle, iowait: idle / 2, user: idle }, 1) });
    const sample = () => ({ takenAtMs: 0, monotonicSeconds: 0, source: "procfs" as const, outcomes: [], ...cpu() });
    const metrics = nodeMetricsOf({}, {}, { newest: sample });
    const shown = () => seriesOf(metrics.families(["cpu"]), /cpu_seconds/).filter((one) => /idle|iowait|user/.test(one));
    const values = () => shown().map((one) => Number(one.split(" ")[1]));
    assert.deepEqual(values(), [10, 10, 5]);
    idle = 9.5;
    assert.deepEqual(values(), [10, 10, 5]);
    idle = 11;
    assert.deepEqual(values(), [11, 11, 5.5]);
    idle = 2;
    assert.deepEqual(values(), [2, 2, 1]);
  });

  it("show what heat and the kernel's command line did to CPUs", () => {
    const cpuTopology = {
      isolatedCpus: [3],
      coreThrottles: [{ package: 0, core: 1, count: 5 }],
      packageThrottles: [{ package: 0, count: 9 }],
    };
    assert.deepEqual(seriesOf(nodeMetricsOf({ cpu: cpuReading(1, {}) }, { cpuTopology }).families(["cpu"]), /isolated|throttles/), [
      'node_cpu_isolated{cpu="3"} 1',
      'node_cpu_core_throttles_total{package="0",core="1"} 5',
      'node_cpu_package_throttles_total{package="0"} 9',
    ]);
  });

  it("name memory as node_exporter does: bytes with their unit, counts of huge pages without", () => {
    const fields = new Map([
      ["MemTotal", 1000],
      ["Active(anon)", 5],
      ["HugePages_Total", 3],
      ["Hugepagesize", 2048],
      ["DirectMap4k", 7],
    ]);
    const families = nodeMetricsOf({ memory: { totalBytes: 1000, availableBytes: 1, fields } }).families(["meminfo"]);
    assert.deepEqual(seriesOf(families, /^node_memory/), [
      "node_memory_MemTotal_bytes 1000",
      "node_memory_Active_anon_bytes 5",
      "node_memory_HugePages_Total 3",
      "node_memory_Hugepagesize_bytes 2048",
      "node_memory_DirectMap4k_bytes 7",
    ]);
  });

  it("show units of systemd in each of its states, and how often a service was started again", () => {
    const units = [
      { name: "backup.service", state: "failed", type: "oneshot", restarts: 2 },
      { name: "backup.timer", state: "failed" },
    ];
    const series = seriesOf(nodeMetricsOf({ units }).families(["systemd"]), /^node_systemd/);
    assert.equal(series.length, 2 * 5 + 1);
    assert.ok(series.includes('node_systemd_unit_state{name="backup.service",state="failed",type="oneshot"} 1'));
    assert.ok(series.includes('node_systemd_unit_state{name="backup.timer",state="active",type=""} 0'));
    assert.ok(series.includes('node_systemd_service_restart_total{name="backup.service"} 2'));
  });

  it("say which device a file system is on, where the kernel tells", () => {
    const size = { sizeBytes: 10, freeBytes: 5, availableBytes: 4, files: 3, filesFree: 2 };
    const filesystems = [
      { device: "/dev/sda1", fstype: "ext4", mountpoint: "/", readOnly: false, superblock: "8:1", size },
      { device: "/dev/sdb1", fstype: "ext4", mountpoint: "/old", readOnly: false, size },
    ];
    assert.deepEqual(seriesOf(nodeMetricsOf({ filesystems }).families(["filesystem"]), /mount_info/), [
      'node_filesystem_mount_info{device="/dev/sda1",major="8",minor="1",mountpoint="/"} 1',
    ]);
  });

  it("show the columns of softnet that the kernel has, and interrupts' pressure", () => {
    const old = { cpu: 0, processed: 1, dropped: 0, timesSqueezed: 0 };
    const shown = (softnet: object) => seriesOf(nodeMetricsOf({}, { softnet: [{ ...old, ...softnet }] }).families(["softnet"]), /softnet/);
    assert.equal(shown({}).length, 3);
    assert.deepEqual(shown({ collisions: 2, wokenForSteering: 3, flowLimitReached: 4, backlog: 5 }).slice(3), [
      'node_softnet_cpu_collision_total{cpu="0"} 2',
      'node_softnet_received_rps_total{cpu="0"} 3',
      'node_softnet_flow_limit_count_total{cpu="0"} 4',
      'node_softnet_backlog_len{cpu="0"} 5',
    ]);
    const pressure = { cpu: { some: 1 } };
    const stalled = (interruptStallSeconds?: number) =>
      seriesOf(
        nodeMetricsOf({ pressure }, interruptStallSeconds === undefined ? {} : { interruptStallSeconds }).families(["pressure"]),
        /irq/,
      );
    assert.deepEqual(stalled(1.5), ["node_pressure_irq_stalled_seconds_total 1.5"]);
    assert.deepEqual(stalled(), []);
  });

  it("say only of a file system that does not answer that it has an error", () => {
    const size = { sizeBytes: 10, freeBytes: 5, availableBytes: 4, files: 3, filesFree: 2 };
    const filesystems = [
      { device: "/dev/sda1", fstype: "ext4", mountpoint: "/", readOnly: false, size },
      { device: "nas:/x", fstype: "nfs4", mountpoint: "/srv/x", readOnly: true, error: "timeout" },
    ];
    const series = seriesOf(nodeMetricsOf({ filesystems }).families(["filesystem"]), /^node_filesystem/);
    const dead = '{device="nas:/x",fstype="nfs4",mountpoint="/srv/x"}';
    assert.deepEqual(
      series.filter((one) => one.includes(dead)),
      [],
      "node_exporter says why, too",
    );
    assert.ok(series.includes('node_filesystem_device_error{device="nas:/x",fstype="nfs4",mountpoint="/srv/x",device_error="timeout"} 1'));
    assert.equal(series.length, 8);
    assert.ok(series.includes('node_filesystem_readonly{device="/dev/sda1",fstype="ext4",mountpoint="/"} 0'));
  });

  it("leave out what node_exporter leaves out by itself, and no more", () => {
    const filesystem = (mountpoint: string, fstype = "ext4") => ({ device: "d", fstype, mountpoint, readOnly: false, error: "timeout" });
    const counters = { bytes: 1, packets: 1, errors: 0, drops: 0, fifo: 0, frameOrCollisions: 0, compressed: 0, multicastOrCarrier: 0 };
    const disk = { whole: true, readsCompleted: 1, readsMerged: 0, readBytes: 0, readSeconds: 0, writesCompleted: 0 };
    const rest = { writesMerged: 0, writtenBytes: 0, writeSeconds: 0, ioNow: 0, ioSeconds: 0, ioWeightedSeconds: 0 };
    const families = nodeMetricsOf({
      filesystems: [
        ...["/", "/run", "/run/credentials/x", "/mnt/a", "/media/x", "/runner", "/dev/shm", "/var/lib/docker/overlay2", "/srv"].map(
          (point) => filesystem(point),
        ),
        filesystem("/o", "overlay"),
        filesystem("/e", "erofs"),
      ],
      network: ["lo", "eth0", "lo0"].map((device) => ({ device, receive: counters, transmit: counters })),
      disks: ["sda", "sda1", "nvme0n1", "nvme0n1p2", "loop7", "ram0", "dm-0", "zram0"].map((device) => ({ device, ...disk, ...rest })),
    }).families(["filesystem", "netdev", "diskstats"]);
    const values = (name: string, label: string) =>
      families.find((family) => family.name === name)?.points.map((point) => point.labels[label]);
    assert.deepEqual(values("node_filesystem_device_error", "mountpoint"), ["/", "/run", "/mnt/a", "/media/x", "/runner", "/srv"]);
    assert.deepEqual(values("node_network_receive_bytes_total", "device"), ["lo", "eth0", "lo0"]);
    assert.deepEqual(values("node_disk_reads_completed_total", "device"), ["sda", "nvme0n1", "dm-0"]);
    assert.equal(values("node_disk_discards_completed_total", "device"), undefined, "kernels before 4.18 do not count discards");
  });

  it("say what udev knows of disks", () => {
    const disk = { whole: true, readsCompleted: 1, readsMerged: 0, readBytes: 0, readSeconds: 0, writesCompleted: 0 };
    const rest = { writesMerged: 0, writtenBytes: 0, writeSeconds: 0, ioNow: 0, ioSeconds: 0, ioWeightedSeconds: 0, discardedBytes: 1024 };
    const disks = [
      { device: "sda", major: 8, minor: 0, ...disk, ...rest },
      { device: "dm-0", major: 253, minor: 0, ...disk, ...rest },
      { device: "vda", major: 254, minor: 0, ...disk, ...rest },
    ];
    const sda = {
      ID_MODEL: "SSD",
      ID_WWN: "0x5",
      ID_PATH: "pci-0",
      ID_SERIAL: "SSD_long",
      ID_SERIAL_SHORT: "S1",
      ID_REVISION: "R2",
      ID_ATA: "1",
      ID_ATA_WRITE_CACHE: "1",
    };
    const mapper = {
      DM_NAME: "vg-root",
      DM_UUID: "LVM-x",
      DM_VG_NAME: "vg",
      DM_LV_NAME: "root",
      ID_FS_TYPE: "ext4",
      ID_FS_UUID: "u",
      ID_FS_USAGE: "filesystem",
      ID_FS_VERSION: "1.0",
    };
    const diskProperties = new Map([
      ["8:0", new Map(Object.entries(sda))],
      ["253:0", new Map(Object.entries(mapper))],
    ]);
    const series = seriesOf(
      nodeMetricsOf({ disks }, { diskProperties, diskRotation: new Map([["sda", true]]) }).families(["diskstats"]),
      /^node_disk.*(info|ata_|sectors)/,
    );
    assert.deepEqual(series, [
      'node_disk_discarded_sectors_total{device="sda"} 2',
      'node_disk_discarded_sectors_total{device="dm-0"} 2',
      'node_disk_discarded_sectors_total{device="vda"} 2',
      'node_disk_info{device="sda",major="8",minor="0",path="pci-0",wwn="0x5",model="SSD",serial="S1",revision="R2",rotational="1"} 1',
      'node_disk_info{device="dm-0",major="253",minor="0",path="",wwn="",model="",serial="",revision="",rotational="0"} 1',
      'node_disk_info{device="vda",major="254",minor="0",path="",wwn="",model="",serial="",revision="",rotational="0"} 1',
      'node_disk_filesystem_info{device="dm-0",type="ext4",usage="filesystem",uuid="u",version="1.0"} 1',
      'node_disk_device_mapper_info{device="dm-0",name="vg-root",uuid="LVM-x",vg_name="vg",lv_name="root",lv_layer=""} 1',
      'node_disk_ata_write_cache{device="sda"} 1',
    ]);
  });

  it("give speeds in bytes and interfaces their state", () => {
    const interfaces = [
      {
        device: "eth0",
        texts: new Map([["operstate", "up"]]),
        numbers: new Map([
          ["speed", 1000],
          ["mtu", 1500],
          ["rx_nohandler", 4],
        ]),
      },
      { device: "eth1", texts: new Map([["operstate", "down"]]), numbers: new Map([["speed", -1]]) },
    ];
    assert.deepEqual(seriesOf(nodeMetricsOf({}, { interfaces }).families(["netclass"]), /speed|up$|mtu/), [
      'node_network_up{device="eth0"} 1',
      'node_network_up{device="eth1"} 0',
      'node_network_mtu_bytes{device="eth0"} 1500',
      'node_network_speed_bytes{device="eth0"} 125000000',
      'node_network_speed_bytes{device="eth1"} -125000',
    ]);
    const states = (flags: number | undefined) => {
      const one = { device: "eth0", texts: new Map(), numbers: new Map(flags === undefined ? [] : [["flags", flags]]) };
      const [info] = seriesOf(nodeMetricsOf({}, { interfaces: [one] }).families(["netclass"]), /^node_network_info$/);
      return /adminstate="(\w+)"/.exec(info ?? "")?.[1];
    };
    assert.deepEqual([states(0x1003), states(0x1002), states(undefined)], ["up", "down", "unknown"]);
  });

  it("keep label objects from scrape to scrape", () => {
    const metrics = nodeMetricsOf({ cpu: cpuReading(1, {}) }, { softnet: [{ cpu: 0, processed: 1, dropped: 0, timesSqueezed: 0 }] });
    const labels = () => metrics.families(["cpu", "softnet"]).flatMap((family) => family.points.map((point) => point.labels));
    const before = labels();
    labels().forEach((one, index) => {
      assert.equal(one, before[index]);
    });
  });
});
