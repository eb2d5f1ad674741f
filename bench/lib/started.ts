/** A program that the bench has started, and that it ends by its pid. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Settings of `start`. */
export interface StartOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What it prints is thrown away unless somebody wants it. */
  readonly keepOutput?: boolean;
  /** What it reads on its input, which ends with it. */
  readonly input?: string;
}

const running = new Set<Started>();

/** Whatever was started ends with this process, however that ends. */
export function endStartedOnExit(): void {
  process.once("exit", () => {
    for (const started of running) started.kill();
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
}

/** One started program. */
export class Started {
  readonly pid: number;
  readonly #child: ChildProcess;
  #output = "";

  constructor(command: readonly string[], options: StartOptions = {}) {
    const [program = "", ...args] = command;
    const { cwd, env = process.env, keepOutput = false, input } = options;
    this.#child = spawn(program, args, {
      env,
      stdio: ["pipe", keepOutput ? "pipe" : "ignore", "ignore"],
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.#child.on("error", () => {});
    this.#child.stdin?.on("error", () => {});
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
    });
    if (this.#child.pid === undefined) throw new Error(`${program} cannot be started`);
    if (input !== undefined) this.#child.stdin?.end(input);
    this.pid = this.#child.pid;
    running.add(this);
    this.#child.once("exit", () => running.delete(this));
  }

  /** What it has printed until now. */
  get output(): string {
    return this.#output;
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Waits until it has printed something that matches. */
  async waitFor(pattern: RegExp, seconds = 30): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!pattern.test(this.#output)) {
      if (this.ended || Date.now() > deadline) throw new Error(`${this.#child.spawnfile} did not say ${pattern}: ${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Resolves when it has ended. */
  async over(): Promise<void> {
    if (!this.ended) await once(this.#child, "exit");
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Ends its input and, with a signal, asks it to end; kills it when it does not. */
  async end(signal?: NodeJS.Signals): Promise<void> {
    if (this.ended) return;
    const closed = once(this.#child, "close");
    this.#child.stdin?.end();
    if (signal !== undefined) this.#child.kill(signal);
    const giveUp = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
    await closed;
    clearTimeout(giveUp);
  }
}

/** Waits. */
export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
