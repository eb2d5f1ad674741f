/**
 * /proc/PID/cmdline, for callers that read it more than once. Only parsing: reading it waits for the lock of that process' memory.
 *
 * Raw: the caller must redact the arguments at once, so that no type downstream holds them.
 */
import type { ProcRoot } from "./root.ts";

/** An argument list may be megabytes long; nobody is known by what comes later than this. */
export const mostArgumentBytes = 64 * 1024;

const space = 32;

/** Where it stands. */
export function commandLinePath(root: ProcRoot, pid: number): string {
  return `${root.procfs}/${pid}/cmdline`;
}

/**
 * Without the NULs and spaces at the end, which programs that write over their own title leave there. What was cut off in the middle
 * of an argument is left out: half a secret might not be known for one. Empty for kernel threads, zombies, and a process that just ends.
 */
export function trimArguments(bytes: Buffer): Buffer {
  let { length } = bytes;
  if (length >= mostArgumentBytes) {
    const lastNul = bytes.lastIndexOf(0);
    length = lastNul > 0 ? lastNul : Math.max(0, bytes.lastIndexOf(space));
  }
  while (length > 0 && (bytes[length - 1] === 0 || bytes[length - 1] === space)) length--;
  return bytes.subarray(0, length);
}

/** A number that differs when the arguments do (FNV-1a), so that nobody need keep them to see that they have changed. */
export function fingerprintOf(bytes: Buffer): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < bytes.length; index++) hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
  return hash >>> 0;
}

/** The arguments, each a string of its own: slices of one would keep all of it in memory. */
export function splitArguments(bytes: Buffer): string[] {
  const args: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0, start);
    const stop = end < 0 ? bytes.length : end;
    args.push(bytes.toString("utf8", start, stop));
    start = stop + 1;
  }
  return args;
}
