import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { readBirth } from "../../src/spool/processBirth.ts";

/** A process that becomes a zombie when it is killed, for its parent reaps nobody: as in a container without an init. */
export class Zombie {
  readonly pid: number;
  /** As Culprit writes it down. */
  readonly birth: string;
  readonly #parent: ChildProcess;

  private constructor(pid: number, birth: string, parent: ChildProcess) {
    this.pid = pid;
    this.birth = birth;
    this.#parent = parent;
  }

  /** Runs a program under a parent that reaps nobody. */
  static async make(...argv: readonly string[]): Promise<Zombie> {
    const program = argv.length === 0 ? ["sleep", "600"] : argv;
    // the shell becomes another program, which knows nothing of the child
    const parent = spawn("sh", ["-c", '"$@" >/dev/null 2>&1 & echo $!; exec sleep 600', "sh", ...program], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    // a shell that is still itself would reap the child
    while ((await readFile(`/proc/${parent.pid}/comm`, "utf8")) !== "sleep\n") await sleep(10);
    return new Zombie(pid, await readBirth(pid), parent);
  }

  /** Kills it, and comes back when it is a zombie. */
  async kill(): Promise<void> {
    process.kill(this.pid, "SIGKILL");
    while (!/\) Z /.test(await readFile(`/proc/${this.pid}/stat`, "utf8"))) await sleep(10);
  }

  remove(): void {
    try {
      process.kill(this.pid, "SIGKILL");
    } catch {
      // it is gone already
    }
    this.#parent.kill("SIGKILL");
  }
}
