import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A FUSE file system whose server is a program of this folder. Needs what `requireFuse` asks for. */
export class FuseMount {
  readonly path: string;
  readonly #server: ChildProcess;

  protected constructor(path: string, server: ChildProcess) {
    this.path = path;
    this.#server = server;
  }

  /** Makes the folder at `path` and starts the server, which mounts itself there. */
  protected static async start(program: string, path: string, ...args: readonly string[]): Promise<ChildProcess> {
    mkdirSync(path, { recursive: true });
    const script = fileURLToPath(new URL(program, import.meta.url));
    const server = spawn(process.execPath, [script, path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    assert.ok(server.stdout !== null);
    const [said] = (await Promise.race([once(server.stdout, "data"), once(server, "exit")])) as [unknown];
    assert.equal(String(said), "mounted\n");
    return server;
  }

  /** The server takes its mount away when it ends; who still waits gets an error. */
  async close(): Promise<void> {
    if (this.#server.exitCode !== null || this.#server.signalCode !== null) return;
    const ended = once(this.#server, "exit");
    this.#server.kill();
    await ended;
  }
}
