import assert from "node:assert/strict";
import { parseDiskstats } from "../../src/procfs/diskstats.ts";
import { parseMounts, parseSuperblocks } from "../../src/procfs/mounts.ts";
import { parseNetDev } from "../../src/procfs/netDev.ts";
import { Skips } from "../../src/procfs/skips.ts";
import { scan } from "../support/text.ts";

describe("the kernel's files of disks, interfaces and mounts", () => {
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
});
