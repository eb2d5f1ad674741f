import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ThreadedStatfs } from "../../src/collectors/statfs.ts";
import { DeadMount } from "../support/deadMount.ts";
import { requireFuse } from "../support/servers.ts";

/** A worker's script that hangs on paths that begin with /dead, until the process lets it go. */
const hanging = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from "node:worker_threads";
    const size = { bsize: 1, blocks: 2, bfree: 3, bavail: 4, files: 5, ffree: 6 };
    parentPort.on("message", (path) => {
      if (path.startsWith("/dead")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(path.slice(5) || 60_000));
      parentPort.postMessage(path === "/denied" ? { code: "EACCES", message: "no" } : { size });
    });`)}`,
);

describe("asking file systems that may hang", function () {
  this.timeout(20_000);
  let statfs: ThreadedStatfs;
  afterEach(() => statfs.close());

  it("gives what the kernel says, of local file systems and of others", async () => {
    statfs = new ThreadedStatfs();
    const local = await statfs.ask(tmpdir(), "ext4");
    const other = await statfs.ask(tmpdir(), "nfs4");
    assert.equal(other.blocks, local.blocks);
    assert.equal(other.bsize, local.bsize);
    assert.ok(local.blocks > 0);
  });

  it("passes the kernel's error on", async () => {
    statfs = new ThreadedStatfs();
    const missing = join(tmpdir(), "culprit-there-is-no-such-path");
    for (const fstype of ["ext4", "nfs"]) await assert.rejects(statfs.ask(missing, fstype), { code: "ENOENT" });
    assert.equal(statfs.waiting, 0);
  });

  it("goes on asking while one does not answer", async () => {
    statfs = new ThreadedStatfs(hanging);
    let answered = false;
    const dead = statfs.ask("/dead", "nfs4").finally(() => {
      answered = true;
    });
    dead.catch(() => undefined);
    assert.equal((await statfs.ask("/alive", "nfs4")).blocks, 2);
    await assert.rejects(statfs.ask("/denied", "nfs4"), { code: "EACCES" });
    assert.equal((await statfs.ask("/alive", "cifs")).blocks, 2);
    assert.equal(answered, false);
    assert.equal(statfs.waiting, 1);
  });

  it("loses no more than four threads, and asks again when one comes back", async () => {
    statfs = new ThreadedStatfs(hanging);
    const lost = ["/dead", "/dead", "/dead"].map((path) => statfs.ask(path, "nfs4"));
    for (const one of lost) one.catch(() => undefined);
    const slow = statfs.ask("/dead500", "nfs4");
    await assert.rejects(statfs.ask("/alive", "nfs4"), { code: "timeout" });
    assert.equal((await statfs.ask(tmpdir(), "ext4")).blocks > 0, true, "local file systems are not kept waiting");
    assert.equal((await slow).blocks, 2);
    assert.equal((await statfs.ask("/alive", "nfs4")).blocks, 2);
  });

  it("tells who waits when a thread ends, and starts another", async () => {
    const dying = new URL(
      `data:text/javascript,${encodeURIComponent('import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit(3));')}`,
    );
    statfs = new ThreadedStatfs(dying);
    for (let round = 0; round < 2; round++) await assert.rejects(statfs.ask("/any", "nfs4"), /ended with code 3/);
    assert.equal(statfs.waiting, 0);
  });

  it("survives a mount whose server is dead", async function () {
    requireFuse(this);
    const mounts = [new DeadMount(), new DeadMount()];
    try {
      statfs = new ThreadedStatfs();
      const asked = mounts.map((mount) => statfs.ask(mount.path, "fuse"));
      for (const one of asked) one.catch(() => undefined);
      assert.ok((await statfs.ask(tmpdir(), "fuse.sshfs")).blocks > 0);
      assert.equal(statfs.waiting, 2);
      for (const mount of mounts) mount.revive();
      for (const one of asked) await assert.rejects(one, { code: "ENOTCONN" });
      assert.equal(statfs.waiting, 0);
    } finally {
      for (const mount of mounts) mount.remove();
    }
  });
});
