/**
 * Runs another program, whatever it does: no shell, a process group of its own, limits of time and size, and never a wait without end.
 */
import type { SpawnOptions } from "node:child_process";
import type { Readable } from "node:stream";
import type { PartOutcome } from "../../model/capture.ts";
import type { Cancel, Clock } from "../../model/clock.ts";
import { codeOf, reasonOf } from "../../model/errors.ts";
import { BoundedOutput } from "./boundedOutput.ts";

/** A program to be run. */
export interface CommandSpec {
  /** Also the name of its file in the archive. */
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly timeLimitSeconds: number;
  readonly sizeLimitBytes: number;
  /** Of a log the end is what counts: it is read to the end, and the last `sizeLimitBytes` are kept. */
  readonly keepTail?: boolean;
}

/** What came of it. */
export interface CommandOutcome {
  readonly result: PartOutcome["result"];
  readonly reason?: string;
  readonly exitCode?: number;
  readonly durationSeconds: number;
  /** Raw, as is `errorOutput`: secrets must be cut out before it is kept. Where it was cut, it is cut between two lines. */
  readonly output: string;
  readonly errorOutput: string;
}

/** The reason that is given for a program that is not there. */
export const notInstalled = "not installed";

/** The part of ChildProcess that is used. */
interface StartedProgram {
  readonly pid?: number | undefined;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  once(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
  once(event: "exit" | "close", listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown;
  unref(): void;
}

/** Starts a program; `spawn` of node:child_process is one. */
export type StartProgram = (file: string, args: readonly string[], options: SpawnOptions) => StartedProgram;

/** What a program is run with. */
export interface CommandSurroundings {
  readonly start: StartProgram;
  readonly clock: Clock;
  /** Where programs are looked for. */
  readonly searchPath: string;
}

const stderrLimitBytes = 16 * 1024;
/** From SIGTERM to SIGKILL, and from the end of a program to that of those it left behind. */
const graceSeconds = 1;
/** A program in uninterruptible sleep (df on a dead NFS mount) does not even die of SIGKILL: it is left to itself. */
const lostAfterSeconds = 2;

/** Runs the program to its end or to its limits. Never rejects. */
export function runCommand(spec: CommandSpec, surroundings: CommandSurroundings, signal: AbortSignal): Promise<CommandOutcome> {
  const startedSeconds = surroundings.clock.monotonicSeconds();
  const nothing = (ending: Ending): Promise<CommandOutcome> =>
    Promise.resolve({ ...ending, durationSeconds: surroundings.clock.monotonicSeconds() - startedSeconds, output: "", errorOutput: "" });
  if (signal.aborted) return nothing({ result: "missing", reason: `not begun: ${whyAborted(signal)}` });
  try {
    const [file, ...args] = spec.argv;
    const program = surroundings.start(file, args, {
      cwd: "/",
      // HOME: a person's .toprc must not change what top shows
      env: { PATH: surroundings.searchPath, LC_ALL: "C", HOME: "/nonexistent", TERM: "dumb" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    return new Promise((resolve) => new CommandRun(spec, program, surroundings.clock, startedSeconds, resolve).begin(signal));
  } catch (error) {
    return nothing(notStarted(error));
  }
}

type Ending = Omit<CommandOutcome, "durationSeconds" | "output" | "errorOutput">;

class CommandRun {
  readonly #spec: CommandSpec;
  readonly #program: StartedProgram;
  readonly #clock: Clock;
  readonly #startedSeconds: number;
  readonly #resolve: (outcome: CommandOutcome) => void;
  readonly #output: BoundedOutput;
  readonly #errorOutput = new BoundedOutput(stderrLimitBytes);
  #timers: Cancel[] = [];
  #forget: () => void = () => undefined;
  /** Why it was stopped before its own end. */
  #stopReason: string | undefined;
  #isOver = false;

  constructor(
    spec: CommandSpec,
    program: StartedProgram,
    clock: Clock,
    startedSeconds: number,
    resolve: (outcome: CommandOutcome) => void,
  ) {
    this.#spec = spec;
    this.#program = program;
    this.#clock = clock;
    this.#startedSeconds = startedSeconds;
    this.#resolve = resolve;
    this.#output = new BoundedOutput(spec.sizeLimitBytes, spec.keepTail ? "tail" : "head");
  }

  begin(signal: AbortSignal): void {
    const { timeLimitSeconds } = this.#spec;
    const program = this.#program;
    program.stdout?.on("data", (chunk: Buffer) => {
      if (!this.#output.add(chunk)) this.#stop(`more than ${this.#output.mostReadBytes} bytes`);
    });
    program.stderr?.on("data", (chunk: Buffer) => void this.#errorOutput.add(chunk));
    for (const stream of [program.stdout, program.stderr]) stream?.on("error", () => undefined);
    program.once("error", (error) => this.#finish(notStarted(error)));
    program.once("close", (code, by) => this.#finish(this.#endingOf(code, by)));
    // what it left behind in its group may hold the pipes open for ever
    program.once("exit", (code, by) => {
      this.#later(graceSeconds, () => {
        this.#kill("SIGKILL");
        this.#finish(this.#endingOf(code, by));
      });
    });
    this.#later(timeLimitSeconds, () => this.#stop(`not done within ${timeLimitSeconds} s`));
    const onAbort = () => this.#stop(whyAborted(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    this.#forget = () => signal.removeEventListener("abort", onAbort);
  }

  #stop(reason: string): void {
    if (this.#isOver || this.#stopReason !== undefined) return;
    this.#stopReason = reason;
    this.#kill("SIGTERM");
    this.#later(graceSeconds, () => {
      this.#kill("SIGKILL");
      this.#later(lostAfterSeconds, () => this.#finish({ result: "failed", reason: `${reason}, and it does not even die of SIGKILL` }));
    });
  }

  #endingOf(code: number | null, by: NodeJS.Signals | null): Ending {
    const exit = code === null ? {} : { exitCode: code };
    if (this.#stopReason !== undefined) {
      return { result: this.#output.text(true) === "" ? "failed" : "truncated", reason: `stopped: ${this.#stopReason}`, ...exit };
    }
    if (code !== 0) return { result: "failed", reason: code === null ? `killed by ${by}` : `exit code ${code}`, ...exit };
    if (this.#output.wasCut) return { result: "truncated", reason: `only the last ${this.#spec.sizeLimitBytes} bytes are kept`, ...exit };
    return { result: "ok", ...exit };
  }

  #finish(ending: Ending): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const cancel of this.#timers) cancel();
    this.#forget();
    this.#program.stdout?.destroy();
    this.#program.stderr?.destroy();
    this.#program.unref();
    const isTorn = this.#stopReason !== undefined;
    this.#resolve({
      ...ending,
      durationSeconds: this.#clock.monotonicSeconds() - this.#startedSeconds,
      output: this.#output.text(isTorn),
      errorOutput: this.#errorOutput.text(isTorn),
    });
  }

  #kill(signal: NodeJS.Signals): void {
    const { pid } = this.#program;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // the group is gone: that is what was wanted
    }
  }

  #later(seconds: number, callback: () => void): void {
    this.#timers.push(this.#clock.after(seconds, () => !this.#isOver && callback()));
  }
}

/** The reason given to `abort()`; without one it says nothing. */
function whyAborted({ reason }: AbortSignal): string {
  return reason instanceof Error && reason.name !== "AbortError" ? reason.message : "the capture was stopped";
}

function notStarted(error: unknown): Ending {
  const code = codeOf(error);
  switch (code) {
    case "ENOENT":
      return { result: "missing", reason: notInstalled };
    case "EACCES":
    case "EPERM":
      return { result: "missing", reason: `not allowed to run it: ${code}` };
    case "EAGAIN":
    case "ENOMEM":
      return { result: "failed", reason: `cannot fork: ${code}` };
    case "EMFILE":
    case "ENFILE":
      return { result: "failed", reason: `no file descriptors left: ${code}` };
    default:
      return { result: "failed", reason: reasonOf(error) };
  }
}
