import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FreeSpace, reserveName } from "../../src/capture/archives/freeSpace.ts";
import type { Part } from "../../src/capture/making/part.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { requireRoot } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { eventually, firing, group, openIn, ringOf } from "./support.ts";

const mebibyte = 1024 * 1024;

describe("on a small disk", () => {
  let directory: string;
  let disk: string;
  let clock: ManualClock;
  let isMounted = false;
  // before the directories are removed: hooks run in the order in which they are named
  afterEach(() => {
    if (isMounted) execFileSync("umount", ["-l", disk]);
    isMounted = false;
  });
  const tempDirectory = tempDirectories();

  beforeEach(async function () {
    requireRoot(this);
    directory = await tempDirectory();
    disk = join(directory, "disk");
    await mkdir(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", disk]);
    isMounted = true;
    clock = new ManualClock();
  });

  const freeBytes = async () => {
    const { bavail, bsize } = await statfs(disk);
    return bavail * bsize;
  };

  /** Takes what is free but for `left` bytes. */
  async function fill(left = 0): Promise<void> {
    const file = await open(join(disk, "filler"), "a");
    try {
      for (const size of [65536, 4096]) {
        while ((await freeBytes()) >= left + size) await file.writeFile(Buffer.alloc(size));
      }
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
    } finally {
      await file.close();
    }
  }

  const space = { leastFreeBytes: 4 * mebibyte, reserveBytes: 2 * mebibyte };
  const external: Part = {
    name: "commands",
    when: "now",
    external: true,
    run: async () => [{ name: "commands/x.txt", content: { sizeBytes: 1, chunks: () => ["x"] } }],
  };

  function openOnDisk(parts: readonly Part[] = [external]) {
    const now = clock.wallMs();
    return openIn(disk, clock, { space, parts, recording: ringOf(now - 1_800_000, now, () => [group("burner", { cpuCores: 1 })]) });
  }

  it("a reserve is held, given up once, and made again only when there is room", async () => {
    const guard = new FreeSpace({ directory: disk, log: recordedLog().log, ...space });
    await guard.restoreReserve();
    const before = await freeBytes();
    assert.equal((await stat(join(disk, reserveName))).size, 2 * mebibyte);
    assert.equal(await guard.isShort(), false);
    await guard.restoreReserve();
    assert.equal(await freeBytes(), before, "it is there already");

    await fill(mebibyte);
    assert.equal(await guard.isShort(), true);
    assert.equal(await guard.giveUpReserve(), true);
    assert.equal(await guard.giveUpReserve(), false);
    assert.ok((await freeBytes()) >= 3 * mebibyte - 8192, "its room is really free");
    await guard.restoreReserve();
    assert.deepEqual(await readdir(disk), ["filler"], "there is no room to spare yet");

    await rm(join(disk, "filler"));
    await guard.restoreReserve();
    assert.deepEqual(await readdir(disk), [reserveName]);
  });

  it("a reserve that was half made is made whole", async () => {
    await writeFile(join(disk, reserveName), "short");
    await new FreeSpace({ directory: disk, log: recordedLog().log, ...space }).restoreReserve();
    assert.equal((await stat(join(disk, reserveName))).size, 2 * mebibyte);
  });

  it("that is full to the last byte an alert is accepted and gets a small archive", async () => {
    const capture = await openOnDisk();
    capture.start();
    await fill();
    const [result] = await capture.alerts.receive([firing(clock)]);
    await capture.finished(1);
    assert.deepEqual(
      capture.ends.map((end) => end.result),
      ["ok"],
    );
    const files = await capture.filesOf(result?.archiveId);
    const manifest = JSON.parse(files.get("manifest.json")?.toString() ?? "");
    assert.equal(manifest.size, "small");
    assert.equal(files.has("commands/x.txt"), false);
    assert.deepEqual(capture.stored(result?.archiveId).archive.missing, [
      { part: "commands", reason: "left out: less than 4 MiB were free on the disk" },
    ]);
    assert.match(files.get("summary.txt")?.toString() ?? "", /^Note +a small archive: /m);
    assert.match(files.get("summary.txt")?.toString() ?? "", /^.*`burner`/);

    await rm(join(disk, "filler"));
    const { id } = await capture.queue.request({});
    await capture.finished(2);
    assert.equal((await capture.manifestOf(id)).size, "full");
    assert.ok((await readdir(capture.archivesDirectory)).includes(reserveName), "the reserve is there again");
    await capture.stop();
  });

  it("that becomes full during a capture the archive is made again, small", async () => {
    const large: Part = {
      name: "commands",
      when: "now",
      external: true,
      async run() {
        await fill(100_000);
        // random bytes, which gzip cannot make smaller
        const bytes = randomBytes(mebibyte);
        return [{ name: "commands/large.txt", content: { sizeBytes: bytes.length, chunks: () => [bytes] } }];
      },
    };
    const capture = await openOnDisk([large]);
    capture.start();
    const { id } = await capture.queue.request({});
    await capture.ended(1);
    assert.equal((await capture.manifestOf(id)).size, "small");
    assert.ok(!(await readdir(capture.archivesDirectory)).some((name) => name.endsWith(".partial")));
    await capture.stop();
  });

  it("without even a reserve a capture is tried again later, and made when there is room", async () => {
    const capture = await openIn(directory, clock, { space, archivesDirectory: join(disk, "archives") });
    await rm(join(capture.archivesDirectory, reserveName));
    await fill();
    capture.start();
    const { id } = await capture.queue.request({});
    await eventually("it has failed", () => capture.lines().some((line) => /it is tried again/.test(String(line.message))));
    assert.deepEqual(await readdir(capture.archivesDirectory), []);
    await rm(join(disk, "filler"));
    await capture.finished(1);
    assert.equal(capture.stored(id).archive.id, id);
    await capture.stop();
  });
});
