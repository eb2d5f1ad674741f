/**
 * Runs workloads beside an engine and says what each has done and what the engine saw.
 *
 * The engine looks for two ticks first, so that it knows who was there before, and for three after the last workload has come to rest:
 * what a workload has done is compared with what it was given in all, not within some window that cuts both differently.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../support/paths.ts";
import { Engine } from "./engine.ts";
import type { EngineTick } from "./engineOutput.ts";
import { RunningWorkload } from "./running.ts";
import type { Truth, Workload, WorkloadTools } from "./workload.ts";

/** One workload's figures, or why there are none. */
export interface WorkloadResult {
  readonly workload: Workload;
  readonly truth: Truth;
  readonly output: string;
  readonly error?: string;
}

/** What a run has brought to light. */
export interface RunResult {
  readonly results: readonly WorkloadResult[];
  /** Ticks from the start of the workloads on. */
  readonly ticks: readonly EngineTick[];
  /** The same of a second engine that reads everybody in every tick, if one was asked for. */
  readonly ungatedTicks: readonly EngineTick[];
  /** The pids that were started; none in another pid namespace, where they have other numbers. */
  readonly pids: readonly number[];
}

/** How to run. */
export interface RunOptions {
  readonly seconds: number;
  /** Where files are to lie; some file systems count no writes. */
  readonly baseDirectory?: string;
  /** A command that runs another one, for engine and workloads. */
  readonly prefix?: readonly string[];
  readonly withUngated?: boolean;
  /** Called when the engine knows the machine, just before the workloads start. */
  readonly beforeStart?: () => Promise<void>;
  /** Called when the engine has seen all that they did, just before they are ended. */
  readonly beforeEnd?: () => Promise<void>;
}

/** Runs all `workloads` at once. */
export async function runWorkloads(workloads: readonly Workload[], options: RunOptions): Promise<RunResult> {
  const directory = mkdtempSync(join(options.baseDirectory ?? tmpdir(), "culprit-workload-"));
  const engines = [new Engine("gated", options.prefix)];
  if (options.withUngated) engines.push(new Engine("ungated", options.prefix));
  const running: RunningWorkload[] = [];
  try {
    await ticksOf(engines, 2);
    await options.beforeStart?.();
    const from = engines.map((engine) => engine.ticks.length);
    for (const workload of workloads) {
      running.push(new RunningWorkload(workload, createTools(directory, workload, options.seconds), options.prefix));
    }
    const results = await Promise.all(running.map((one) => resultOf(one, options.seconds + 15)));
    await ticksOf(engines, 3);
    await options.beforeEnd?.();
    const [ticks = [], ungatedTicks = []] = engines.map((engine, index) => engine.ticks.slice(from[index]));
    const pids = options.prefix === undefined ? running.flatMap(({ pid }) => pid ?? []) : [];
    return { results, ticks, ungatedTicks, pids };
  } finally {
    for (const one of running) await one.stop();
    for (const engine of engines) await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function ticksOf(engines: readonly Engine[], count: number): Promise<unknown> {
  return Promise.all(engines.map((engine) => engine.waitForTicks(count)));
}

async function resultOf(one: RunningWorkload, timeoutSeconds: number): Promise<WorkloadResult> {
  try {
    const truth = await one.truth(timeoutSeconds);
    return { workload: one.workload, truth, output: one.output };
  } catch (error) {
    return { workload: one.workload, truth: new Map(), output: one.output, error: error instanceof Error ? error.message : String(error) };
  }
}

const programs = join(packageRoot(), "test", "workloads", "programs");

/** What a workload works with, below a folder of its own. */
export function createTools(base: string, workload: Workload, seconds: number): WorkloadTools {
  const directory = join(base, workload.name.replaceAll(/\W+/g, "-"));
  mkdirSync(join(directory, "run"), { recursive: true });
  // whether a line is named after the program or after its script: both have the name
  const link = (interpreter: string, name: string, script: string) => {
    const path = join(directory, "run", name);
    symlinkSync(interpreter, path);
    symlinkSync(script, `${path}${extname(script)}`);
    return [path, `${path}${extname(script)}`];
  };
  return {
    seconds,
    directory,
    report: join(directory, "report"),
    program(name, file) {
      const path = join(directory, name);
      copyFileSync(join(programs, file), path);
      chmodSync(path, 0o755);
      return path;
    },
    node: (name, file) => link(process.execPath, name, fileURLToPath(new URL(`./programs/${basename(file, ".ts")}.js`, import.meta.url))),
    python: (name, file) => link(pythonPath(), name, join(programs, file)),
  };
}

/** The interpreter itself: what stands in PATH may be a script that looks for it. */
function pythonPath(): string {
  const asked = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" });
  if (asked.status !== 0) throw new Error(`python3: ${asked.error?.message ?? asked.stderr}`);
  return asked.stdout.trim();
}
