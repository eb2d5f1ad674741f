/** One running workload: started, listened to, ended with all that it has started. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { parseTruth, type Truth, type Workload, type WorkloadTools } from "./workload.ts";

/** What has been started of a workload. */
export class RunningWorkload {
  readonly workload: Workload;
  readonly #child: ChildProcess;
  readonly #report: string;
  #output = "";
  #complaints = "";
  #failed: Error | undefined;

  /** `prefix` is a command that runs another one, such as nsenter. */
  constructor(workload: Workload, tools: WorkloadTools, prefix: readonly string[] = []) {
    this.workload = workload;
    this.#report = tools.report;
    const command = [...prefix, ...workload.command(tools)];
    // the shell puts itself there and becomes the workload: nothing of it happens outside
    const inCgroup = workload.cgroup === undefined ? [] : ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', workload.cgroup];
    const [program = "", ...args] = [...inCgroup, ...command];
    // a session and process group of its own, so that it can be ended with its children
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], detached: true, cwd: tools.directory });
    this.#child.on("error", (error) => {
      this.#failed = error;
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#complaints += text;
    });
  }

  /** Its figures, once it says that they are complete; it then stays, idle, until it is ended. */
  async truth(timeoutSeconds: number): Promise<Truth> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    while (!/^done$/m.test(this.#output)) {
      const { exitCode, signalCode } = this.#child;
      const ended =
        this.#failed?.message ?? (exitCode !== null || signalCode !== null ? `ended with ${exitCode ?? signalCode}` : undefined);
      if (ended !== undefined) throw new Error(`${this.workload.name} ${ended}: ${this.#complaints}`);
      if (Date.now() > deadline) throw new Error(`${this.workload.name} gave no figures in ${timeoutSeconds} s: ${this.#complaints}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return parseTruth(this.#output + (existsSync(this.#report) ? readFileSync(this.#report, "utf8") : ""));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Everything it has printed. */
  get output(): string {
    return this.#output;
  }

  async stop(): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined) return;
    const ended = this.#child.exitCode !== null || this.#child.signalCode !== null;
    const exit = ended ? Promise.resolve() : new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // nobody is left in its group
    }
    await exit;
  }
}
