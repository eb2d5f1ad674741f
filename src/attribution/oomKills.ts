/** Those that the kernel killed for memory, given the group that they belonged to: they are gone when this becomes known. */
import { defined } from "../model/defined.ts";
import type { OomKill, OomKillReading, OomKillsReading } from "../model/oomKill.ts";
import type { ProcessKey } from "../model/processes.ts";
import { type Ledger, type LedgerProcess, processOf, type Remains } from "./ledger.ts";
import { labelsOfRemains } from "./names.ts";

/** Who holds less is seldom killed for memory, and dies by the thousand. */
const leastBytes = 2 * 1024 * 1024;
const mostRemains = 300;
/** What is known of a kill comes within seconds, on a machine without memory later. */
const keptMs = 60_000;
/** Ticks are shifted, and who is killed may be gone before it is counted. */
const slackMs = 2500;

/** Remembers those that vanish and held enough; what has ended and was not reaped yet holds nothing any more. */
export function keepRemains(ledger: Ledger, vanished: readonly ProcessKey[], nowMs: number): void {
  const added = vanished.flatMap((key): Remains[] => {
    const dead = ledger.processes.get(key);
    if (dead === undefined || (dead.reading.residentBytes < leastBytes && dead.reading.state !== "Z")) return [];
    return [{ reading: dead.reading, labels: dead.group.labels, goneAtMs: nowMs }];
  });
  const [oldest] = ledger.remains;
  if (added.length === 0 && (oldest === undefined || oldest.goneAtMs >= nowMs - keptMs)) return;
  ledger.remains = [...ledger.remains, ...added].filter(({ goneAtMs }) => goneAtMs >= nowMs - keptMs).slice(-mostRemains);
}

/** What is to be told; undefined where that is nothing. */
export function tellOomKills(ledger: Ledger, reading: OomKillsReading | undefined): readonly OomKill[] | undefined {
  if (reading === undefined || reading.told.length === 0) return undefined;
  const guessed = new Set<Remains>();
  return reading.told.map((kill) => (kill.pid === undefined ? guess(ledger, kill, guessed) : told(ledger, kill, kill.pid)));
}

/** The kernel has named it. In another pid namespace than Culprit's its number may be that of somebody else. */
function told(ledger: Ledger, kill: OomKillReading, pid: number): OomKill {
  const living = processOf(ledger, pid);
  const found = living === undefined ? ledger.remains.findLast(({ reading }) => reading.pid === pid) : remainsOf(living);
  const isSame = found !== undefined && (kill.comm === undefined || found.reading.comm === kill.comm);
  return killOf(ledger, kill, {
    pid,
    group: isSame ? found.labels : labelsOfRemains(kill.comm, kill.cgroup ?? "/", ledger.hide),
    residentBytes: kill.residentBytes ?? (isSame ? found.reading.residentBytes : undefined),
  });
}

function remainsOf({ reading, group }: LedgerProcess): Remains {
  return { reading, labels: group.labels, goneAtMs: 0 };
}

/** Who held most of those that vanished there at that time; nobody is named twice. */
function guess(ledger: Ledger, kill: OomKillReading, guessed: Set<Remains>): OomKill {
  const { cgroup, countedAtMs } = kill;
  const isThere = ({ reading: { identity } }: Remains) =>
    cgroup === undefined || [identity.cgroupPath, identity.unifiedCgroup].some((path) => path === cgroup || path?.startsWith(`${cgroup}/`));
  let best: Remains | undefined;
  for (const one of ledger.remains) {
    if (guessed.has(one) || one.goneAtMs < countedAtMs - slackMs || !isThere(one)) continue;
    if (best === undefined || one.reading.residentBytes > best.reading.residentBytes) best = one;
  }
  if (best === undefined) return killOf(ledger, kill, { group: labelsOfRemains(undefined, cgroup ?? "/", ledger.hide) });
  guessed.add(best);
  const { reading, labels } = best;
  return killOf(ledger, kill, { pid: reading.pid, group: labels, residentBytes: reading.residentBytes, isGuess: true });
}

function killOf(
  { hide }: Ledger,
  { countedAtMs, cgroup, limitCgroup, limitBytes, isOfMachine }: OomKillReading,
  who: Pick<OomKill, "group" | "isGuess"> & { readonly pid?: number; readonly residentBytes?: number | undefined },
): OomKill {
  const isLimitAbove = limitCgroup !== undefined && cgroup !== undefined && limitCgroup !== cgroup ? (true as const) : undefined;
  return defined({
    killedAtMs: countedAtMs,
    ...who,
    limitCgroup: limitCgroup === undefined ? undefined : hide(limitCgroup).slice(0, mostPathCharacters),
    limitBytes,
    isOfMachine,
    isLimitAbove,
  });
}

const mostPathCharacters = 256;
