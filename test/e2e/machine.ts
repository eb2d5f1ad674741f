import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { mainPath } from "../support/paths.ts";

/** A program that a test has started, and what it printed. */
export interface Running {
  readonly child: ChildProcess;
  output(): string;
}

/** A folder and the programs of one end-to-end test; `close` ends and removes all of it. */
export class TestMachine {
  readonly directory = mkdtempSync(join(tmpdir(), "culprit-e2e-"));
  readonly #running: ChildProcess[] = [];

  /** A path below the test's folder. */
  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  write(name: string, text: string): string {
    const path = this.path(name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  start(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Running {
    const child = spawn(program, args, { cwd: this.directory, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#running.push(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    return { child, output: () => output };
  }

  /** Starts the compiled Culprit with a configuration file, and waits until it is ready. */
  async startCulprit(port: number, yaml: string, args: readonly string[] = []): Promise<Running> {
    const file = this.write("culprit.yml", yaml);
    const running = this.start(process.execPath, [
      mainPath(),
      `--config.file=${file}`,
      `--storage.path=${this.path("data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...args,
    ]);
    await waitFor("Culprit to be ready", async () => {
      if (running.child.exitCode !== null) throw new Fatal(`culprit ended with ${running.child.exitCode}: ${running.output()}`);
      return (await fetch(`http://127.0.0.1:${port}/-/ready`)).status === 200;
    });
    return running;
  }

  /** Starts a command of Culprit, with the configuration file of the folder where there is one. */
  culpritLater(...args: readonly string[]): Running {
    return this.start(process.execPath, [mainPath(), ...args]);
  }

  /** Runs a command of Culprit to its end. */
  culprit(...args: string[]) {
    const options = { cwd: this.directory, encoding: "utf8", timeout: 30_000 } as const;
    return spawnSync(process.execPath, [mainPath(), ...args], options);
  }

  get adminToken(): string {
    return readFileSync(this.path("data", "tokens", "admin"), "utf8").trim();
  }

  /** Processes that burn CPU under a name that nobody else has. */
  startBurners(name: string, count: number, args: readonly string[] = []): readonly Running[] {
    const program = this.path(name);
    if (!existsSync(program)) symlinkSync(process.execPath, program);
    const burn = "const end = Date.now() + 120000; while (Date.now() < end);";
    return Array.from({ length: count }, () => this.start(program, ["-e", burn, ...args]));
  }

  async stop({ child }: Running, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  async close(): Promise<void> {
    for (const child of this.#running.reverse()) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Ends waiting at once. */
export class Fatal extends Error {}

/** Asks again and again until the answer is something; gives up after a minute and a half. */
export async function waitFor<Value>(what: string, ask: () => Promise<Value | false | undefined>, seconds = 90): Promise<Value> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      if (error instanceof Fatal) throw error;
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited ${seconds} s for ${what}${last === undefined ? "" : `: ${last}`}`);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  server.close();
  await once(server, "close");
  return address.port;
}

/** The files of an archive that lies on the disk, by their name below its top folder. */
export async function untarFile(path: string): Promise<ReadonlyMap<string, string>> {
  return untar(readFileSync(path));
}

/** The files of an archive, by their name below its top folder. */
export async function untar(bytes: Uint8Array): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const entries = Readable.from([Buffer.from(bytes)])
    .pipe(createGunzip())
    .pipe(extract());
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files.set(entry.header.name.replace(/^[^/]+\//, ""), Buffer.concat(chunks).toString("utf8"));
  }
  return files;
}
