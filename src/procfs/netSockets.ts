/** /proc/PID/net/tcp, tcp6, udp, udp6: the sockets of a process' network namespace (proc_pid_net(5)). */
import { open, readlink } from "node:fs/promises";
import { endianness } from "node:os";
import { isGone, MalformedError } from "./errors.ts";
import type { ProcRoot } from "./root.ts";

/** The protocols that have such a file. */
export const socketProtocols = ["tcp", "tcp6", "udp", "udp6"] as const;

type SocketProtocol = (typeof socketProtocols)[number];

/** One socket. */
export interface SocketReading {
  readonly protocol: SocketProtocol;
  /** Address and port. */
  readonly local: string;
  readonly remote: string;
  /** As `ss` names it. */
  readonly state: string;
  readonly sendQueueBytes: number;
  readonly receiveQueueBytes: number;
  readonly inode: string;
}

/** What was found of the sockets that were looked for. */
export interface FoundSockets {
  readonly sockets: readonly SocketReading[];
  /** The file was longer than was allowed, and not read to its end. */
  readonly cut: boolean;
}

const chunkBytes = 256 * 1024;

/** The namespace that the process' sockets are in, as the kernel names it (`net:[4026531840]`). */
export function readNetNamespace(root: ProcRoot, pid: number): Promise<string> {
  return readlink(`${root.procfs}/${pid}/ns/net`);
}

/** Goes through one file and picks out the sockets with these inodes. None where the kernel lacks IPv6; `tcp` is everywhere. */
export async function readSockets(
  root: ProcRoot,
  pid: number,
  protocol: SocketProtocol,
  inodes: ReadonlySet<string>,
  limits: { readonly mostBytes: number; readonly signal: AbortSignal },
): Promise<FoundSockets> {
  const path = `${root.procfs}/${pid}/net/${protocol}`;
  const file = await open(path).catch((error: unknown) => {
    if (isGone(error) && protocol !== "tcp") return undefined;
    throw error;
  });
  if (file === undefined) return { sockets: [], cut: false };
  const sockets: SocketReading[] = [];
  const bytes = Buffer.allocUnsafe(chunkBytes);
  let rest = "";
  try {
    for (let total = 0; ; ) {
      if (total >= limits.mostBytes || limits.signal.aborted) return { sockets, cut: true };
      const { bytesRead } = await file.read(bytes, 0, chunkBytes);
      if (bytesRead === 0) return { sockets, cut: false };
      const lines = (rest + bytes.toString("latin1", 0, bytesRead)).split("\n");
      rest = lines.pop() ?? "";
      for (const [index, line] of lines.entries()) {
        if (total === 0 && index === 0) continue;
        const socket = parseSocketLine(path, protocol, line, inodes);
        if (socket !== undefined) sockets.push(socket);
      }
      total += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Reads one line behind the headline; undefined when its inode is none of those wanted. */
export function parseSocketLine(
  path: string,
  protocol: SocketProtocol,
  line: string,
  inodes: ReadonlySet<string>,
): SocketReading | undefined {
  const [, local, remote, state, queues, , , , , inode] = line.trim().split(/\s+/, 10);
  if (local === undefined || remote === undefined || state === undefined || queues === undefined || inode === undefined) {
    throw new MalformedError(path, line, "number local remote state queues ... inode");
  }
  if (!inodes.has(inode)) return undefined;
  const [send = "", receive = ""] = queues.split(":");
  return {
    protocol,
    local: parseSocketAddress(local),
    remote: parseSocketAddress(remote),
    state: stateName(protocol, state),
    sendQueueBytes: Number.parseInt(send, 16),
    receiveQueueBytes: Number.parseInt(receive, 16),
    inode,
  };
}

/** `0100007F:1F90` is 127.0.0.1:8080: the address is made of 32-bit numbers in the machine's own byte order. */
export function parseSocketAddress(text: string, littleEndian = endianness() === "LE"): string {
  const [hex = "", port = ""] = text.split(":");
  const bytes = Buffer.from(hex, "hex");
  if (littleEndian && bytes.length % 4 === 0) bytes.swap32();
  return `${bytes.length === 4 ? bytes.join(".") : version6(bytes)}:${Number.parseInt(port, 16)}`;
}

function version6(bytes: Buffer): string {
  const isMapped = bytes.subarray(0, 12).equals(Buffer.from("00000000000000000000ffff", "hex"));
  if (isMapped) return `[::ffff:${bytes.subarray(12).join(".")}]`;
  const groups = bytes.toString("hex").match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(":")}]/`).hostname;
}

/** Of include/net/tcp_states.h; 7 of UDP is a socket that is not connected. */
const stateNames = [
  "",
  "ESTAB",
  "SYN-SENT",
  "SYN-RECV",
  "FIN-WAIT-1",
  "FIN-WAIT-2",
  "TIME-WAIT",
  "UNCONN",
  "CLOSE-WAIT",
  "LAST-ACK",
  "LISTEN",
  "CLOSING",
  "SYN-RECV",
];

function stateName(protocol: SocketProtocol, hex: string): string {
  const number = Number.parseInt(hex, 16);
  if (number === 7 && protocol.startsWith("tcp")) return "CLOSE";
  return stateNames[number] || hex;
}
