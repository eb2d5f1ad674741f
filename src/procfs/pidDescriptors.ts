/** /proc/PID/fd: what kinds of descriptors a process holds (proc_pid_fd(5)). Links are read, never followed: what they name may hang. */
import { opendirSync, readlinkSync, statSync } from "node:fs";
import { isGone } from "./errors.ts";
import type { ProcRoot } from "./root.ts";

/** One link of /proc/PID/fd. */
export interface DescriptorTarget {
  /** `file`, `deleted file`, `device`, `socket`, `pipe`, `memory file`, `anon: eventpoll` and the like, `other`. */
  readonly kind: string;
  /** Of a socket: by it /proc/PID/net/* knows the same one. */
  readonly socketInode?: string;
  /** Of a file: the folder that it is in. */
  readonly directory?: string;
}

/** What a process holds open. */
export interface PidDescriptors {
  /** How many it has; larger than `looked` when not all were looked at. */
  readonly total: number;
  readonly looked: number;
  readonly kinds: ReadonlyMap<string, number>;
  readonly socketInodes: ReadonlySet<string>;
  /** How many files by folder. */
  readonly directories: ReadonlyMap<string, number>;
}

/** Looks at the first `most` descriptors; a process can have a million. */
export function readPidDescriptors(root: ProcRoot, pid: number, most: number): PidDescriptors {
  const folder = `${root.procfs}/${pid}/fd`;
  const kinds = new Map<string, number>();
  const directories = new Map<string, number>();
  const socketInodes = new Set<string>();
  let looked = 0;
  const entries = opendirSync(folder);
  try {
    for (let entry = entries.readSync(); entry !== null && looked < most; entry = entries.readSync()) {
      const target = readTarget(`${folder}/${entry.name}`);
      if (target === undefined) continue;
      looked++;
      const { kind, socketInode, directory } = parseDescriptorTarget(target);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (socketInode !== undefined) socketInodes.add(socketInode);
      if (directory !== undefined) directories.set(directory, (directories.get(directory) ?? 0) + 1);
    }
  } finally {
    entries.closeSync();
  }
  // since Linux 6.2 the folder's size is the number of its descriptors
  return { total: Math.max(looked, statSync(folder).size), looked, kinds, socketInodes, directories };
}

/** Says what a link's text means. */
export function parseDescriptorTarget(target: string): DescriptorTarget {
  const [, type, inode] = /^([a-z_]+):\[?(.*?)\]?$/.exec(target) ?? [];
  if (type === "socket" && inode !== undefined) return { kind: "socket", socketInode: inode };
  if (type === "pipe") return { kind: "pipe" };
  if (type === "anon_inode") return { kind: `anon: ${inode}` };
  if (!target.startsWith("/")) return { kind: "other" };
  if (target.startsWith("/memfd:")) return { kind: "memory file" };
  if (target.startsWith("/dev/") && !target.startsWith("/dev/shm/")) return { kind: "device" };
  const directory = target.slice(0, Math.max(1, target.lastIndexOf("/")));
  return { kind: target.endsWith(" (deleted)") ? "deleted file" : "file", directory };
}

/** Undefined when it was closed a moment ago. */
function readTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
