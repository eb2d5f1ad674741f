import assert from "node:assert/strict";
import { rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { askedFiles } from "../../src/collectors/askedFiles.ts";
import { atOnce } from "../../src/model/steps.ts";
import { readClocksources } from "../../src/procfs/clocksource.ts";
import { CpuTopologyFiles, parseCpuList } from "../../src/procfs/cpuTopology.ts";
import { InterfaceFiles } from "../../src/procfs/interfaces.ts";
import { Skips } from "../../src/procfs/skips.ts";
import { parseUdevData, UdevData } from "../../src/procfs/udev.ts";
import { abbreviationOf, LocalTime } from "../../src/procfs/zoneinfo.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { directReads } from "../support/playedHelper.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";

const newDirectory = tempDirectories();
const files = askedFiles(directReads(), systemClock);

/** A ProcRoot whose /sys is `sysfs`. */
const rootOf = (sysfs: string) => ({ procfs: join(sysfs, "no-proc"), sysfs, rootfs: "/" });

describe("the network interfaces of /sys", () => {
  it("give text as text and numbers as numbers, hexadecimal ones too", async () => {
    const sysfs = await newDirectory();
    writeFiles(join(sysfs, "class/net"), {
      "eth0/address": "02:fc:00:00:00:01\n",
      "eth0/operstate": "up\n",
      "eth0/ifalias": "\n",
      "eth0/flags": "0x1003\n",
      "eth0/dev_id": "0x0\n",
      "eth0/mtu": "1400\n",
      "eth0/speed": "-1\n",
      "eth0/duplex": "full\n",
      "eth0/statistics/rx_nohandler": "7\n",
      bonding_masters: "bond0\n",
    });
    const interfaces = new InterfaceFiles(rootOf(sysfs), files, new Skips());
    const [eth, ...others] = (await interfaces.read(0)) ?? [];
    assert.deepEqual(others, []);
    assert.equal(eth?.device, "eth0");
    assert.deepEqual(Object.fromEntries(eth?.texts ?? []), { address: "02:fc:00:00:00:01", operstate: "up", ifalias: "", duplex: "full" });
    assert.deepEqual(Object.fromEntries(eth?.numbers ?? []), { flags: 0x1003, dev_id: 0, mtu: 1400, speed: -1, rx_nohandler: 7 });
  });

  it("are read anew each time, also when they come, go and change", async () => {
    const sysfs = await newDirectory();
    const net = join(sysfs, "class/net");
    writeFiles(net, { "eth0/mtu": "1500\n", "veth1/mtu": "1400\n" });
    const interfaces = new InterfaceFiles(rootOf(sysfs), files, new Skips());
    const mtus = async () => (await interfaces.read(0))?.map((one) => [one.device, one.numbers.get("mtu")]);
    const before = [
      ["eth0", 1500],
      ["veth1", 1400],
    ];
    assert.deepEqual(await mtus(), before);
    writeFiles(net, { "eth0/mtu": "9000\n" });
    rmSync(join(net, "veth1"), { recursive: true });
    assert.deepEqual(await mtus(), [["eth0", 9000]]);
    writeFiles(net, { "veth1/mtu": "1280\n" });
    assert.deepEqual(await mtus(), [
      ["eth0", 9000],
      ["veth1", 1280],
    ]);
  });

  it("keep what lasts for a minute, unless something of the interface has moved", async () => {
    const sysfs = await newDirectory();
    const net = join(sysfs, "class/net");
    const write = (speed: number, carrierChanges: number) =>
      writeFiles(net, { "eth0/flags": "0x1003\n", "eth0/speed": `${speed}\n`, "eth0/carrier_changes": `${carrierChanges}\n` });
    const interfaces = new InterfaceFiles(rootOf(sysfs), files, new Skips());
    const speedAt = async (seconds: number) => (await interfaces.read(seconds))?.[0]?.numbers.get("speed");
    write(1000, 2);
    assert.equal(await speedAt(0), 1000);
    write(100, 2);
    assert.equal(await speedAt(59), 1000);
    assert.equal(await speedAt(60), 100);
    write(10, 4);
    assert.equal(await speedAt(61), 10, "the link was down and came back");
  });

  it("are as many as there are containers, without a descriptor kept for each attribute", async () => {
    const sysfs = await newDirectory();
    const names = Array.from({ length: 100 }, (_, index) => `veth${index}`);
    writeFiles(join(sysfs, "class/net"), Object.fromEntries(names.map((name) => [`${name}/mtu`, "1500\n"])));
    const interfaces = new InterfaceFiles(rootOf(sysfs), files, new Skips());
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(
        (await interfaces.read(0))?.map((one) => one.numbers.get("mtu")),
        names.map(() => 1500),
      );
    }
  });

  it("are absent without a /sys", async () => {
    assert.equal(await new InterfaceFiles(rootOf(await newDirectory()), files, new Skips()).read(0), undefined);
  });
});

