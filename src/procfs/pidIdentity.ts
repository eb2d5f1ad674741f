/** What a process is: its user, its cgroup; of its arguments only how to take them apart. Read when it is first seen, not every second. */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { defined } from "../model/defined.ts";
import { MalformedError } from "./errors.ts";
import type { ProcRoot } from "./root.ts";

/** Splits /proc/PID/cmdline at the NULs; a process that wrote over its arguments (setproctitle) gives one text, ended by NULs or spaces. */
export function parseCommandLine(bytes: Buffer): string[] {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end === 0 ? [] : bytes.toString("utf8", 0, end).split("\0");
}

/** Reads the effective user id from /proc/PID/status. */
export function readPidUserId(root: ProcRoot, pid: number): number {
  const path = `${root.procfs}/${pid}/status`;
  return parseStatusUserId(path, readSmall(path).toString("latin1"));
}

/** True when the number is a process' and not that of one of its threads, which /proc shows as well when asked for by number. */
export function readIsProcess(root: ProcRoot, pid: number): boolean {
  const path = `${root.procfs}/${pid}/status`;
  const match = /^Tgid:\s+(\d+)/m.exec(readSmall(path).toString("latin1"));
  if (match === null) throw new MalformedError(path, "", "a line Tgid:");
  return Number(match[1]) === pid;
}

/** `Uid: real effective saved filesystem`: the effective one is what permissions go by. */
export function parseStatusUserId(path: string, text: string): number {
  const match = /^Uid:\s+\d+\s+(\d+)/m.exec(text);
  if (match === null) throw new MalformedError(path, text.split("\n", 1)[0] ?? "", "a line Uid: with four numbers");
  return Number(match[1]);
}

/** A process' places in the cgroup tree. */
export interface PidCgroups {
  /** The path that says most of who it is. */
  readonly path: string;
  /** Its path in the unified hierarchy (v2). */
  readonly unified?: string;
  /** Its path in the v1 hierarchy that accounts CPU time. */
  readonly cpuacct?: string;
}

/** Reads /proc/PID/cgroup. */
export function readPidCgroups(root: ProcRoot, pid: number): PidCgroups {
  return parseCgroups(readSmall(`${root.procfs}/${pid}/cgroup`).toString());
}

/**
 * The lines of cgroups(7). What says most is the unified path where it says something, else the first of systemd's own
 * hierarchy, cpuacct, memory and pids whose path is not the root.
 */
export function parseCgroups(text: string): PidCgroups {
  const paths = new Map<string, string>();
  for (const line of text.split("\n")) {
    const first = line.indexOf(":");
    const second = line.indexOf(":", first + 1);
    if (second < 0) continue;
    // a zombie can outlive its cgroup, and is still accounted by the name it had
    const path = line.slice(second + 1).replace(/ \(deleted\)$/, "");
    for (const controller of line.slice(first + 1, second).split(",")) paths.set(controller, path);
  }
  const unified = paths.get("");
  const cpuacct = paths.get("cpuacct");
  const telling = ["", "name=systemd", "cpuacct", "memory", "pids"].map((controller) => paths.get(controller));
  return defined({
    path: telling.find((path) => path !== undefined && path !== "/") ?? "/",
    unified,
    cpuacct,
  });
}

/** Small enough for node's pool of buffers, and for nearly all of these files. */
const smallBytes = 4000;

/** A file in one read and half the system calls of `readFileSync`; a longer one is read by that after all. */
function readSmall(path: string): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const bytes = Buffer.allocUnsafe(smallBytes);
    const length = readSync(descriptor, bytes, 0, smallBytes, 0);
    return length < smallBytes ? bytes.subarray(0, length) : readFileSync(path);
  } finally {
    closeSync(descriptor);
  }
}
