/** What only another program can tell: it is run off the path, once a minute at most, and may not take long. */
import { execFile } from "node:child_process";
import type { Clock } from "../model/clock.ts";

/**
 * Runs a program to its end and gives what it printed; undefined where there is none, or it failed, printed too much or took too long. Never
 * rejects.
 */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string | undefined>;

/** Between two runs. */
const restSeconds = 60;
const limitMs = 5000;
const mostBytes = 4 * 1024 * 1024;
const programFolders = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Runs it for real. */
export const runProgram: RunProgram = (program, args) =>
  new Promise((resolve) => {
    const env = { PATH: programFolders, LC_ALL: "C", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0" };
    const options = { env, cwd: "/", maxBuffer: mostBytes, signal: AbortSignal.timeout(limitMs), killSignal: "SIGKILL" } as const;
    try {
      const child = execFile(program, [...args], options, (error, output) => resolve(error === null ? output : undefined));
      // one that hangs keeps nobody from ending
      child.unref();
    } catch {
      // a machine without memory refuses at once, and Node throws that instead of telling the callback
      resolve(undefined);
    }
  });

/** Asks when the last answer is a minute old, and gives that until then. */
export class SeldomReading<Value> {
  readonly #ask: () => Promise<Value | undefined>;
  #askedSeconds = Number.NEGATIVE_INFINITY;
  #known: Value | undefined;

  constructor(ask: () => Promise<Value | undefined>) {
    this.#ask = ask;
  }

  async read(clock: Clock): Promise<Value | undefined> {
    const now = clock.monotonicSeconds();
    if (now - this.#askedSeconds < restSeconds) return this.#known;
    this.#askedSeconds = now;
    this.#known = await this.#ask();
    return this.#known;
  }
}