describe("the CPUs of /sys", () => {
  it("tell of heat once a core and once a package, and of what is isolated", async () => {
    const sysfs = await newDirectory();
    const cpu = (number: number, core: number, of: number, throttles: number) => ({
      [`cpu${number}/topology/core_id`]: `${core}\n`,
      [`cpu${number}/topology/physical_package_id`]: `${of}\n`,
      [`cpu${number}/thermal_throttle/core_throttle_count`]: `${throttles}\n`,
      [`cpu${number}/thermal_throttle/package_throttle_count`]: `${of + 30}\n`,
    });
    writeFiles(join(sysfs, "devices/system/cpu"), {
      online: "0-3\n",
      isolated: "1,3\n",
      ...cpu(0, 0, 0, 5),
      ...cpu(1, 0, 0, 5),
      ...cpu(2, 1, 0, 6),
      ...cpu(3, 0, 1, 7),
    });
    const topology = new CpuTopologyFiles(rootOf(sysfs), files, new Skips());
    assert.deepEqual(await topology.read(), {
      coreThrottles: [
        { package: 0, core: 0, count: 5 },
        { package: 0, core: 1, count: 6 },
        { package: 1, core: 0, count: 7 },
      ],
      packageThrottles: [
        { package: 0, count: 30 },
        { package: 1, count: 31 },
      ],
      isolatedCpus: [1, 3],
    });
    writeFiles(join(sysfs, "devices/system/cpu"), { "cpu2/thermal_throttle/core_throttle_count": "8\n" });
    assert.equal((await topology.read())?.coreThrottles[1]?.count, 8);
  });

  it("have no counters of heat on machines that do not count it", async () => {
    const sysfs = await newDirectory();
    writeFiles(join(sysfs, "devices/system/cpu"), {
      online: "0\n",
      isolated: "\n",
      "cpu0/topology/core_id": "0\n",
      "cpu0/topology/physical_package_id": "0\n",
    });
    const topology = new CpuTopologyFiles(rootOf(sysfs), files, new Skips());
    assert.deepEqual(await topology.read(), { coreThrottles: [], packageThrottles: [], isolatedCpus: [] });
    assert.equal(await new CpuTopologyFiles(rootOf(await newDirectory()), files, new Skips()).read(), undefined);
  });

  it("are listed as the kernel lists them", () => {
    assert.deepEqual(parseCpuList("0-2,5,8-9\n"), [0, 1, 2, 5, 8, 9]);
    assert.deepEqual(parseCpuList("\n"), []);
  });
});

describe("the clock of /sys", () => {
  it("names what is used and what could be", async () => {
    const sysfs = await newDirectory();
    writeFiles(join(sysfs, "devices/system/clocksource"), {
      "clocksource0/available_clocksource": "tsc kvm-clock acpi_pm \n",
      "clocksource0/current_clocksource": "tsc\n",
    });
    assert.deepEqual(await readClocksources(rootOf(sysfs), files, new Skips()), [
      { device: "0", available: ["tsc", "kvm-clock", "acpi_pm"], current: "tsc" },
    ]);
    assert.deepEqual(await readClocksources(rootOf(await newDirectory()), files, new Skips()), []);
  });
});

describe("local time", () => {
  it("has the abbreviation of its rule for the offset of the moment", () => {
    assert.equal(abbreviationOf("CET-1CEST,M3.5.0,M10.5.0/3", 3600), "CET");
    assert.equal(abbreviationOf("CET-1CEST,M3.5.0,M10.5.0/3", 7200), "CEST");
    assert.equal(abbreviationOf("EST5EDT,M3.2.0,M11.1.0", -14400), "EDT");
    assert.equal(abbreviationOf("<+0530>-5:30", 19800), "+0530");
    assert.equal(abbreviationOf("<-03>3", -10800), "-03");
    assert.equal(abbreviationOf("UTC0", 0), "UTC");
    assert.equal(abbreviationOf("", 0), undefined);
  });

  it("is named by the tz database, and by its offset where there is none", async () => {
    const folder = await newDirectory();
    writeFiles(folder, { "Europe/Berlin": "TZif2\0\0\nTZif2\0\nCET-1CEST,M3.5.0,M10.5.0/3\n" });
    const berlin = new LocalTime("Europe/Berlin", folder);
    assert.deepEqual(berlin.named(3600), { name: "CET", offsetSeconds: 3600 });
    assert.deepEqual(berlin.named(7200), { name: "CEST", offsetSeconds: 7200 });
    assert.deepEqual(new LocalTime("Asia/Kolkata", folder).named(19800), { name: "UTC+5.5", offsetSeconds: 19800 });
    assert.deepEqual(new LocalTime("UTC", folder).named(0), { name: "UTC", offsetSeconds: 0 });
  });
});

describe("udev's database", () => {
  it("gives properties and leaves out what is not one", () => {
    const properties = parseUdevData("S:disk/by-id/x\nW:5\nI:123\nE:ID_MODEL=Fast Disk\nE:ID_PATH=pci-0:1=2\nE:EMPTY=\nG:systemd\n");
    assert.deepEqual(Object.fromEntries(properties), { ID_MODEL: "Fast Disk", ID_PATH: "pci-0:1=2", EMPTY: "" });
  });

  it("is read again only when udev has written", async () => {
    if (process.platform === "win32") return;
    const folder = await newDirectory();
    writeFiles(folder, { "b254:0": "E:ID_MODEL=one\n", "c1:3": "E:ID_MODEL=null\n", n1: "" });
    utimesSync(folder, 1000, 1000);
    const udev = new UdevData(folder, new Skips());
    const models = () => [...(atOnce(udev.read()) ?? [])].map(([device, properties]) => [device, properties.get("ID_MODEL")]);
    assert.deepEqual(models(), [["254:0", "one"]]);
    assert.equal(atOnce(udev.read()), atOnce(udev.read()), "the same until something changes");
    writeFiles(folder, { "b254:16": "E:ID_MODEL=two\n" });
    assert.deepEqual(models(), [
      ["254:0", "one"],
      ["254:16", "two"],
    ]);
    assert.equal(atOnce(new UdevData(join(folder, "none"), new Skips()).read()), undefined);
  });
});
