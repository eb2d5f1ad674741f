import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { FreeSpace } from "../../src/capture/archives/freeSpace.ts";
import { createFilesystemsCollector } from "../../src/collectors/filesystems.ts";
import { silentLog } from "../../src/log.ts";
import { FragmentSizes, readFragmentBytes } from "../../src/procfs/fragmentSize.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { readAvailableBytes, spaceOf } from "../../src/procfs/space.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { HelperReads } from "../../src/slowReads/helperReads.ts";
import { requireFuse } from "../support/servers.ts";
import { type SaidSize, SizedMount } from "../support/sizedMount.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";

describe("what statfs says of a file system", () => {
  const answer = { bsize: 4096, blocks: 1000, bfree: 500, bavail: 400, files: 100, ffree: 90 };

  it("is counted in fragments", () => {
    assert.deepEqual(spaceOf(answer, 512), { sizeBytes: 512_000, freeBytes: 256_000, availableBytes: 204_800, files: 100, filesFree: 90 });
  });

  it("is a full one where what is available lies below zero", () => {
    assert.equal(spaceOf({ ...answer, bavail: 2 ** 64 - 20_000 }, 4096)?.availableBytes, 0);
    assert.equal(spaceOf({ ...answer, bavail: -20_000 }, 4096)?.availableBytes, 0);
  });

  it("is nothing where more is free than there is", () => {
    assert.equal(spaceOf({ ...answer, bfree: 1001 }, 4096), undefined);
    assert.equal(spaceOf({ ...answer, bavail: 1001 }, 4096), undefined);
    assert.equal(spaceOf({ ...answer, bfree: 2 ** 64 - 5 }, 4096), undefined);
    const { files, filesFree, ...rest } = spaceOf({ ...answer, ffree: 101 }, 1) ?? { files: 0 };
    assert.deepEqual([files, filesFree, rest], [undefined, undefined, { sizeBytes: 1000, freeBytes: 500, availableBytes: 400 }]);
  });

  it("comes in the unit that a newer Node tells, and of file systems whose unit is known without a question", async () => {
    assert.equal(await readFragmentBytes("/none", { ...answer, type: 0x65735546, bsize: 1 << 20, frsize: 512 }), 512);
    assert.equal(await readFragmentBytes("/none", { ...answer, type: 0x6969, bsize: 1 << 20 }), 1 << 20);
  });

  it("is unknown where nobody can tell the unit and a transfer is larger than a page", async () => {
    assert.equal(await readFragmentBytes("/none", { ...answer, type: 0x65735546, bsize: 1 << 20 }), undefined);
    assert.equal(await readFragmentBytes("/none", { ...answer, type: 0x65735546 }), 4096);
  });
});

describe("a file system whose transfers are larger than its blocks", function () {
  this.timeout(60_000);
  const newDirectory = tempDirectories();
  let directory = "";
  const mounts: SizedMount[] = [];
  beforeEach(async function () {
    requireFuse(this);
    directory = await newDirectory();
  });
  afterEach(async () => {
    for (const one of mounts.splice(0)) await one.close();
  });
  async function mounted(name: string, size: SaidSize): Promise<SizedMount> {
    const one = await SizedMount.open(join(directory, name), size);
    mounts.push(one);
    return one;
  }
  const virtiofs = { bsize: 1 << 20, frsize: 4096, blocks: 1000, bfree: 500, bavail: 400 };

  it("has the size that df shows, and is asked for it once", async () => {
    const { path } = await mounted("w", virtiofs);
    const size = await statfs(path);
    assert.equal(size.bsize, 1 << 20);
    const { frsize: _, ...older } = size as typeof size & { readonly frsize?: number };
    const sizes = new FragmentSizes();
    assert.equal(await sizes.of(path, older), 4096);
    for (const one of mounts.splice(0)) await one.close();
    assert.equal(await sizes.of(path, older), 4096);
  });

  it("is asked by its bytes where its name is no text", async () => {
    const { path } = await mounted("w", virtiofs);
    const name = Buffer.concat([Buffer.from(join(directory, "caf")), Buffer.from([0xe9])]);
    mkdirSync(name);
    // the shell has a way to write a byte as an argument
    const odd = `"$(printf '${directory}/caf\\351')"`;
    assert.equal(spawnSync("sh", ["-c", `mount --bind ${path} ${odd}`]).status, 0);
    try {
      const { type, bsize, ...counts } = await statfs(name);
      assert.equal(await readFragmentBytes(name, { ...counts, type, bsize, frsize: 0 }), 4096);
    } finally {
      spawnSync("sh", ["-c", `umount ${odd}; rmdir ${odd}`]);
    }
  });

  it("is watched with that size, and full where what is available lies below zero", async () => {
    await mounted("root/w", virtiofs);
    await mounted("root/full", { ...virtiofs, bfree: 10, bavail: -20_000 });
    await mounted("root/odd", { ...virtiofs, bfree: 2000, bavail: 10 });
    writeFiles(directory, { "proc/1/mounts": "share /w virtiofs rw 0 0\nshare /full fuse rw 0 0\nshare /odd fuse rw 0 0\n" });
    const root = { procfs: join(directory, "proc"), sysfs: join(directory, "sys"), rootfs: join(directory, "root") };
    const reads = new HelperReads({ clock: systemClock, log: silentLog });
    try {
      const filesystems = createFilesystemsCollector(new KernelFiles(root), reads);
      await filesystems.refresh();
      assert.deepEqual(
        filesystems.collect(systemClock)?.map(({ mountpoint, size, error }) => [mountpoint, size?.sizeBytes, size?.availableBytes, error]),
        [
          ["/w", 4_096_000, 1_638_400, undefined],
          ["/full", 4_096_000, 0, undefined],
          ["/odd", undefined, undefined, "more is free than there is"],
        ],
      );
    } finally {
      reads.close();
    }
  });

  it("does not look roomy to the guard of free space", async () => {
    const { path } = await mounted("w", { ...virtiofs, blocks: 100_000, bfree: 2000, bavail: 2000 });
    assert.equal(await readAvailableBytes(path), 8_192_000);
    assert.equal(await new FreeSpace({ directory: path, log: silentLog }).isShort(), true);
  });
});
