import assert from "node:assert/strict";
import { createFilesystemsCollector, type Statfs } from "../../src/collectors/filesystems.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { ManualClock, settle } from "../support/manualClock.ts";

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

  function collector(ask: Statfs) {
    return createFilesystemsCollector(new KernelFiles(machine.root), clock, { everySeconds: 10, limitSeconds: 5 }, ask);
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
});
