/** All processes as they are at one moment, and what is needed to keep their secrets out of everything else. */
import { readFileSync } from "node:fs";
import type { Clock } from "../../model/clock.ts";
import { defined } from "../../model/defined.ts";
import { isDenied, isGone } from "../../procfs/errors.ts";
import { ReadBuffer } from "../../procfs/kernelFiles.ts";
import { UserNames } from "../../procfs/passwd.ts";
import { commandLinePath } from "../../procfs/pidArguments.ts";
import { parseCommandLine, readPidCgroups, readPidUserId } from "../../procfs/pidIdentity.ts";
import { kernelThreadFlag, newPidStat, readPidStat } from "../../procfs/pidStat.ts";
import { readPids } from "../../procfs/pids.ts";
import type { ProcRoot } from "../../procfs/root.ts";
import type { KernelUnits } from "../../procfs/units.ts";
import { carefulRedactor, type Redactor } from "../../redact/redactor.ts";
import type { Answer, Question, SlowReads } from "../../slowReads/slowReads.ts";
import { nextTurn } from "./content.ts";
import { maskOf, type ProcessSecrets } from "./knownSecrets.ts";

/** One process. What the kernel would not tell is absent. */
export interface ProcessListRow {
  readonly pid: number;
  readonly parentPid: number;
  readonly user?: string;
  /** The kernel's letter: R running, S sleeping, D uninterruptible, T stopped, Z zombie, I idle. */
  readonly state: string;
  readonly threads: number;
  /** Used since it was started. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly ageSeconds?: number;
  readonly unit: string;
  readonly container: string;
  readonly process: string;
  readonly kernelThread: boolean;
  /** Redacted; empty for kernel threads and zombies, and where it is not known. */
  readonly commandLine: string;
}

type NamelessRow = Omit<ProcessListRow, "commandLine">;

/** The processes of one moment. */
export interface ProcessList {
  readonly takenAtMs: number;
  readonly rows: readonly ProcessListRow[];
  /** What was cut out of the command lines, to be masked in other programs' output. Never written anywhere. */
  readonly secrets: readonly ProcessSecrets[];
  /** False when a command line could not be read that another program may well show. */
  readonly secretsComplete: boolean;
  /** The identity of each in questions about its files: pid and start, for pids are reused. */
  readonly keys?: ReadonlyMap<number, string>;
  /** Processes whose command line did not answer. */
  readonly silent: readonly number[];
}

interface ProcessListSource {
  readonly root: ProcRoot;
  readonly units: KernelUnits;
  readonly clock: Clock;
  /** Reads the command lines: such a read may never return. */
  readonly reads: SlowReads;
  /** Unit and container, as a cgroup's path tells them. */
  readonly namesOfCgroup: (path: string) => { readonly unit: string; readonly container: string };
  readonly redactor?: Redactor;
  /** What the container engine calls the container that a cgroup lies in, where it has told. */
  readonly containerName?: (path: string) => string | undefined;
}

const processesPerTurn = 100;
const mostAncestors = 8;
/** A larger one is cut: the kernel has no limit. */
const mostCommandLineBytes = 2 * 1024 * 1024;

/** Reads every process afresh, in turns of a hundred. Those that vanish meanwhile are left out. */
export async function readProcessList(source: ProcessListSource): Promise<ProcessList> {
  const reader = new RowReader(source);
  const rows: ProcessListRow[] = [];
  for (const pids of readPids(source.root)) {
    for (let from = 0; from < pids.length; from += processesPerTurn) {
      rows.push(...(await reader.read(pids.slice(from, from + processesPerTurn))));
      await nextTurn();
    }
  }
  rows.sort((a, b) => a.pid - b.pid);
  // a secret of one process may stand in the arguments of another, where no rule can tell it
  const mask = maskOf(reader.secrets.map(({ names, secrets }) => ({ names, secrets: secrets.filter(({ generated }) => generated) })));
  return {
    takenAtMs: source.clock.wallMs(),
    rows: rows.map((row) => ({ ...row, commandLine: mask(row.commandLine) })),
    secrets: reader.secrets,
    secretsComplete: reader.secretsComplete,
    keys: reader.keys,
    silent: reader.silent,
  };
}

/** Names of a process' parents, the nearest first, as a list tells them. */
export function ancestorsIn(rows: readonly ProcessListRow[]): (pid: number) => readonly string[] {
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  return (pid) => {
    const names: string[] = [];
    let parent = byPid.get(byPid.get(pid)?.parentPid ?? 0);
    while (parent !== undefined && names.length < mostAncestors) {
      names.push(parent.process);
      parent = byPid.get(parent.parentPid);
    }
    return names;
  };
}

