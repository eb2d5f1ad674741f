/** A pid namespace with a /proc of its own, kept alive by a shell that waits. Needs root. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";

/** Why there can be none, or undefined when there can. */
export function whyNoPidNamespace(): string | undefined {
  if (process.getuid?.() !== 0) return "it must run as root";
  if (!existsSync("/proc/sys/kernel/ns_last_pid")) return "the kernel must let a test choose pids (CONFIG_CHECKPOINT_RESTORE)";
  const tried = spawnSync("unshare", ["--pid", "--fork", "--mount", "true"], { encoding: "utf8" });
  return tried.status === 0 ? undefined : `a pid namespace must be possible (${tried.error?.message ?? tried.stderr.trim()})`;
}

/** The namespace; who is in it ends with it. */
export class PidNamespace {
  readonly #child: ChildProcess;
  /** A command that runs another one in there. */
  readonly prefix: readonly string[];

  private constructor(child: ChildProcess, pid: number) {
    this.#child = child;
    this.prefix = ["nsenter", "--target", `${pid}`, "--pid", "--mount", "--"];
  }

  static async create(): Promise<PidNamespace> {
    // /proc is still that of the outside when the shell looks up its own pid
    const script = 'read -r pid rest < /proc/self/stat; mount -t proc proc /proc && echo "$pid"; read -r _';
    const args = ["--pid", "--fork", "--kill-child", "--mount", "sh", "-c", script];
    const child = spawn("unshare", args, { stdio: ["pipe", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk));
    const deadline = Date.now() + 30_000;
    while (!/^\d+\n/.test(said)) {
      if (child.exitCode !== null || Date.now() > deadline) {
        child.kill("SIGKILL");
        throw new Error(`unshare: ${said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return new PidNamespace(child, Number.parseInt(said, 10));
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}
