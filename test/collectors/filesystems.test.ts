import assert from "node:assert/strict";
import { createFilesystemsCollector } from "../../src/collectors/filesystems.ts";
import { type Statfs, ThreadedStatfs } from "../../src/collectors/statfs.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { DeadMount } from "../support/deadMount.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { ManualClock, settle } from "../support/manualClock.ts";
import { requireFuse } from "../support/servers.ts";

const size = { bsize: 4096, blocks: 1000, bfree: 500, bavail: 400, files: 100, ffree: 90 };

describe("the file systems of a Sample", () => {
  let machine: FixtureMachine;
  let clock: ManualClock;
  beforeEach(() => {
    machine = new FixtureMachine();
    clock = new ManualClock();
    machine.write(
      "1/mounts",
      "/dev/sda1 / ext4 rw 0 0\nserver:/export /mnt/dead nfs4 rw 0 0\n/dev/sdb1 /srv xfs ro 0 0\nproc /proc proc rw 0 0\n",
    );
  });
  afterEach(() => machine.remove());

  function collector(ask: Statfs["ask"]) {
    const statfs = { ask, close: () => undefined };
    return createFilesystemsCollector(new KernelFiles(machine.root), clock, { everySeconds: 10, limitSeconds: 5 }, statfs);
  }

  it("gives sizes in bytes and leaves the kernel's own file systems out", async () => {
    const filesystems = collector(async () => size);
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
    const asked: string[] = [];
    const filesystems = collector((path) => {
      asked.push(path.slice(machine.root.rootfs.length) || "/");
      return path.endsWith("dead") ? new Promise(() => undefined) : Promise.resolve(size);
    });
    filesystems.collect(clock);
    await settle();
    await clock.advance(6);
    assert.deepEqual(
      filesystems.collect(clock)?.map((one) => [one.mountpoint, one.error]),
      [
        ["/", undefined],
        ["/mnt/dead", "timeout"],
        ["/srv", undefined],
      ],
    );
    await clock.advance(10);
    filesystems.collect(clock);
    await clock.advance(1);
    assert.deepEqual(asked, ["/", "/mnt/dead", "/srv", "/", "/srv"]);
  });

  it("says why a mount gives no size", async () => {
    const filesystems = collector((path) =>
      path.endsWith("srv") ? Promise.reject(Object.assign(new Error("no"), { code: "EACCES" })) : Promise.resolve(size),
    );
    filesystems.collect(clock);
    await settle();
    assert.equal(filesystems.collect(clock)?.at(-1)?.error, "denied");
  });

  it("shows what has answered while a mount is still being waited for", async () => {
    const filesystems = collector((path) => (path.endsWith("dead") ? new Promise(() => undefined) : Promise.resolve(size)));
    filesystems.collect(clock);
    await settle();
    assert.deepEqual(
      filesystems.collect(clock)?.map((one) => one.mountpoint),
      ["/"],
    );
  });

  it("does not take a mount for dead because two refreshes meet", async () => {
    const answers: (() => void)[] = [];
    const filesystems = collector(() => new Promise((resolve) => answers.push(() => resolve(size))));
    const refreshes = [filesystems.refresh(), filesystems.refresh()];
    for (let mount = 0; mount < 3; mount++) {
      await settle();
      assert.equal(answers.length, mount + 1, "every mount is asked once");
      answers[mount]?.();
    }
    await Promise.all(refreshes);
    assert.deepEqual(
      filesystems.collect(clock)?.map((one) => one.error),
      [undefined, undefined, undefined],
    );
  });

  it("takes a mount up again when it answers after all, and forgets one that is gone", async () => {
    let answer: () => void = () => undefined;
    let dead = true;
    const filesystems = collector((path) =>
      dead && path.endsWith("dead") ? new Promise((resolve) => (answer = () => resolve(size))) : Promise.resolve(size),
    );
    const first = filesystems.refresh();
    await settle();
    await clock.advance(6);
    await first;
    assert.equal(filesystems.collect(clock)?.[1]?.error, "timeout");
    dead = false;
    answer();
    await settle();
    machine.write("1/mounts", "/dev/sda1 / ext4 rw 0 0\nserver:/export /mnt/dead nfs4 rw 0 0\n");
    await filesystems.refresh();
    assert.deepEqual(
      filesystems.collect(clock)?.map((one) => [one.mountpoint, one.error]),
      [
        ["/", undefined],
        ["/mnt/dead", undefined],
      ],
    );
  });

  it("blanks only the dead mount of a machine that has one", async function () {
    this.timeout(20_000);
    requireFuse(this);
    const dead = new DeadMount();
    const root = { procfs: "/proc", sysfs: "/sys", rootfs: "/" };
    const statfs = new ThreadedStatfs();
    const filesystems = createFilesystemsCollector(new KernelFiles(root), systemClock, { everySeconds: 60, limitSeconds: 0.5 }, statfs);
    try {
      await filesystems.refresh();
      const readings = filesystems.collect(clock) ?? [];
      assert.equal(readings.find((one) => one.mountpoint === dead.path)?.error, "timeout");
      assert.deepEqual(
        readings.filter((one) => one.size === undefined).map((one) => one.mountpoint),
        [dead.path],
      );
    } finally {
      dead.remove();
      filesystems.close?.();
    }
  });
});
