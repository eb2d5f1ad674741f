import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What a mounted file system says of itself, as statvfs(3) calls it. */
export interface SaidSize {
  readonly bsize: number;
  readonly frsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files?: number;
  readonly ffree?: number;
}

/** An empty FUSE file system that says of its size what it is told. */
export class SizedMount {
  readonly path: string;
  readonly #server: ChildProcess;

  private constructor(path: string, server: ChildProcess) {
    this.path = path;
    this.#server = server;
  }

  /** Mounts it at `path`, whose folder is made. Needs what `requireFuse` asks for. */
  static async open(path: string, size: SaidSize): Promise<SizedMount> {
    mkdirSync(path, { recursive: true });
    const script = fileURLToPath(new URL("./sizedMountServer.js", import.meta.url));
    const server = spawn(process.execPath, [script, path, JSON.stringify(size)], { stdio: ["ignore", "pipe", "inherit"] });
    assert.ok(server.stdout !== null);
    const [said] = (await Promise.race([once(server.stdout, "data"), once(server, "exit")])) as [unknown];
    assert.equal(String(said), "mounted\n");
    return new SizedMount(path, server);
  }

  /** The server takes its mount away when it ends. */
  async close(): Promise<void> {
    if (this.#server.exitCode !== null) return;
    const ended = once(this.#server, "exit");
    this.#server.kill();
    await ended;
  }
}
