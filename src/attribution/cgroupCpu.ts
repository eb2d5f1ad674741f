/**
 * What a cgroup has used beyond what its processes explain: the work of those that came and went unseen.
 *
 * The kernel accounts it to the microsecond, processes to the tick, and not everything is read at the same moment: the difference is
 * kept with its sign, and shown only when it is more than that can explain.
 */
import type { CgroupCpuReading, ProcessesReading, ProcessIdentity } from "../model/sample.ts";
import { namesOfCgroup } from "./cgroupNames.ts";
import { emptyGroup, type Ledger } from "./ledger.ts";
import { groupId, remainderLabels } from "./names.ts";

/** What is remembered of one cgroup. */
export interface LedgerCgroup {
  usageSeconds: number;
  /** The engine's name for the container, as its processes tell it. */
  containerName?: string;
  /** Given to its processes since the last reading. */
  explainedSeconds: number;
  /** Used but not explained until now; negative when more was explained than used. */
  residualSeconds: number;
  /** Since when the residual adds up. */
  sinceSeconds: number;
}

/** A tick of the kernel for each of a few processes: below this a residual is rounding. */
const slackSeconds = 0.04;
const slackRatio = 0.01;

/** The cgroup in which a process' CPU time is accounted. */
export function accountingCgroup(identity: ProcessIdentity, hierarchy: CgroupCpuReading["hierarchy"]): string {
  return (hierarchy === "unified" ? identity.unifiedCgroup : identity.cpuacctCgroup) ?? "/";
}

/** Notes what was given to a process of a cgroup. */
export function explain(ledger: Ledger, identity: ProcessIdentity, seconds: number): void {
  if (ledger.hierarchy === undefined || seconds === 0) return;
  const cgroup = nearestKnown(ledger, accountingCgroup(identity, ledger.hierarchy));
  if (cgroup === undefined) return;
  cgroup.explainedSeconds += seconds;
  if (identity.containerName !== undefined) cgroup.containerName = identity.containerName;
}

/** The cgroup, or where it is too new to be known, the one above it, whose usage includes its. */
function nearestKnown(ledger: Ledger, path: string): LedgerCgroup | undefined {
  let at = path;
  for (;;) {
    const known = ledger.cgroups.get(at);
    if (known !== undefined || at === "/") return known;
    at = at.slice(0, Math.max(0, at.lastIndexOf("/"))) || "/";
  }
}

/** The last stretch of a cgroup that is gone is in the usage of the one above it: so is what its processes explain of it. */
function inherit(ledger: Ledger, reading: CgroupCpuReading): void {
  for (const [path, gone] of ledger.cgroups) {
    if (reading.usageSeconds.has(path)) continue;
    ledger.cgroups.delete(path);
    const heir = nearestKnown(ledger, path);
    if (heir === undefined) continue;
    heir.explainedSeconds += gone.explainedSeconds;
    heir.residualSeconds += gone.residualSeconds;
  }
}

/** Takes a reading in and gives what no process explains to a line `short_lived` of the cgroup's unit or container. */
export function settleCgroups(ledger: Ledger, reading: CgroupCpuReading, processes: ProcessesReading): void {
  if (reading.usageSeconds.size === 0) return;
  if (ledger.hierarchy !== reading.hierarchy) {
    ledger.hierarchy = reading.hierarchy;
    ledger.cgroups.clear();
  }
  const own = ownRises(ledger, reading);
  inherit(ledger, reading);
  for (const [path, usageSeconds] of reading.usageSeconds) {
    const cgroup = ledger.cgroups.get(path);
    if (cgroup === undefined) {
      ledger.cgroups.set(path, { usageSeconds, explainedSeconds: 0, residualSeconds: 0, sinceSeconds: reading.readAtSeconds });
      continue;
    }
    const rise = own.get(path) ?? 0;
    cgroup.residualSeconds += rise - cgroup.explainedSeconds;
    cgroup.usageSeconds = usageSeconds;
    cgroup.explainedSeconds = 0;
    // what the root leaves is the kernel's own and nobody's unit
    if (path === "/" || !processes.complete) continue;
    const elapsed = reading.readAtSeconds - cgroup.sinceSeconds;
    cgroup.sinceSeconds = reading.readAtSeconds;
    if (cgroup.residualSeconds <= slackSeconds + slackRatio * rise || elapsed <= 0) {
      cgroup.residualSeconds = Math.max(cgroup.residualSeconds, -slackSeconds * 10);
      continue;
    }
    give(ledger, path, cgroup, cgroup.residualSeconds / elapsed);
    cgroup.residualSeconds = 0;
  }
}

/** The rise of every cgroup less that of the cgroups below it; what a vanished one used last is its parent's. */
function ownRises(ledger: Ledger, reading: CgroupCpuReading): Map<string, number> {
  const own = new Map<string, number>();
  for (const [path, usageSeconds] of reading.usageSeconds) {
    const before = ledger.cgroups.get(path);
    if (before === undefined) continue;
    const rise = Math.max(0, usageSeconds - before.usageSeconds);
    own.set(path, (own.get(path) ?? 0) + rise);
    const parent = parentOf(path, own);
    if (parent !== undefined) own.set(parent, (own.get(parent) ?? 0) - rise);
  }
  return own;
}

/** Paths come with parents first, so the nearest ancestor that is known has its entry already. */
function parentOf(path: string, known: ReadonlyMap<string, number>): string | undefined {
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
    const ancestor = path.slice(0, at);
    if (known.has(ancestor)) return ancestor;
  }
  return path !== "/" && known.has("/") ? "/" : undefined;
}

function give(ledger: Ledger, path: string, { containerName }: LedgerCgroup, cpuCores: number): void {
  const { unit, container } = namesOfCgroup(path);
  if (unit === "" && container === "") return;
  const labels = remainderLabels("short_lived", unit, container === "" ? "" : (containerName ?? container));
  const id = groupId(labels);
  let group = ledger.groups.get(id);
  if (group === undefined) {
    group = emptyGroup(id, labels);
    ledger.groups.set(id, group);
  }
  group.cpuCores = (group.cpuCores ?? 0) + cpuCores;
  ledger.active.add(group);
}
