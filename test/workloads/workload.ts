/** What a workload is: a program whose doings are known from the program itself, and whose line ought to show them. */
import type { EngineLine } from "./engineOutput.ts";

/** What a workload can be given to work with. */
export interface WorkloadTools {
  /** How long it is to work. */
  readonly seconds: number;
  /** A file to which children append their own figures. */
  readonly report: string;
  /** A folder that is removed afterwards. */
  readonly directory: string;
  /** The path of a script of test/workloads/programs that goes by a name of its own. */
  program(name: string, file: string): string;
  /** The command line of a Node program that goes by this name. */
  node(name: string, file: string): readonly string[];
  /** The command line of a Python program that goes by this name. */
  python(name: string, file: string): readonly string[];
}

/** One workload. */
export interface Workload {
  /** What its row is called. */
  readonly name: string;
  /** What a person would expect in the name of the process. */
  readonly process: string;
  /** What it is to be started with; may prepare files first. */
  command(tools: WorkloadTools): readonly string[];
  /** The folder of the cgroup that it is to live in. */
  readonly cgroup?: string;
  /** Whether a line is the one, or one of those, that its doings belong to. */
  owns(line: EngineLine): boolean;
}

/** A name that nobody else has, not even another run of the same tests beside this one. The kernel keeps 15 characters of it. */
export function ownName(base: string): string {
  return `${base}-${process.pid.toString(36)}`;
}

/** The figures that a workload has given of itself, added up by key: `cpu` in seconds, `written`, `read` and `memory` in bytes. */
export type Truth = ReadonlyMap<string, number>;

/**
 * Reads `key number` lines, and those of the shell's `times`, which are CPU time.
 *
 * Keys that stand more than once are added up. What is neither is noise of a program (a warning, say) and no figure.
 */
export function parseTruth(text: string): Truth {
  const truth = new Map<string, number>();
  const add = (key: string, value: number) => truth.set(key, (truth.get(key) ?? 0) + value);
  for (const line of text.split("\n")) {
    const figure = /^([\w-]+) (\d+(?:\.\d+)?)$/.exec(line);
    if (figure !== null) add(figure[1] ?? "", Number(figure[2]));
    if (/^\d+m[\d.]+s \d+m[\d.]+s$/.test(line)) {
      for (const [, minutes, seconds] of line.matchAll(/(\d+)m([\d.]+)s/g)) add("cpu", Number(minutes) * 60 + Number(seconds));
    }
  }
  return truth;
}
