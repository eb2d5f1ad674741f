import assert from "node:assert/strict";
import type { FilesystemReading } from "../../src/model/devices.ts";
import { poolsOf } from "../../src/model/pools.ts";

type Facts = Partial<FilesystemReading> & {
  readonly used?: number;
  readonly left?: number;
  readonly files?: number;
  readonly filesFree?: number;
};

/** A mounted file system that holds `used` and has room for `left`; without `left` its size is not known. */
function mounted(mountpoint: string, { used = 0, left, files, filesFree, ...more }: Facts = {}): FilesystemReading {
  const inodes = files === undefined ? {} : { files, filesFree: filesFree ?? files };
  const size = left === undefined ? {} : { size: { sizeBytes: used + left, freeBytes: left, availableBytes: left, ...inodes } };
  return { device: "/dev/sda1", fstype: "ext4", mountpoint, readOnly: false, ...size, ...more };
}

describe("file systems with their room in common", () => {
  const pools = (...filesystems: FilesystemReading[]) =>
    poolsOf(filesystems).map(({ mountpoint, usageRatio, inodeUsageRatio }) =>
      [mountpoint, usageRatio, inodeUsageRatio].filter((one) => one !== undefined),
    );

  it("are one where they are mounts of one device, under the shortest name that can be written to", () => {
    const all = { used: 90, left: 10, files: 4, filesFree: 1 };
    const binds = [mounted("/var/lib/app", all), mounted("/a", { ...all, readOnly: true }), mounted("/srv", all), mounted("/tmp", all)];
    assert.deepEqual(pools(...binds, mounted("/data", { ...all, device: "/dev/sdb1", left: 30 })), [
      ["/srv", 0.9, 0.75],
      ["/data", 0.75, 0.75],
    ]);
  });

  it("are one where the kernel says so, whatever their devices are called, and two where it says that", () => {
    const share = { device: "share", fstype: "virtiofs", used: 9, left: 1 };
    const tmpfs = { device: "tmpfs", fstype: "tmpfs", used: 1, left: 9 };
    assert.deepEqual(
      pools(
        mounted("/a", { ...share, superblock: "0:44" }),
        mounted("/bb", { ...share, superblock: "0:44" }),
        mounted("/run", { ...tmpfs, superblock: "0:25" }),
        mounted("/tmp", { ...tmpfs, superblock: "0:26" }),
        mounted("/", { device: "/dev/root", superblock: "8:1", left: 1 }),
        mounted("/bind", { device: "/dev/sda1", superblock: "8:1", left: 1 }),
      ),
      [
        ["/a", 0.9],
        ["/run", expectedRatio(1, 9)],
        ["/tmp", expectedRatio(1, 9)],
        ["/", 0],
      ],
    );
    assert.equal(pools(mounted("/run", tmpfs), mounted("/tmp", tmpfs)).length, 2, "without a number a tmpfs is one of its own");
  });

  it("are no trouble where nobody can write", () => {
    const full = { used: 10, left: 0, readOnly: true };
    assert.deepEqual(pools(mounted("/usr", full), mounted("/snap", { ...full, device: "snapfuse", fstype: "fuse.snapfuse" })), []);
  });

  it("are as full as the pool where they are datasets of ZFS, however little each holds", () => {
    const zfs = (device: string, used: number, left = 10) =>
      mounted(`/${device}`, { device, fstype: "zfs", used, left, files: 100, filesFree: 1 });
    const sets = [zfs("tank", 0), zfs("tank/home", 300), zfs("tank/home/ada", 600), zfs("tank/vm", 90), zfs("other", 1, 99)];
    assert.deepEqual(pools(...sets), [
      ["/tank", 0.99],
      ["/other", expectedRatio(1, 99)],
    ]);
    const withSnapshotAndBind = [
      ...sets,
      zfs("tank/home@monday", 5000),
      mounted("/bind", { device: "tank/home", fstype: "zfs", used: 300, left: 10 }),
    ];
    assert.deepEqual(pools(...withSnapshotAndBind)[0], ["/bind", 0.99]);
  });

  it("are on their own where a quota leaves them less than the pool has", () => {
    const zfs = (device: string, used: number, left: number, readOnly = false) =>
      mounted(`/${device}`, { device, fstype: "zfs", used, left, readOnly });
    assert.deepEqual(
      pools(
        zfs("tank", 0, 1000),
        zfs("tank/a", 400, 998),
        zfs("tank/q", 99, 1),
        zfs("tank/q/below", 99, 1),
        zfs("tank/ro", 101, 1000, true),
      ),
      [
        ["/tank", 1 - 1000 / 1699],
        ["/tank/q", expectedRatio(198, 1)],
      ],
    );
  });

  it("stay known while one of them does not answer, and unknown while none does", () => {
    assert.deepEqual(pools(mounted("/", {}), mounted("/srv", { used: 1, left: 1 })), [["/srv", 0.5]]);
    assert.deepEqual(pools(mounted("/", {}), mounted("/srv", {})), [["/"]]);
    assert.deepEqual(
      pools(mounted("/tank", { device: "tank", fstype: "zfs" }), mounted("/b", { device: "tank/b", fstype: "zfs", used: 1, left: 1 })),
      [["/b", 0.5]],
    );
  });

  it("are one where they are volumes of an APFS container", () => {
    const apfs = (device: string, mountpoint: string, readOnly = false) =>
      mounted(mountpoint, { device, fstype: "apfs", used: 3, left: 1, readOnly });
    assert.deepEqual(
      pools(apfs("/dev/disk3s1s1", "/", true), apfs("/dev/disk3s5", "/System/Volumes/Data"), apfs("/dev/disk3s6", "/System/Volumes/VM")),
      [["/System/Volumes/VM", 0.75]],
    );
  });
});

function expectedRatio(used: number, left: number): number {
  return 1 - left / (used + left);
}
