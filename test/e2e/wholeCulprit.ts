import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MadeMachine } from "../support/madeMachine.ts";
import { mainPath } from "../support/paths.ts";

/** A whole Culprit in a process of its own, on a machine made of files. */
export class WholeCulprit {
  readonly machine: MadeMachine;
  readonly child: ChildProcess;
  readonly #storage: string;
  #log = "";
  #moves: NodeJS.Timeout;
  #port = 0;

  constructor(machine: MadeMachine, storage: string) {
    this.machine = machine;
    this.#storage = storage;
    const { procfs, sysfs, rootfs } = machine.root;
    const paths = [`--path.procfs=${procfs}`, `--path.sysfs=${sysfs}`, `--path.rootfs=${rootfs}`];
    const args = [mainPath(), "serve", ...paths, `--storage.path=${storage}`, "--web.listen-address=127.0.0.1:0"];
    this.child = spawn(process.execPath, args, { cwd: storage, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on("data", (chunk) => (this.#log += String(chunk)));
    this.#moves = setInterval(() => machine.pass(0.05), 50);
  }

  get log(): string {
    return this.#log;
  }

  async get(path: string, init: RequestInit = {}): Promise<Buffer> {
    while (this.#port === 0) {
      assert.equal(this.child.exitCode, null, this.#log);
      this.#port = Number(/127\.0\.0\.1:(\d{4,5})/.exec(this.#log)?.[1] ?? 0);
      await sleep(50);
    }
    const token = readFileSync(join(this.#storage, "tokens/admin"), "utf8").trim();
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(`http://127.0.0.1:${this.#port}${path}`, { ...init, headers, signal: AbortSignal.timeout(8000) });
    return Buffer.from(await answer.arrayBuffer());
  }

  /** Values of a family, by the text between its braces. */
  async values(name: string, query = ""): Promise<ReadonlyMap<string, number>> {
    const text = (await this.get(`/metrics${query}`)).toString();
    const lines = [...text.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, "gm"))];
    return new Map(lines.map(([, labels = "", value]) => [labels, Number(value)]));
  }

  async samples(): Promise<number> {
    return (await this.values("culprit_samples_total")).get("") ?? 0;
  }

  /** Looks for some seconds whether every one of them is sampled. */
  async assertSecondsGoOn(seconds: number): Promise<void> {
    const [before, missedBefore] = [await this.samples(), await this.values("culprit_samples_missed_total")];
    await sleep(seconds * 1000);
    const risen = (await this.samples()) - before;
    assert.ok(risen >= seconds - 1, `${risen} samples in ${seconds} s`);
    assert.deepEqual(await this.values("culprit_samples_missed_total"), missedBefore);
  }

  /** Scrapes for some seconds; how many the longest took. */
  async longestScrape(query: string, seconds: number): Promise<number> {
    let longestMs = 0;
    for (const untilMs = Date.now() + seconds * 1000; Date.now() < untilMs; await sleep(300)) {
      const askedMs = Date.now();
      await this.get(`/metrics${query}`);
      longestMs = Math.max(longestMs, Date.now() - askedMs);
    }
    return longestMs / 1000;
  }

  /** Asks it to stop; how long that took, once its port is free. */
  async stop(): Promise<number> {
    const beganMs = Date.now();
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const late = new Promise((resolve) => setTimeout(() => resolve(["it does not end"]), 15_000).unref());
    assert.deepEqual((await Promise.race([ended, late])) as unknown[], [0, null], this.#log);
    const refused = await new Promise<string>((resolve) => {
      const socket = connect(this.#port, "127.0.0.1", () => resolve("it listens"));
      socket.once("error", (error) => resolve((error as NodeJS.ErrnoException).code ?? ""));
    });
    assert.equal(refused, "ECONNREFUSED");
    return (Date.now() - beganMs) / 1000;
  }

  kill(): void {
    clearInterval(this.#moves);
    this.child.kill("SIGKILL");
  }
}
