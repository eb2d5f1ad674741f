import assert from "node:assert/strict";
import { createFilesystemsCollector } from "../../src/collectors/filesystems.ts";
import { silentLog } from "../../src/log.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { HelperReads } from "../../src/slowReads/helperReads.ts";
import { DeadMount } from "../support/deadMount.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { ManualClock, settle } from "../support/manualClock.ts";
import { PlayedHelpers } from "../support/playedHelper.ts";
import { requireFuse } from "../support/servers.ts";

const size = { bsize: 4096, blocks: 1000, bfree: 500, bavail: 400, files: 100, ffree: 90 };

describe("the file systems of a Sample", () => {
  let machine: FixtureMachine;
  let clock: ManualClock;
  let asked: string[];
  beforeEach(() => {
    machine = new FixtureMachine();
    clock = new ManualClock();
    asked = [];
    machine.write(
      "1/mounts",
      "/dev/sda1 / ext4 rw 0 0\nserver:/export /mnt/dead nfs4 rw 0 0\n/dev/sdb1 /srv xfs ro 0 0\nproc /proc proc rw 0 0\n",
    );
  });
  afterEach(() => machine.remove());

  /** `answer` says what a mount point says; undefined as long as it hangs. */
  function collector(answer: (mountpoint: string) => object | undefined = () => size) {
    const helpers = new PlayedHelpers((path) => {
      const mountpoint = path.slice(machine.root.rootfs.length) || "/";
      asked.push(mountpoint);
      return answer(mountpoint);
    });
    const reads = new HelperReads({ clock, log: silentLog, start: helpers.start });
    const filesystems = createFilesystemsCollector(new KernelFiles(machine.root), reads, { everySeconds: 10, limitSeconds: 5 });
    const errors = () => filesystems.collect(clock)?.map((one) => [one.mountpoint, one.error]);
    return Object.assign(filesystems, { errors, helpers });
  }

  it("gives sizes in bytes and leaves the kernel's own file systems out", async () => {
    const filesystems = collector();
    filesystems.collect(clock);
    await settle();
    const readings = filesystems.collect(clock);
    assert.deepEqual(
      readings?.map((one) => [one.mountpoint, one.readOnly, one.size?.sizeBytes, one.size?.availableBytes]),
      [
        ["/", false, 4_096_000, 1_638_400],
        ["/mnt/dead", false, 4_096_000, 1_638_400],
        ["/srv", true, 4_096_000, 1_638_400],
      ],
    );
  });

  it("blanks only the mount that does not answer, and asks it nothing more while it hangs", async () => {
    const filesystems = collector((mountpoint) => (mountpoint === "/mnt/dead" ? undefined : size));
    filesystems.collect(clock);
    await clock.advance(6);
    const right = [
      ["/", undefined],
      ["/mnt/dead", "timeout"],
      ["/srv", undefined],
    ];
    assert.deepEqual(filesystems.errors(), right);
    await clock.advance(10);
    assert.deepEqual(filesystems.errors(), right);
    await clock.advance(1);
    assert.deepEqual(asked, ["/", "/srv", "/mnt/dead", "/", "/srv"]);
  });

  it("shows the mounts that answer, however many others do not", async () => {
    const dead = Array.from({ length: 30 }, (_, index) => `server${index}:/x /dead${index} nfs4 rw 0 0\n`).join("");
    machine.write("1/mounts", `/dev/sda1 / ext4 rw 0 0\n${dead}alive:/x /alive nfs4 rw 0 0\n`);
    const filesystems = collector((mountpoint) => (mountpoint.startsWith("/dead") ? undefined : size));
    filesystems.collect(clock);
    await clock.advance(30);
    const shown = () => filesystems.collect(clock)?.flatMap((one) => (one.size === undefined ? [] : one.mountpoint));
    assert.deepEqual(shown(), ["/", "/alive"]);
    await clock.advance(11);
    assert.deepEqual(shown(), ["/", "/alive"]);
    assert.equal(asked.filter((one) => one.startsWith("/dead")).length, 30, "each dead one is asked once");
    assert.equal(asked.filter((one) => one === "/alive").length >= 2, true, "the others again and again");
  });

  it("says why a mount gives no size", async () => {
    const filesystems = collector((mountpoint) => {
      if (mountpoint === "/srv") throw Object.assign(new Error("no"), { code: "EACCES" });
      return size;
    });
    filesystems.collect(clock);
    await settle();
    assert.equal(filesystems.collect(clock)?.at(-1)?.error, "denied");
  });

  it("shows what has answered while a mount is still being waited for", async () => {
    const filesystems = collector((mountpoint) => (mountpoint === "/mnt/dead" ? undefined : size));
    filesystems.collect(clock);
    await settle();
    assert.deepEqual(
      filesystems.collect(clock)?.map((one) => one.mountpoint),
      ["/", "/srv"],
    );
  });

  it("asks every mount once when two refreshes meet", async () => {
    const filesystems = collector();
    await Promise.all([filesystems.refresh(), filesystems.refresh()]);
    assert.deepEqual(asked, ["/", "/srv", "/mnt/dead"]);
    assert.deepEqual(
      filesystems.errors()?.map(([, error]) => error),
      [undefined, undefined, undefined],
    );
  });

  it("takes a mount up again when it answers after all, and forgets one that is gone", async () => {
    let dead = true;
    const filesystems = collector((mountpoint) => (dead && mountpoint === "/mnt/dead" ? undefined : size));
    const first = filesystems.refresh();
    await clock.advance(6);
    await first;
    assert.equal(filesystems.errors()?.[1]?.[1], "timeout");
    dead = false;
    filesystems.helpers.goOn();
    await settle();
    machine.write("1/mounts", "/dev/sda1 / ext4 rw 0 0\nserver:/export /mnt/dead nfs4 rw 0 0\n");
    await filesystems.refresh();
    assert.deepEqual(filesystems.errors(), [
      ["/", undefined],
      ["/mnt/dead", undefined],
    ]);
  });

  it("blanks only the dead mounts of a machine that has some", async function () {
    this.timeout(60_000);
    requireFuse(this);
    const dead = [new DeadMount(), new DeadMount(), new DeadMount()];
    const reads = new HelperReads({ clock: systemClock, log: silentLog });
    const files = new KernelFiles({ procfs: "/proc", sysfs: "/sys", rootfs: "/" });
    const filesystems = createFilesystemsCollector(files, reads, { everySeconds: 60, limitSeconds: 0.5 });
    try {
      await filesystems.refresh();
      const readings = filesystems.collect(clock) ?? [];
      for (const { path } of dead) assert.equal(readings.find((one) => one.mountpoint === path)?.error, "timeout");
      // other tests that run beside this one have dead mounts, too
      assert.ok(readings.some(({ mountpoint, size: known }) => mountpoint === "/" && known !== undefined));
    } finally {
      for (const mount of dead) mount.remove();
      reads.close();
      files.close();
    }
  });
});
