/** Says who listens where Culprit was to listen: most often it is another one, or what took the port meanwhile. */
import { readFile } from "node:fs/promises";
import { processName } from "../attribution/processName.ts";
import type { Clock } from "../model/clock.ts";
import { findSocketHolder, type ListenerReading, readListeners } from "../procfs/listeners.ts";
import { UserNames } from "../procfs/passwd.ts";
import { commandLinePath, splitArguments, trimArguments } from "../procfs/pidArguments.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { carefulRedactor } from "../redact/redactor.ts";
import { askAll, type SlowReads } from "../slowReads/slowReads.ts";

/** A process may hang while it is asked, and whoever starts on a machine that is short of CPU would rather wait than not know. */
const patienceSeconds = 10;
const commandLineSeconds = 3;

/** What it takes to find out. */
interface PortHolderSources {
  readonly root: ProcRoot;
  readonly clock: Clock;
  readonly reads: SlowReads;
}

/** Who has the port, in words that stand behind "by"; undefined when nobody can tell. Takes ten seconds at most. */
export async function describePortHolder(sources: PortHolderSources, address: string, port: number): Promise<string | undefined> {
  let cancel: () => void = () => undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    cancel = sources.clock.after(patienceSeconds, () => resolve(undefined));
  });
  try {
    return await Promise.race([look(sources, address, port), tooLong]);
  } catch {
    // the port is taken all the same, and that is what has to be said
    return undefined;
  } finally {
    cancel();
  }
}

async function look({ root, reads }: PortHolderSources, address: string, port: number): Promise<string | undefined> {
  const listener = (await readListeners(root, port)).find(({ local }) => isInTheWay(local, address));
  if (listener === undefined) return undefined;
  const user = new UserNames(root).nameOf(listener.userId, 0);
  const pid = await findSocketHolder(root, listener.inode);
  // what the kernel tells of everybody's sockets is their user
  if (pid === undefined) return `a process of user ${user}, whose name this user may not see`;
  return `${await nameOf(root, reads, pid)} (pid ${pid}, user ${user})`;
}

/** An address is taken by itself and by "all addresses", which takes every one. */
function isInTheWay(local: ListenerReading["local"], address: string): boolean {
  const taken = local.slice(0, local.lastIndexOf(":")).replace(/^\[(.*)\]$/, "$1");
  const everywhere = ["0.0.0.0", "::"];
  return taken === address || everywhere.includes(taken) || everywhere.includes(address);
}

async function nameOf(root: ProcRoot, reads: SlowReads, pid: number): Promise<string> {
  const comm = (await readFile(`${root.procfs}/${pid}/comm`, "utf8")).trimEnd();
  const [line] = await askAll(reads, [{ path: commandLinePath(root, pid) }], commandLineSeconds);
  if (line?.bytes === undefined) return comm;
  return processName({
    comm,
    kernelThread: false,
    identity: { arguments: carefulRedactor.argumentList(splitArguments(trimArguments(line.bytes))).arguments },
  });
}
