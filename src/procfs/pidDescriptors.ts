/** /proc/PID/fd: what kinds of descriptors a process holds (proc_pid_fd(5)). Only parsing: links are read elsewhere, and never followed. */
import type { ProcRoot } from "./root.ts";

interface DescriptorTarget {
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

/** Where they stand. */
export function descriptorsPath(root: ProcRoot, pid: number): string {
  return `${root.procfs}/${pid}/fd`;
}

/** Sums up what the links point to. Since Linux 6.2 the size of their folder is the number of them all. */
export function describeDescriptors(targets: readonly string[], folderSize: number): PidDescriptors {
  const kinds = new Map<string, number>();
  const directories = new Map<string, number>();
  const socketInodes = new Set<string>();
  for (const target of targets) {
    const { kind, socketInode, directory } = parseDescriptorTarget(target);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (socketInode !== undefined) socketInodes.add(socketInode);
    if (directory !== undefined) directories.set(directory, (directories.get(directory) ?? 0) + 1);
  }
  return { total: Math.max(targets.length, folderSize), looked: targets.length, kinds, socketInodes, directories };
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
