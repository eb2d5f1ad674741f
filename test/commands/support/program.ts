import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../../src/main.js", import.meta.url));

/** How a command ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs commands of the built program in processes of their own; those that are left over are killed after the test. */
export function program() {
  const running = new Set<ChildProcess>();
  afterEach(() => {
    for (const child of running) child.kill("SIGKILL");
    running.clear();
  });

  /** Runs one; `ready` is asked again and again until it says that it is time for a SIGINT. */
  async function culprit(
    cwd: string,
    args: readonly string[],
    ready?: () => Promise<boolean>,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const child = spawn(process.execPath, [main, ...args], {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    running.add(child);
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk) => (out += String(chunk)));
    child.stderr.on("data", (chunk) => (err += String(chunk)));
    const closed = once(child, "close");
    if (ready !== undefined) {
      while (child.exitCode === null && !(await ready())) await new Promise((resolve) => setTimeout(resolve, 50));
      child.kill("SIGINT");
    }
    const [code] = (await closed) as [number | null];
    running.delete(child);
    return { code, out, err };
  }
  return culprit;
}
