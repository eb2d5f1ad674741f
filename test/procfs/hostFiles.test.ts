import assert from "node:assert/strict";
import { parseDiskstats } from "../../src/procfs/diskstats.ts";
import { MalformedError } from "../../src/procfs/errors.ts";
import { parseLoadavg } from "../../src/procfs/loadavg.ts";
import { parseMeminfo } from "../../src/procfs/meminfo.ts";
import { parseMounts, parseSuperblocks } from "../../src/procfs/mounts.ts";
import { parseNetDev } from "../../src/procfs/netDev.ts";
import { Skips } from "../../src/procfs/skips.ts";
import { parseStat } from "../../src/procfs/stat.ts";
import { parseAuxiliaryVector } from "../../src/procfs/units.ts";
import { scan } from "../support/text.ts";

describe("the kernel's host files", () => {
  it("gives CPU seconds by mode, per machine and per CPU, and what was counted since boot", () => {
    const stat = parseStat(
      scan(
        "cpu  100 20 30 4000 50 6 7 8 9 10\ncpu0 50 10 15 2000 25 3 3 4 4 5\ncpu3 50 10 15 2000 25 3 4 4 5 5\nintr 12345 0 1 2\nctxt 777\nbtime 1790000000\nprocesses 4242\nprocs_running 3\nprocs_blocked 1\nsoftirq 999 1 2 3\n",
      ),
      100,
      5,
      new Skips(),
    );
    assert.deepEqual(stat.total, {
      user: 1,
      nice: 0.2,
      system: 0.3,
      idle: 40,
      iowait: 0.5,
      irq: 0.06,
      softirq: 0.07,
      steal: 0.08,
      guest: 0.09,
      guestNice: 0.1,
    });
    assert.deepEqual(
      stat.perCpu.map((one) => one.cpu),
      [0, 3],
    );
    assert.equal(stat.interrupts, 12345);
    assert.equal(stat.softirqs, 999);
    assert.equal(stat.forks, 4242);
    assert.equal(stat.bootTimeSeconds, 1790000000);
    assert.equal(stat.runningTasks, 3);
    assert.equal(stat.blockedTasks, 1);
    assert.equal(stat.readAtSeconds, 5);
  });

  it("takes the seven columns of an old kernel's CPU line", () => {
    assert.equal(parseStat(scan("cpu  1 2 3 4 5 6 7\n"), 100, 0, new Skips()).total.steal, 0);
  });

  it("names the file and the line when /proc/stat is not what it should be", () => {
    const skips = new Skips();
    assert.throws(
      () => parseStat(scan("cpu  1 x 3\n", "/proc/stat"), 100, 0, skips),
      (error: Error) => {
        assert.ok(error instanceof MalformedError);
        assert.match(error.message, /^\/proc\/stat: expected a line that begins with "cpu"/);
        return true;
      },
    );
    assert.deepEqual(skips.take(), { count: 1, notes: [{ path: "/proc/stat", reason: 'expected a number, got "cpu  1 x 3"' }] });
    assert.throws(() => parseStat(scan("ctxt 5\n"), 100, 0, new Skips()), /begins with/);
  });

  it("adds the CPUs up where /proc/stat has no line of their sum, and leaves out the CPU whose line is odd", () => {
    const skips = new Skips();
    const stat = parseStat(scan("cpu0 1 0 2 700 0 0 0\ncpu1 1 0 2 7OO\ncpu2 100 0 0 300 0 0 0\nprocesses 7\n"), 100, 0, skips);
    assert.deepEqual([stat.total.user, stat.total.idle, stat.forks], [1.01, 10, 7]);
    assert.deepEqual(
      stat.perCpu.map(({ cpu }) => cpu),
      [0, 2],
    );
    assert.equal(skips.count, 1);
  });

  it("keeps the low digits of counters that a double does not count exactly", () => {
    const idle = (text: string) => parseStat(scan(`cpu  5 0 0 ${text} 0\ncpu0 5 0 0 ${text} 0\n`), 100, 0, new Skips());
    const [before, after] = [idle("8317131874320235395"), idle("8317131874320235485")];
    assert.equal(before.total.idle, after.total.idle);
    assert.equal(((after.totalLowDigits?.idle ?? 0) - (before.totalLowDigits?.idle ?? 0)).toFixed(2), "0.90");
    assert.deepEqual(before.perCpu[0]?.lowDigits, before.totalLowDigits);
    assert.equal(before.totalLowDigits?.user, 0.05);
    assert.equal(idle("900000000000000").totalLowDigits, undefined);
  });

  it("reads the load average", () => {
    assert.deepEqual(parseLoadavg(scan("0.46 12.18 0.07 2/778 2287\n")), {
      load1: 0.46,
      load5: 12.18,
      load15: 0.07,
      runnableTasks: 2,
      totalTasks: 778,
      lastPid: 2287,
    });
    const averages = { load1: 0.46, load5: 0.18, load15: 0.07 };
    for (const rest of ["", " 2 778", " 0/0 0 more", " x/y 12"]) assert.deepEqual(parseLoadavg(scan(`0.46 0.18 0.07${rest}\n`)), averages);
    assert.deepEqual(parseLoadavg(scan("0.46 0.18 0.07 0/0 12\n")), { ...averages, lastPid: 12 });
    assert.deepEqual(parseLoadavg(scan("0.46 0.18 0.07 3/80\n")), { ...averages, runnableTasks: 3, totalTasks: 80 });
    assert.throws(() => parseLoadavg(scan("0.46 x\n")), /a number/);
  });

  it("gives memory in bytes and leaves counts of huge pages alone", () => {
    const memory = parseMeminfo(
      scan(
        "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    600 kB\nActive(anon):    5 kB\nSwapTotal:  50 kB\nSwapFree: 20 kB\nHugePages_Total:       3\n",
      ),
      new Skips(),
    );
    assert.equal(memory.totalBytes, 1_024_000);
    assert.equal(memory.availableBytes, 614_400);
    assert.equal(memory.swapTotalBytes, 51_200);
    assert.equal(memory.swapFreeBytes, 20_480);
    assert.equal(memory.fields.get("Active(anon)"), 5120);
    assert.equal(memory.fields.get("HugePages_Total"), 3);
  });

  it("estimates what is available where the kernel does not yet say", () => {
    assert.equal(
      parseMeminfo(scan("MemTotal: 1000 kB\nMemFree: 1 kB\nBuffers: 2 kB\nCached: 4 kB\n"), new Skips()).availableBytes,
      7 * 1024,
    );
  });

  it("finds what is available wherever it stands, and leaves odd lines out", () => {
    const skips = new Skips();
    const text = "MemTotal: 1000 kB\nMemFree: 50 kB\n---\nCached: x kB\nSwapTotal: 50 kB\nSwapFree: 20 kB\nMemAvailable: 600 kB\n";
    const memory = parseMeminfo(scan(text, "/proc/meminfo"), skips);
    assert.equal(memory.availableBytes, 600 * 1024);
    assert.deepEqual([...memory.fields.keys()], ["MemTotal", "MemFree", "SwapTotal", "SwapFree", "MemAvailable"]);
    assert.deepEqual(
      skips.take()?.notes.map(({ reason }) => reason),
      ['expected name: value, got "---"', 'expected a number behind the name, got "Cached: x kB"'],
    );
  });

  it("believes no available memory that cannot be", () => {
    const available = (text: string) => parseMeminfo(scan(text), new Skips()).availableBytes;
    // nothing while half is free, and more than there is
    assert.equal(available("MemTotal: 1000 kB\nMemFree: 500 kB\nMemAvailable: 0 kB\nCached: 4 kB\n"), 504 * 1024);
    assert.equal(available("MemTotal: 1000 kB\nMemFree: 500 kB\nMemAvailable: 18014398509481984 kB\n"), 500 * 1024);
    // a machine that is really full
    assert.equal(available("MemTotal: 1000 kB\nMemFree: 20 kB\nMemAvailable: 0 kB\n"), 0);
    assert.equal(available("MemTotal: 1000 kB\n"), undefined);
    assert.equal(available("MemTotal: 1000 kB\nMemFree: 2000 kB\n"), undefined);
    assert.equal(available("MemFree: 500 kB\nMemAvailable: 600 kB\n"), undefined);
    assert.throws(() => parseMeminfo(scan("nonsense\n"), new Skips()), MalformedError);
  });

  it("takes lines of disks that end early for what they say, and leaves out those that say no bytes", () => {
    const skips = new Skips();
    const text =
      "8 0 sda 18 0 1808 0 0 0 0 0 0 0 0 7 6 5\n8 1 sda1 10 200 20 400\n8 2 sda2 1 2 3 4 5 6 7\n\0\0\0\0\n8 3 sda3 1 2 3\n8 4 sda4 1 x 3 4\n";
    const [cut, old, shortest, ...others] = parseDiskstats(scan(text, "/proc/diskstats"), skips);
    assert.deepEqual([cut?.readBytes, cut?.discardedBytes, cut?.discardSeconds], [1808 * 512, 5 * 512, undefined]);
    const { readsCompleted, readsMerged, readBytes, writesCompleted, writtenBytes } = old ?? {};
    assert.deepEqual([readsCompleted, readsMerged, readBytes, writesCompleted, writtenBytes], [10, undefined, 102400, 20, 204800]);
    assert.deepEqual([shortest?.device, shortest?.writtenBytes, shortest?.ioSeconds], ["sda2", 3584, undefined]);
    assert.deepEqual(others, []);
    assert.deepEqual(
      skips.take()?.notes.map(({ reason }) => reason),
      [
        'expected a number, got "\\u0000\\u0000\\u0000\\u0000"',
        'expected 4 counters, or 7 to 17, got "8 3 sda3 1 2 3"',
        'expected a number, got "8 4 sda4 1 x 3 4"',
      ],
    );
  });

  it("knows interfaces whose names hold a colon, and those that say no numbers cost themselves only", () => {
    const skips = new Skips();
    const columns = "1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0";
    const text = `Inter-| Receive\n face |bytes\n    lo: ${columns}\neth0:1: ${columns}\n eth1:${columns}\n tun0: No statistics available\n`;
    assert.deepEqual(
      parseNetDev(scan(text), skips).map(({ device, transmit }) => [device, transmit.bytes]),
      [
        ["lo", 3],
        ["eth0:1", 3],
        ["eth1", 3],
      ],
    );
    assert.equal(skips.count, 1);
  });

  it("reads disks of kernels with 11, 15 and 17 counters", () => {
    const [old, middle, now] = parseDiskstats(
      scan(
        "8 0 sda 1 2 3 4000 5 6 7 8000 9 10000 11000\n8 16 sdb 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15000\n8 32 sdc 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17000\n",
      ),
      new Skips(),
    );
    assert.deepEqual(old, {
      device: "sda",
      major: 8,
      minor: 0,
      readsCompleted: 1,
      readsMerged: 2,
      readBytes: 3 * 512,
      readSeconds: 4,
      writesCompleted: 5,
      writesMerged: 6,
      writtenBytes: 7 * 512,
      writeSeconds: 8,
      ioNow: 9,
      ioSeconds: 10,
      ioWeightedSeconds: 11,
    });
    assert.equal(middle?.discardSeconds, 15);
    assert.equal(middle?.flushSeconds, undefined);
    assert.equal(now?.flushesCompleted, 16);
    assert.equal(now?.flushSeconds, 17);
  });

  it("reads interfaces whose name runs into the first number", () => {
    const head =
      "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";
    const [lo, eth] = parseNetDev(
      scan(`${head}    lo:3193 2 0 0 0 0 0 0 3193 2 0 0 0 0 0 0\n  eth0: 285810729 9 1 2 3 4 5 6 738233 8 7 6 5 4 3 2\n`),
      new Skips(),
    );
    assert.equal(lo?.device, "lo");
    assert.equal(lo?.receive.bytes, 3193);
    assert.equal(eth?.receive.multicastOrCarrier, 6);
    assert.deepEqual(eth?.transmit, {
      bytes: 738233,
      packets: 8,
      errors: 7,
      drops: 6,
      fifo: 5,
      frameOrCollisions: 4,
      compressed: 3,
      multicastOrCarrier: 2,
    });
  });

  it("keeps the last of two mounts on one point and decodes blanks in names", () => {
    const mounts = parseMounts(
      scan(
        "/dev/sda1 / ext4 rw,relatime 0 0\n/dev/sdb1 /mnt/my\\040disk ext4 ro,noatime 0 0\nnone /mnt/a tmpfs rw 0 0\n/dev/sdc1 /mnt/a xfs rw 0 0\n",
      ),
      new Skips(),
    );
    assert.deepEqual(mounts, [
      { device: "/dev/sda1", mountpoint: "/", fstype: "ext4", readOnly: false },
      { device: "/dev/sdb1", mountpoint: "/mnt/my disk", fstype: "ext4", readOnly: true },
      { device: "/dev/sdc1", mountpoint: "/mnt/a", fstype: "xfs", readOnly: false },
    ]);
  });

  it("takes a mount without a source for what it is: its line begins with a blank", () => {
    assert.deepEqual(parseMounts(scan(" /mnt tmpfs rw,relatime 0 0\n/dev/sdb1 /srv xfs ro 0 0\n"), new Skips()), [
      { device: "", mountpoint: "/mnt", fstype: "tmpfs", readOnly: false },
      { device: "/dev/sdb1", mountpoint: "/srv", fstype: "xfs", readOnly: true },
    ]);
  });

  it("keeps the bytes of mount points that are no UTF-8, and shows each differently", () => {
    const mounts = parseMounts(
      scan("/dev/sdb1 /srv/caf\xe9 ext4 rw 0 0\n/dev/sdc1 /srv/caf\xe8\\040\xc3\xa9 ext4 rw 0 0\n/d\xff /srv/\xc3\xa9 xfs rw 0 0\n"),
      new Skips(),
    );
    assert.deepEqual(mounts, [
      {
        device: "/dev/sdb1",
        mountpoint: "/srv/caf\\xe9",
        pathBytes: Buffer.from("/srv/caf\xe9", "latin1"),
        fstype: "ext4",
        readOnly: false,
      },
      {
        device: "/dev/sdc1",
        mountpoint: "/srv/caf\\xe8 é",
        pathBytes: Buffer.from("/srv/caf\xe8 \xc3\xa9", "latin1"),
        fstype: "ext4",
        readOnly: false,
      },
      { device: "/d\\xff", mountpoint: "/srv/é", fstype: "xfs", readOnly: false },
    ]);
  });

  it("learns from mountinfo which mounts are of one file system", () => {
    const text =
      "36 35 8:1 / / rw,noatime shared:1 - ext4 /dev/root rw\n37 36 0:44 /a /mnt/my\\040disk rw master:1 - virtiofs share rw\n38 36 0:44 /b /srv rw - virtiofs share rw\n";
    assert.deepEqual(
      [...parseSuperblocks(scan(text))],
      [
        ["/", "8:1"],
        ["/mnt/my disk", "0:44"],
        ["/srv", "0:44"],
      ],
    );
  });

  it("learns page size and tick from the auxiliary vector", () => {
    const vector = Buffer.alloc(48);
    vector.writeBigUInt64LE(6n, 0);
    vector.writeBigUInt64LE(65536n, 8);
    vector.writeBigUInt64LE(17n, 16);
    vector.writeBigUInt64LE(250n, 24);
    assert.deepEqual(parseAuxiliaryVector(vector), { pageBytes: 65536, ticksPerSecond: 250 });
  });
});
