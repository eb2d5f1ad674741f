/** Starts the engine under test in a process of its own, and collects what it says. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { EngineTick } from "./engineOutput.ts";

const mainPath = fileURLToPath(new URL("./engineMain.js", import.meta.url));

/** A running engine. */
export class Engine {
  readonly ticks: EngineTick[] = [];
  readonly #child: ChildProcess;
  #rest = "";
  #complaints = "";

  /** `prefix` is a command that runs another one, such as nsenter. */
  constructor(mode: "gated" | "ungated", prefix: readonly string[] = []) {
    const [program = "", ...args] = [...prefix, process.execPath, mainPath, mode];
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#take(text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#complaints += text;
    });
  }

  /** Waits for so many ticks from now on. */
  async waitForTicks(count: number): Promise<void> {
    const wanted = this.ticks.length + count;
    const deadline = Date.now() + (count + 40) * 1000;
    while (this.ticks.length < wanted) {
      if (this.#child.exitCode !== null) throw new Error(`the engine ended with ${this.#child.exitCode}: ${this.#complaints}`);
      if (Date.now() > deadline) throw new Error(`the engine made ${this.ticks.length} ticks instead of ${wanted}: ${this.#complaints}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.stdin?.end();
    const giveUp = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(giveUp);
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.ticks.push(JSON.parse(line) as EngineTick);
  }
}
