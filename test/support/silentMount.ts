import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A FUSE file system in which every name is a file that can be opened and whose reading is never answered. The server has taken the
 * question, so not even SIGKILL reaches who waits for the answer: that ends only with the server.
 */
export class SilentMount {
  readonly path: string;
  readonly #server: ChildProcess;

  private constructor(path: string, server: ChildProcess) {
    this.path = path;
    this.#server = server;
  }

  /** Mounts it at `path`, whose folder is made. Needs what `requireFuse` asks for. */
  static async open(path: string): Promise<SilentMount> {
    mkdirSync(path, { recursive: true });
    const script = fileURLToPath(new URL("./silentMountServer.js", import.meta.url));
    const server = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "ignore"] });
    assert.ok(server.stdout !== null);
    const [said] = (await Promise.race([once(server.stdout, "data"), once(server, "exit")])) as [unknown];
    assert.equal(String(said), "mounted\n");
    return new SilentMount(path, server);
  }

  /** A file of it. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** Takes the mount away; whoever waits gets an error. */
  async close(): Promise<void> {
    if (this.#server.exitCode !== null || this.#server.signalCode !== null) return;
    const ended = once(this.#server, "exit");
    this.#server.kill();
    await ended;
  }
}
