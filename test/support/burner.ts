import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

/** Burns for ever and says how much it has burnt, as "<unix ms> <CPU seconds>", about every 20 ms. */
const program = `
const { writeSync } = require("node:fs");
for (let next = 0; ; ) {
  const now = Date.now();
  if (now < next) continue;
  next = now + 20;
  const { user, system } = process.cpuUsage();
  writeSync(1, now + " " + (user + system) / 1e6 + "\\n");
}`;

/** Starts burners for one suite, each when it has begun to burn; all are ended after the test. */
export function burners(): () => Promise<Burner> {
  const burning: Burner[] = [];
  afterEach(async () => {
    for (const burner of burning.splice(0)) await burner.end();
  });
  return async () => {
    const burner = new Burner();
    burning.push(burner);
    await burner.begun;
    return burner;
  };
}

/** A process that burns CPU and keeps account of it. */
export class Burner {
  readonly pid: number;
  /** Fulfilled when it has begun to burn. */
  readonly begun: Promise<unknown>;
  readonly #process: ChildProcess;
  readonly #output: Readable;
  readonly #account: { readonly atMs: number; readonly seconds: number }[] = [];

  /** `args` stand in its command line and mean nothing. */
  constructor(args: readonly string[] = []) {
    const child = spawn(process.execPath, ["-e", program, "--", ...args], { stdio: ["ignore", "pipe", "ignore"] });
    this.#process = child;
    this.pid = child.pid ?? 0;
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [atMs = 0, seconds = 0] = line.split(" ").map(Number);
        this.#account.push({ atMs, seconds });
      }
    });
    this.#output = child.stdout;
    this.begun = once(child.stdout, "data");
  }

  /** Cores that it had between two moments, by its own account. */
  async cores(fromMs: number, toMs: number): Promise<number> {
    while ((this.#account.at(-1)?.atMs ?? 0) < toMs) await once(this.#output, "data");
    return (this.#secondsAt(toMs) - this.#secondsAt(fromMs)) / ((toMs - fromMs) / 1000);
  }

  async end(): Promise<void> {
    this.#process.kill("SIGKILL");
    await once(this.#process, "close");
  }

  #secondsAt(ms: number): number {
    const after = this.#account.findIndex((entry) => entry.atMs >= ms);
    const [before, next] = [this.#account[after - 1], this.#account[after]];
    if (before === undefined || next === undefined) throw new Error(`the burner has no account of ${new Date(ms).toISOString()}`);
    return before.seconds + ((next.seconds - before.seconds) * (ms - before.atMs)) / (next.atMs - before.atMs);
  }
}
