/** Who listens on a TCP port of this network namespace: /proc/self/net/tcp, tcp6 (proc_pid_net(5)), and the processes that hold the socket. */
import { readdir, readFile, readlink } from "node:fs/promises";
import { isDenied, isGone } from "./errors.ts";
import { parseSocketAddress } from "./netSockets.ts";
import type { ProcRoot } from "./root.ts";

/** A socket that listens. */
export interface ListenerReading {
  /** Address and port, as `ss` writes them. */
  readonly local: string;
  readonly userId: number;
  readonly inode: string;
}

const listenState = "0A";

/** The sockets that listen on a port, on whatever address. Empty where the kernel has no such file. */
export async function readListeners(root: ProcRoot, port: number): Promise<readonly ListenerReading[]> {
  const texts = await Promise.all(["tcp", "tcp6"].map((protocol) => readIfThere(`${root.procfs}/self/net/${protocol}`)));
  return texts.flatMap((text) => parseListeners(text)).filter(({ local }) => local.endsWith(`:${port}`));
}

/** All sockets that listen. A line that is none is passed over: what is asked here is only a name for a message. */
export function parseListeners(text: string): readonly ListenerReading[] {
  return text.split("\n").flatMap((line) => {
    const [, local, , state, , , , userId, , inode] = line.trim().split(/\s+/, 10);
    if (state !== listenState || local === undefined || userId === undefined || inode === undefined) return [];
    return [{ local: parseSocketAddress(local), userId: Number(userId), inode }];
  });
}

/** The first process that holds a socket; undefined when those that may be looked into do not. */
export async function findSocketHolder(root: ProcRoot, inode: string): Promise<number | undefined> {
  const pids = (await readdir(root.procfs)).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids.sort((a, b) => a - b)) if (await holds(`${root.procfs}/${pid}/fd`, `socket:[${inode}]`)) return pid;
  return undefined;
}

async function holds(folder: string, target: string): Promise<boolean> {
  try {
    for (const name of await readdir(folder)) if ((await readlink(`${folder}/${name}`).catch(() => "")) === target) return true;
    return false;
  } catch (error) {
    if (isGone(error) || isDenied(error)) return false;
    throw error;
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, "latin1");
  } catch (error) {
    // without IPv6, or without a /proc
    if (isGone(error) || isDenied(error)) return "";
    throw error;
  }
}
