/** What one line of the process list says of a process: its name, its state, its command line, when it was started. */
import type { ProcessIdentity } from "../../model/processes.ts";
import type { Redactor } from "../../redact/redactor.ts";
import type { ListedProcess } from "./system.ts";

/** The word of systeminformation and the kernel's letter. Its "unknown" says nothing, not even on Linux, where it may mean idle. */
const letters: Readonly<Record<string, string>> = {
  running: "R",
  sleeping: "S",
  stopped: "T",
  blocked: "D",
  zombie: "Z",
  dead: "X",
};

/** The state as the kernel's letter, "" where it is not known. */
export function stateOf(process: ListedProcess): string {
  return letters[process.state] ?? "";
}

/** Children of kthreadd; nowhere else do threads of the kernel stand in the list. */
export function isKernelThread({ pid, parentPid }: ListedProcess, platform: NodeJS.Platform): boolean {
  return platform === "linux" && (pid === 2 || parentPid === 2);
}

/**
 * The name under which it is counted. It becomes a label, so it must not hold arguments: they would be secrets, and a new name with
 * every start.
 *
 * systeminformation cuts kernel threads at a slash (`kworker/u4:1-flush` is `u4:1-flush`) and on macOS takes arguments without a dash
 * for a part of the name, because names of applications hold blanks.
 */
export function nameOf(process: ListedProcess, platform: NodeJS.Platform, redactor: Redactor): string {
  if (isKernelThread(process, platform)) return process.command;
  const { name } = process;
  const mayHoldBlanks =
    platform === "win32" || platform === "linux" || /\.(app|appex|framework|xpc|bundle)\//.test(`${process.path ?? ""}/`);
  return redactor.text(mayHoldBlanks ? name : (name.split(" ")[0] ?? name));
}

/** What it is; redacted here, where it is read. */
export function identityOf(process: ListedProcess, platform: NodeJS.Platform, redactor: Redactor): ProcessIdentity {
  const user = process.user ?? "";
  return isKernelThread(process, platform)
    ? { commandLine: "", user, cgroupPath: "/" }
    : { commandLine: redactor.commandLine([commandLineOf(process, platform)]).text, user, cgroupPath: "/" };
}

/** Windows gives it whole; elsewhere it was taken apart. */
function commandLineOf({ path, command, params }: ListedProcess, platform: NodeJS.Platform): string {
  if (platform === "win32") return command;
  return `${path ? `${path}/` : ""}${command}${params ? ` ${params}` : ""}`;
}

/** When a process was started: as a date, and on a scale on which the same process always stands at the same place. */
export interface Start {
  readonly epochSeconds: number;
  readonly scaleSeconds: number;
}

/** The moment of a reading on both clocks, and what local time was then. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicSeconds: number;
  readonly timezoneOffsetMinutes: (atMs: number) => number;
}

/**
 * Reads `YYYY-MM-DD HH:MM:SS`.
 *
 * Windows says a date in local time. Elsewhere systeminformation makes one out of the age that ps shows, with today's distance from
 * UTC: it moves whenever a person sets the clock, so what counts there is the age, on the clock that never jumps.
 */
export function startOf(started: string | null | undefined, platform: NodeJS.Platform, now: Moment): Start | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(started ?? "");
  if (match === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  if (platform === "win32") {
    const epochSeconds = asUtc / 1000 + now.timezoneOffsetMinutes(asUtc) * 60;
    return { epochSeconds, scaleSeconds: epochSeconds };
  }
  const epochSeconds = asUtc / 1000 + now.timezoneOffsetMinutes(now.wallMs) * 60;
  return { epochSeconds, scaleSeconds: now.monotonicSeconds - (now.wallMs / 1000 - epochSeconds) };
}
