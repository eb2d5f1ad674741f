/** The sockets of the culprits: one look into each network namespace, however many of them live in it. */
import { defined } from "../../model/defined.ts";
import { type FoundSockets, readNetNamespace, readSockets, socketProtocols } from "../../procfs/netSockets.ts";
import type { ProcRoot } from "../../procfs/root.ts";
import type { AskedFindings, QuickFindings } from "./findings.ts";
import { laterReading, type Reading } from "./readings.ts";

/** A table of a hundred thousand sockets is about 15 MB. */
const mostBytes = 32 * 1024 * 1024;

/** The sockets of each process, by pid. */
export async function readSocketsOf(
  root: ProcRoot,
  all: readonly (QuickFindings & AskedFindings)[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Reading<FoundSockets>>> {
  const inodesOf = new Map(all.map(({ chosen, descriptors }) => [chosen.row.pid, descriptors.value?.socketInodes ?? new Set<string>()]));
  const found = new Map<number, Reading<FoundSockets>>();
  const byNamespace = new Map<string, number[]>();
  for (const [pid, inodes] of inodesOf) {
    if (inodes.size === 0) continue;
    const namespace = await laterReading(() => readNetNamespace(root, pid));
    if (namespace.value === undefined) found.set(pid, namespace);
    else byNamespace.set(namespace.value, [...(byNamespace.get(namespace.value) ?? []), pid]);
  }
  for (const pids of byNamespace.values()) {
    const wanted = new Set(pids.flatMap((pid) => [...(inodesOf.get(pid) ?? [])]));
    const sockets = await laterReading(() => readAll(root, pids, wanted, signal));
    for (const pid of pids) found.set(pid, ownOf(sockets, inodesOf.get(pid) ?? new Set()));
  }
  return found;
}

/** Through whichever of the processes still lives. */
async function readAll(root: ProcRoot, pids: readonly number[], wanted: ReadonlySet<string>, signal: AbortSignal): Promise<FoundSockets> {
  const [pid = 0, ...others] = pids;
  try {
    const found: FoundSockets[] = [];
    for (const protocol of socketProtocols) found.push(await readSockets(root, pid, protocol, wanted, { mostBytes, signal }));
    return { sockets: found.flatMap(({ sockets }) => sockets), cut: found.some(({ cut }) => cut) };
  } catch (error) {
    if (others.length === 0) throw error;
    return readAll(root, others, wanted, signal);
  }
}

function ownOf(all: Reading<FoundSockets>, inodes: ReadonlySet<string>): Reading<FoundSockets> {
  if (all.value === undefined) return all;
  const { sockets, cut } = all.value;
  const own = { sockets: sockets.filter(({ inode }) => inodes.has(inode)), cut };
  return defined({ value: own, cut: cut ? "the machine has too many sockets: not all were looked at" : undefined });
}
