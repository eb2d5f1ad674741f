/** Starts a load and ends it; what it started is gone with it, whatever happens to this process. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Load, stressName } from "./load.ts";

/** A load that is on. */
export interface RunningLoad {
  /** Those that make it. */
  readonly pids: readonly number[];
  /** Where it is bounded by the kernel as well. */
  readonly unit?: string;
  /** Resolves when it is over: undefined at its time or when it was ended, else why. */
  readonly ended: Promise<string | undefined>;
  stop(): Promise<void>;
}

const mebibyte = 1024 * 1024;
const startSeconds = 20;

/** Starts it. @throws when it cannot be started */
export async function startLoad(load: Load): Promise<RunningLoad> {
  const scope = scopeOf(load);
  if (scope === undefined) return startWorker(load, []);
  // a systemd that says no (no bus, no right) keeps nobody from trying
  return startWorker(load, scope.prefix, scope.unit).catch(() => startWorker(load, []));
}

/** The words that put a program into a unit of systemd with bounds of its own; undefined where no systemd runs the machine. */
function scopeOf({ kind, bytes, processes, seconds }: Load): { readonly prefix: readonly string[]; readonly unit: string } | undefined {
  if (!existsSync("/run/systemd/system")) return undefined;
  const isRoot = process.getuid?.() === 0;
  const unit = `${stressName}-${process.pid}.scope`;
  const mostBytes = (kind === "memory" ? bytes : 0) + (64 + 2 * processes) * mebibyte + (kind === "io" ? 512 * mebibyte : 0);
  const prefix = [
    ...["systemd-run", ...(isRoot ? [] : ["--user"]), "--scope", "--quiet", "--collect", `--unit=${unit}`],
    ...[`--property=MemoryMax=${mostBytes}`, `--property=TasksMax=${3 * processes + 64}`, `--property=RuntimeMaxSec=${seconds + 30}`],
  ];
  return { prefix, unit };
}

async function startWorker(load: Load, prefix: readonly string[], unit?: string): Promise<RunningLoad> {
  const worker = fileURLToPath(new URL("./worker.js", import.meta.url));
  const [program = process.execPath, ...args] = [...prefix, process.execPath, worker, JSON.stringify(load)];
  // its standard input ends with this process, however that ends
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  let complaint = "";
  let isStopped = false;
  child.stderr.on("data", (text) => {
    complaint = `${complaint}${String(text)}`.slice(-1000);
  });
  child.stdin.on("error", () => undefined);
  const ended = new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => {
      if (isStopped || code === 0) return resolve(undefined);
      resolve(complaint.trim() === "" ? `it ended with ${signal ?? `code ${code}`}` : complaint.trim());
    });
  });
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`it did not begin within ${startSeconds} s`)), startSeconds * 1000);
    child.stdout.on("data", (text) => {
      said += String(text);
      if (!said.endsWith("\n\n")) return;
      clearTimeout(late);
      resolve();
    });
    void ended.then((reason) => {
      clearTimeout(late);
      reject(new Error(reason ?? "it ended at once"));
    });
  }).catch((error: unknown) => {
    child.kill("SIGKILL");
    throw error;
  });
  const running = {
    pids: said.trim().split("\n").map(Number),
    ended,
    async stop() {
      isStopped = true;
      child.stdin.end();
      await ended;
    },
  };
  return unit === undefined ? running : { ...running, unit };
}
