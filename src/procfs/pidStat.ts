/** /proc/PID/stat, the one file that is read again and again for every process (proc_pid_stat(5)). */
import { closeSync, openSync } from "node:fs";
import { MalformedError } from "./errors.ts";
import type { ReadBuffer } from "./kernelFiles.ts";
import type { ProcRoot } from "./root.ts";

/** The fields of interest, in the kernel's own units; one object is filled again and again, so that reading allocates nothing. */
export interface PidStat {
  pid: number;
  /** Where the name stands in the buffer: made a string only when it is new. */
  commStart: number;
  commEnd: number;
  /** The state's letter as a character code. */
  state: number;
  parentPid: number;
  sessionId: number;
  flags: number;
  userTicks: number;
  systemTicks: number;
  childUserTicks: number;
  childSystemTicks: number;
  threads: number;
  startTicks: number;
  virtualBytes: number;
  residentPages: number;
}

/** An empty PidStat to be filled. */
export function newPidStat(): PidStat {
  return {
    pid: 0,
    commStart: 0,
    commEnd: 0,
    state: 0,
    parentPid: 0,
    sessionId: 0,
    flags: 0,
    userTicks: 0,
    systemTicks: 0,
    childUserTicks: 0,
    childSystemTicks: 0,
    threads: 0,
    startTicks: 0,
    virtualBytes: 0,
    residentPages: 0,
  };
}

/** PF_EXITING of include/linux/sched.h. */
export const exitingFlag = 0x00000004;
/** PF_KTHREAD of the same. */
export const kernelThreadFlag = 0x00200000;

/** Opens the file; the descriptor answers ESRCH for ever once the process is gone and never shows a reused pid. */
export function openPidStat(root: ProcRoot, pid: number): number {
  return openSync(`${root.procfs}/${pid}/stat`, "r");
}

/** Reads one process once, through a descriptor that is closed at once. */
export function readPidStat(root: ProcRoot, pid: number, buffer: ReadBuffer, into: PidStat): void {
  const descriptor = openPidStat(root, pid);
  try {
    parsePidStat(buffer.bytes, buffer.readAtOnce(descriptor), into);
  } finally {
    closeSync(descriptor);
  }
}

const space = 0x20;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
const newline = 0x0a;
const minus = 0x2d;

/**
 * Parses a stat line into `into`.
 *
 * The name stands in parentheses and may itself hold spaces and parentheses: it ends at the last one.
 */
export function parsePidStat(bytes: Buffer, length: number, into: PidStat): void {
  let at = length - 1;
  while (at > 0 && bytes[at] !== closeParenthesis) at--;
  const commEnd = at;
  let open = 0;
  while (open < commEnd && bytes[open] !== openParenthesis) open++;
  if (commEnd <= open) malformed(bytes, length, "pid (name) ...");
  into.pid = digits(bytes, 0, open);
  into.commStart = open + 1;
  into.commEnd = commEnd;
  at = commEnd + 2;
  into.state = bytes[at] as number;
  at += 2;
  // field 4 comes next; 24 is the last that is wanted
  for (let field = 4; field <= 24; field++) {
    let value = 0;
    const start = at;
    for (; at < length; at++) {
      const byte = bytes[at] as number;
      if (byte === space || byte === newline) break;
      if (byte >= 0x30 && byte <= 0x39) value = value * 10 + (byte - 0x30);
      // a minus (tpgid, priority, nice) is no digit: those fields are not wanted
      else if (byte !== minus) malformed(bytes, length, `a number as field ${field}`);
    }
    if (at === start) malformed(bytes, length, `at least 24 fields (${field} is missing)`);
    at++;
    switch (field) {
      case 4:
        into.parentPid = value;
        break;
      case 6:
        into.sessionId = value;
        break;
      case 9:
        into.flags = value;
        break;
      case 14:
        into.userTicks = value;
        break;
      case 15:
        into.systemTicks = value;
        break;
      case 16:
        into.childUserTicks = value;
        break;
      case 17:
        into.childSystemTicks = value;
        break;
      case 20:
        into.threads = value;
        break;
      case 22:
        into.startTicks = value;
        break;
      case 23:
        into.virtualBytes = value;
        break;
      case 24:
        into.residentPages = value;
        break;
    }
  }
}

function digits(bytes: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte >= 0x30 && byte <= 0x39) value = value * 10 + (byte - 0x30);
  }
  return value;
}

function malformed(bytes: Buffer, length: number, expected: string): never {
  throw new MalformedError("/proc/PID/stat", bytes.toString("latin1", 0, length), expected);
}
