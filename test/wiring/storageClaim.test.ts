import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { claimStorage, readStorageHolder, StorageTaken } from "../../src/wiring/storageClaim.ts";
import { requireRoot } from "../support/servers.ts";
import { SmallDisk } from "../support/smallDisk.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { Zombie } from "../support/zombie.ts";

describe("The claim on a storage directory", () => {
  const tempDirectory = tempDirectories();

  it("says who works there and where, for as long as it is held, to its user alone", async () => {
    const directory = join(await tempDirectory(), "new");
    assert.equal(await readStorageHolder(directory), undefined);
    const claim = await claimStorage(directory, "serve");
    assert.deepEqual(await readStorageHolder(directory), { pid: process.pid, command: "serve", urls: [] });
    await claim.announce(["http://127.0.0.1:1/"]);
    assert.deepEqual((await readStorageHolder(directory))?.urls, ["http://127.0.0.1:1/"]);
    assert.deepEqual(await readdir(directory), ["running.json"]);
    assert.equal((await stat(join(directory, "running.json"))).mode & 0o777, 0o600);
    await claim.release();
    assert.deepEqual(await readdir(directory), []);
  });

  it("is had by one of many who want it at the same time, and by the next after its release", async () => {
    const directory = await tempDirectory();
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => claimStorage(directory, "capture")));
    const [won, ...others] = tries.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    assert.ok(won !== undefined);
    assert.deepEqual(others, []);
    for (const one of tries) if (one.status === "rejected") assert.ok(one.reason instanceof StorageTaken, String(one.reason));
    await won.release();
    await (await claimStorage(directory, "capture")).release();
    assert.deepEqual(await readdir(directory), []);
  });

  it("tells the next who was left behind, and whether the machine has started anew since", async () => {
    const directory = await tempDirectory();
    const path = join(directory, "running.json");
    const leave = async (changes: object = {}) => {
      const left = await claimStorage(directory, "serve");
      const written = JSON.parse(await readFile(path, "utf8"));
      // no process has this number
      await writeFile(path, JSON.stringify({ ...written, pid: 2 ** 30, ...changes }));
      return left;
    };
    assert.equal((await leave()).leftBehind, undefined, "nobody was there before");
    const second = await leave({ birth: "another-boot 17" });
    assert.deepEqual(second.leftBehind, { command: "serve", pid: 2 ** 30, isOfEarlierBoot: false });
    const third = await claimStorage(directory, "serve");
    assert.deepEqual(third.leftBehind, { command: "serve", pid: 2 ** 30, isOfEarlierBoot: true });
    await third.release();
  });

  it("counts whoever was told to stop as no crash, even when it did not come to its end", async () => {
    const directory = await tempDirectory();
    const path = join(directory, "running.json");
    await (await claimStorage(directory, "serve")).end();
    const written = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...written, pid: 2 ** 30 }));
    const next = await claimStorage(directory, "serve");
    assert.equal(next.leftBehind, undefined);
    await Promise.all([next.end(), next.release()]);
    assert.deepEqual(await readdir(directory), []);
  });

  it("names the holder when it is taken", async () => {
    const directory = await tempDirectory();
    const claim = await claimStorage(directory, "serve");
    await claim.announce(["http://127.0.0.1:1/"]);
    await assert.rejects(claimStorage(directory, "serve"), {
      message: `another Culprit (pid ${process.pid}, culprit serve at http://127.0.0.1:1/) works in ${directory}; stop it, or choose another --storage.path`,
    });
  });

  it("is nobody's any more while its killed process is a zombie that nobody has reaped", async () => {
    const directory = await tempDirectory();
    const path = join(directory, "running.json");
    const zombie = await Zombie.make();
    try {
      await claimStorage(directory, "serve");
      const written = JSON.parse(await readFile(path, "utf8"));
      await writeFile(path, JSON.stringify({ ...written, pid: zombie.pid, birth: zombie.birth }));
      assert.equal((await readStorageHolder(directory))?.pid, zombie.pid, "as long as it lives");
      await assert.rejects(claimStorage(directory, "serve"), StorageTaken);
      await zombie.kill();
      assert.equal(await readStorageHolder(directory), undefined);
      await (await claimStorage(directory, "serve")).release();
    } finally {
      zombie.remove();
    }
  });

  it("that a full disk does not take is no error where somebody is told, is put there later, and respects another's all the same", async function () {
    requireRoot(this);
    const disk = new SmallDisk(await tempDirectory());
    try {
      disk.fill();
      const refused: string[] = [];
      await assert.rejects(claimStorage(disk.path, "capture"), /ENOSPC/);
      const claim = await claimStorage(disk.path, "serve", { onRefused: (error) => refused.push(String(error)) });
      assert.match(refused.join(), /^Error: ENOSPC[^,]*, write$/);
      await assert.rejects(claim.check(), /ENOSPC/);
      disk.makeRoom();
      await claim.announce(["http://127.0.0.1:1/"]);
      await rm(claim.path);
      await claim.check();
      assert.deepEqual((await readStorageHolder(disk.path))?.urls, ["http://127.0.0.1:1/"], "what somebody has removed is put back");
      disk.fill();
      await assert.rejects(claimStorage(disk.path, "serve", { onRefused: () => undefined }), StorageTaken);
      disk.makeRoom();
      await claim.release();
      assert.deepEqual(await readdir(disk.path), []);
    } finally {
      disk.remove();
    }
  });

  it("is nobody's any more once its process is dead, or another has its number", async () => {
    const directory = await tempDirectory();
    const path = join(directory, "running.json");
    await claimStorage(directory, "serve");
    const written = JSON.parse(await readFile(path, "utf8"));
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "close");
    for (const dead of [{ pid: child.pid }, { birth: "another boot 12" }]) {
      await writeFile(path, JSON.stringify({ ...written, ...dead }));
      assert.equal(await readStorageHolder(directory), undefined);
      const claims = await Promise.allSettled([claimStorage(directory, "serve"), claimStorage(directory, "serve")]);
      assert.equal(claims.filter(({ status }) => status === "fulfilled").length, 1);
    }
    assert.deepEqual(await readdir(directory), ["running.json"]);
  });

  it("is not there where the file is torn, or is something else", async () => {
    const directory = await tempDirectory();
    for (const text of ["", '{"pid":', "[]", '{"pid":"1"}']) {
      await writeFile(join(directory, "running.json"), text);
      assert.equal(await readStorageHolder(directory), undefined);
      await (await claimStorage(directory, "capture")).release();
    }
  });

  it("does not take away what another has put there since", async () => {
    const directory = await tempDirectory();
    const claim = await claimStorage(directory, "serve");
    const path = join(directory, "running.json");
    const other = { ...JSON.parse(await readFile(path, "utf8")), claim: "another" };
    await writeFile(path, JSON.stringify(other));
    await claim.release();
    assert.deepEqual(JSON.parse(await readFile(path, "utf8")), other);
  });
});
