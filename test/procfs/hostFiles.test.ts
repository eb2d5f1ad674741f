import assert from "node:assert/strict";
import { parseDiskstats } from "../../src/procfs/diskstats.ts";
import { MalformedError } from "../../src/procfs/errors.ts";
import { parseLoadavg } from "../../src/procfs/loadavg.ts";
import { parseMeminfo } from "../../src/procfs/meminfo.ts";
import { parseMounts, parseSuperblocks } from "../../src/procfs/mounts.ts";
import { parseNetDev } from "../../src/procfs/netDev.ts";
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
    assert.equal(parseStat(scan("cpu  1 2 3 4 5 6 7\n"), 100, 0).total.steal, 0);
  });

  it("names the file and the line when /proc/stat is not what it should be", () => {
    assert.throws(
      () => parseStat(scan("cpu  1 x 3\n", "/proc/stat"), 100, 0),
      (error: Error) => {
        assert.ok(error instanceof MalformedError);
        assert.match(error.message, /^\/proc\/stat: expected a number, got "cpu {2}1 x 3"$/);
        return true;
      },
    );
    assert.throws(() => parseStat(scan("ctxt 5\n"), 100, 0), /begins with/);
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
    assert.throws(() => parseLoadavg(scan("0.46 0.18 0.07 2 778\n")), /running\/total/);
  });

  it("gives memory in bytes and leaves counts of huge pages alone", () => {
    const memory = parseMeminfo(
      scan(
        "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    600 kB\nActive(anon):    5 kB\nSwapTotal:  50 kB\nSwapFree: 20 kB\nHugePages_Total:       3\n",
      ),
    );
    assert.equal(memory.totalBytes, 1_024_000);
    assert.equal(memory.availableBytes, 614_400);
    assert.equal(memory.swapTotalBytes, 51_200);
    assert.equal(memory.swapFreeBytes, 20_480);
    assert.equal(memory.fields.get("Active(anon)"), 5120);
    assert.equal(memory.fields.get("HugePages_Total"), 3);
  });

  it("estimates what is available where the kernel does not yet say", () => {
    assert.equal(parseMeminfo(scan("MemTotal: 1000 kB\nMemFree: 1 kB\nBuffers: 2 kB\nCached: 4 kB\n")).availableBytes, 7 * 1024);
  });

  it("reads disks of kernels with 11, 15 and 17 counters", () => {
    const [old, middle, now] = parseDiskstats(
      scan(
        "8 0 sda 1 2 3 4000 5 6 7 8000 9 10000 11000\n8 16 sdb 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15000\n8 32 sdc 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17000\n",
      ),
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
    );
    assert.deepEqual(mounts, [
      { device: "/dev/sda1", mountpoint: "/", fstype: "ext4", readOnly: false },
      { device: "/dev/sdb1", mountpoint: "/mnt/my disk", fstype: "ext4", readOnly: true },
      { device: "/dev/sdc1", mountpoint: "/mnt/a", fstype: "xfs", readOnly: false },
    ]);
  });

  it("takes a mount without a source for what it is: its line begins with a blank", () => {
    assert.deepEqual(parseMounts(scan(" /mnt tmpfs rw,relatime 0 0\n/dev/sdb1 /srv xfs ro 0 0\n")), [
      { device: "", mountpoint: "/mnt", fstype: "tmpfs", readOnly: false },
      { device: "/dev/sdb1", mountpoint: "/srv", fstype: "xfs", readOnly: true },
    ]);
  });

  it("keeps the bytes of mount points that are no UTF-8, and shows each differently", () => {
    const mounts = parseMounts(
      scan("/dev/sdb1 /srv/caf\xe9 ext4 rw 0 0\n/dev/sdc1 /srv/caf\xe8\\040\xc3\xa9 ext4 rw 0 0\n/d\xff /srv/\xc3\xa9 xfs rw 0 0\n"),
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
