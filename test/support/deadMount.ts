import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A mounted file system that never answers, as an NFS mount whose server has died: a FUSE mount whose server does not read.
 * Whoever asks it hangs in the kernel until `revive`, which ends the server: then every question gets an error.
 */
export class DeadMount {
  readonly path: string;
  readonly #server: number;
  #open = true;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), "culprit-dead-"));
    this.#server = openSync("/dev/fuse", "r+");
    // -i: no helper; the descriptor is the file system's server
    const options = "fd=3,rootmode=40000,user_id=0,group_id=0";
    const mount = spawnSync("mount", ["-i", "-t", "fuse", "-o", options, "dead:/export", this.path], {
      stdio: ["ignore", "ignore", "pipe", this.#server],
    });
    assert.equal(mount.status, 0, `mount: ${mount.stderr}`);
  }

  /** Lets all who wait go on. */
  revive(): void {
    if (this.#open) closeSync(this.#server);
    this.#open = false;
  }

  remove(): void {
    this.revive();
    spawnSync("umount", ["-l", this.path]);
    rmdirSync(this.path);
  }
}
