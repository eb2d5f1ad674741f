import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { delimiter } from "node:path";

/** A command that has been started. */
export interface Running {
  readonly pid: number;
  /** Both streams so far. */
  output(): string;
  /** Resolves when it has ended, whatever it leaves behind. */
  readonly exited: Promise<void>;
  /** Resolves when it has ended and its streams are closed, which those that it leaves behind hold open. */
  readonly ended: Promise<Ended>;
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** Starts a command in a group of its own, so that `stopGroup` reaches whatever it starts. */
export function start(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Running {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, output }));
  });
  const exited = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  return { pid: child.pid ?? -1, output: () => output, exited, ended };
}

/** Runs a command to its end. */
export function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return start(command, args, cwd, env).ended;
}

/** Ends everything that a command left behind; harmless when it left nothing. */
export function stopGroup(running: Running): void {
  if (running.pid <= 0) return;
  try {
    process.kill(-running.pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/**
 * The environment of a person's shell: npm tells what it runs about itself, its folders of programs first in PATH, and a test
 * of another checkout must not find this one's.
 */
export function shellEnvironment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own =
    /^(npm_(lifecycle|package|command|execpath|node_execpath|config_local_prefix|config_prefix)|INIT_CWD$|CULPRIT_|NODE_V8_COVERAGE$|NODE_OPTIONS$)/;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name) && name !== "CI");
  const search = (process.env.PATH ?? "").split(delimiter).filter((folder) => !/node_modules|node-gyp-bin/.test(folder));
  return { ...Object.fromEntries(kept), PATH: search.join(delimiter), ...more };
}

/** A TCP port on loopback that nobody uses at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === "object" ? resolve(address.port) : reject(new Error("no port was given")),
      );
    });
  });
}

/** True when a server could listen there now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
