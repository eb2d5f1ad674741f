/** How much CPU other processes have used, to the nanosecond, from their own clocks. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { compileC } from "./compile.ts";

/** A helper program that is asked again and again. */
export class CpuClocks {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  constructor(directory: string) {
    const child = spawn(compileC("cpuClock", directory), { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout });
  }

  /** CPU seconds that all of `pids` have used until now; those that are gone count as nothing. */
  async seconds(pids: readonly number[]): Promise<number> {
    let sum = 0;
    for (const pid of pids) {
      const answer = once(this.#lines, "line");
      this.#child.stdin?.write(`${pid}\n`);
      const [line] = (await answer) as [string];
      if (line !== "gone") sum += Number(line) / 1e9;
    }
    return sum;
  }

  close(): void {
    this.#child.stdin?.end();
  }
}