class RowReader {
  readonly secrets: ProcessSecrets[] = [];
  secretsComplete = true;
  readonly silent: number[] = [];
  readonly keys = new Map<number, string>();
  readonly #source: ProcessListSource;
  readonly #redactor: Redactor;
  readonly #users: UserNames;
  readonly #buffer = new ReadBuffer();
  readonly #stat = newPidStat();
  readonly #uptimeSeconds: number | undefined;

  constructor(source: ProcessListSource) {
    this.#source = source;
    this.#redactor = source.redactor ?? carefulRedactor;
    this.#users = new UserNames(source.root);
    this.#uptimeSeconds = readUptimeSeconds(source.root);
  }

  /** Without those that are gone, or hidden from us. */
  async read(pids: readonly number[]): Promise<readonly ProcessListRow[]> {
    const { root, reads } = this.#source;
    const rows = pids.flatMap((pid) => this.#readRow(pid) ?? []);
    const asked = rows.filter(({ row }) => !row.kernelThread);
    const questions = asked.map(({ row, key }): Question => {
      const path = commandLinePath(root, row.pid);
      return { path, of: key, isDoubtful: row.state === "D", operation: "readOnce", most: mostCommandLineBytes };
    });
    const lines = new Map<number, string>();
    await reads.ask(questions, (answer, index) => {
      const { row } = asked[index] as (typeof asked)[number];
      lines.set(row.pid, this.#commandLineOf(row, answer));
    });
    return rows.map(({ row }) => ({ ...row, commandLine: lines.get(row.pid) ?? "" }));
  }

  #readRow(pid: number): { readonly row: NamelessRow; readonly key: string } | undefined {
    const { root, units } = this.#source;
    const stat = this.#stat;
    try {
      readPidStat(root, pid, this.#buffer, stat);
    } catch (error) {
      if (!isGone(error) && !isDenied(error)) this.secretsComplete = false;
      return undefined;
    }
    const process = this.#buffer.bytes.toString("utf8", stat.commStart, stat.commEnd);
    const kernelThread = (stat.flags & kernelThreadFlag) !== 0;
    const user = this.#userOf(pid);
    const startedSeconds = stat.startTicks / units.ticksPerSecond;
    const row: NamelessRow = defined({
      pid,
      parentPid: stat.parentPid,
      user,
      state: String.fromCharCode(stat.state),
      threads: stat.threads,
      cpuSeconds: (stat.userTicks + stat.systemTicks) / units.ticksPerSecond,
      residentBytes: stat.residentPages * units.pageBytes,
      ageSeconds: this.#uptimeSeconds === undefined ? undefined : Math.max(0, this.#uptimeSeconds - startedSeconds),
      ...this.#placeOf(attempt(() => readPidCgroups(root, pid).path) ?? "/"),
      process,
      kernelThread,
    });
    const key = `${pid}@${stat.startTicks}`;
    this.keys.set(pid, key);
    return { row, key };
  }

  /** A container goes by its name, as everywhere else; by its id as long as nobody has told the name. */
  #placeOf(cgroupPath: string): { readonly unit: string; readonly container: string } {
    const { namesOfCgroup, containerName } = this.#source;
    const { unit, container } = namesOfCgroup(cgroupPath);
    const { text } = this.#redactor;
    return { unit: text(unit), container: container === "" ? "" : text(containerName?.(cgroupPath) ?? container) };
  }

  #userOf(pid: number): string | undefined {
    const { root, clock } = this.#source;
    return attempt(() => this.#users.nameOf(readPidUserId(root, pid), clock.monotonicSeconds()));
  }

  #commandLineOf({ pid, process }: NamelessRow, answer: Answer): string {
    if (answer.bytes !== undefined) {
      const argv = parseCommandLine(answer.bytes);
      const { text, secrets } = this.#redactor.commandLine(argv);
      this.secrets.push({ pid, names: namesOf(process, argv), secrets });
      return text;
    }
    if (answer.error !== undefined) {
      if (!isGone(answer.error) && !isDenied(answer.error)) this.secretsComplete = false;
      return "";
    }
    this.silent.push(pid);
    // as long as it hangs, no other program gets to see it
    if (!answer.isPending) this.secretsComplete = false;
    return "";
  }
}

/** What a process is called: by the kernel, and by its own first argument. */
function namesOf(process: string, argv: readonly string[]): readonly string[] {
  const first = argv[0]?.split(" ")[0] ?? "";
  const base = first.slice(first.lastIndexOf("/") + 1);
  return base === "" || base === process ? [process] : [process, base];
}

/** What one of the smaller files says; that a process ends or hides meanwhile is usual. */
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** /proc/uptime, the clock that start times are told on (proc_uptime(5)). */
function readUptimeSeconds(root: ProcRoot): number | undefined {
  const seconds = attempt(() => Number.parseFloat(readFileSync(`${root.procfs}/uptime`, "latin1")));
  return seconds === undefined || Number.isNaN(seconds) ? undefined : seconds;
}
