/** /proc/net/tcp and tcp6: which user holds the other end of a connection within this machine (proc_pid_net(5)). */
import { open } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isGone } from "./errors.ts";
import { parseSocketAddress } from "./netSockets.ts";

/** A connection as its other end sees it: `127.0.0.1:1234`, `[::1]:1234`. */
interface ConnectionEnds {
  readonly local: string;
  readonly remote: string;
}

/** How long and how much may be read. */
interface OwnerLimits {
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}

const chunkBytes = 64 * 1024;
const established = "01";

/**
 * The user ids of those of these connections that are found, by `local remote`; the others are not there, or not within the limits.
 * `directory` is /proc/net: that of this process' own network namespace.
 */
export async function readSocketOwners(
  directory: string,
  wanted: ReadonlySet<string>,
  { mostBytes, signal }: OwnerLimits,
): Promise<ReadonlyMap<string, number>> {
  const ports = new Set([...wanted].flatMap((ends) => portHex(ends) ?? []));
  const found = new Map<string, number>();
  for (const protocol of ["tcp", "tcp6"]) {
    const file = await open(`${directory}/${protocol}`).catch((error: unknown) => {
      if (isGone(error) && protocol === "tcp6") return undefined;
      throw error;
    });
    if (file === undefined) continue;
    try {
      const bytes = Buffer.allocUnsafe(chunkBytes);
      let rest = "";
      for (let total = 0; found.size < wanted.size; ) {
        const { bytesRead } = await file.read(bytes, 0, chunkBytes);
        if (bytesRead === 0) break;
        total += bytesRead;
        if (total > mostBytes || signal.aborted) return found;
        const lines = (rest + bytes.toString("latin1", 0, bytesRead)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const owner = parseSocketOwner(line, ports);
          if (owner !== undefined && wanted.has(owner.ends)) found.set(owner.ends, owner.userId);
        }
        await nextTurn();
      }
    } finally {
      await file.close();
    }
  }
  return found;
}

/** How `readSocketOwners` is asked for a connection, and answers. */
export function endsKey({ local, remote }: ConnectionEnds): string {
  return `${plainVersion4(local)} ${plainVersion4(remote)}`;
}

/** One line; undefined when it is no connection from one of these ports, as the kernel writes them. Most are not: that is seen first. */
export function parseSocketOwner(
  line: string,
  ports: ReadonlySet<string>,
  littleEndian?: boolean,
): { readonly ends: string; readonly userId: number } | undefined {
  const colon = line.indexOf(":", line.indexOf(":") + 1);
  if (!ports.has(line.slice(colon + 1, colon + 5))) return undefined;
  const [, local, remote, state, , , , uid] = line.trim().split(/\s+/, 8);
  if (local === undefined || remote === undefined || state !== established || uid === undefined || !/^\d+$/.test(uid)) return undefined;
  const ends = { local: parseSocketAddress(local, littleEndian), remote: parseSocketAddress(remote, littleEndian) };
  return { ends: endsKey(ends), userId: Number(uid) };
}

/** The port of the first end, as the kernel writes it. */
function portHex(key: string): string | undefined {
  const port = /:(\d+) /.exec(key)?.[1];
  return port === undefined ? undefined : Number(port).toString(16).toUpperCase().padStart(4, "0");
}

/** A socket that listens for both families sees an IPv4 connection as `::ffff:127.0.0.1`. */
function plainVersion4(address: string): string {
  return address.replace(/^\[::ffff:(\d+\.\d+\.\d+\.\d+)\]/, "$1");
}
