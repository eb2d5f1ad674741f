import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A file system in memory, so small that a test can fill it; it covers a directory until it is removed. Root only. */
export class SmallDisk {
  readonly path: string;
  readonly #filler: string;

  constructor(path: string, kibibytes = 256) {
    this.path = path;
    this.#filler = join(path, "filler");
    mount("-t", "tmpfs", "-o", `size=${kibibytes}k`, "tmpfs", path);
  }

  /** Takes all room that is left. */
  fill(): void {
    const file = openSync(this.#filler, "a");
    try {
      for (;;) writeSync(file, Buffer.alloc(4096));
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
    } finally {
      closeSync(file);
    }
  }

  /** Gives it back, and more. */
  makeRoom(kibibytes = 256 * 1024): void {
    rmSync(this.#filler, { force: true });
    mount("-o", `remount,rw,size=${kibibytes}k`, this.path);
  }

  makeReadOnly(): void {
    mount("-o", "remount,ro", this.path);
  }

  remove(): void {
    spawnSync("umount", ["-l", this.path]);
  }
}

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("mount", args, { encoding: "utf8" });
  assert.equal(status, 0, `mount: ${stderr}`);
}
