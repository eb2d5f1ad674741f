/**
 * What a cgroup has used beyond what its processes explain: the work of those that came and went unseen.
 *
 * The kernel accounts it to the microsecond, processes to the tick, and not everything is read at the same moment: the difference is
 * kept with its sign, and shown only when it is more than that can explain.
 */
import { groupId, remainderLabels } from "../model/group.ts";
import type { CgroupCpuReading, ProcessesReading, ProcessIdentity } from "../model/processes.ts";
import { eachInSteps, type Steps } from "../model/steps.ts";
import { namesOfCgroup } from "./cgroupNames.ts";
import { mostSeconds } from "./counters.ts";
import { emptyGroup, type Ledger, type LedgerCgroup } from "./ledger.ts";

/** What a reading of the cgroups has left to be explained. */
export interface CgroupLeftovers {
  readonly readAtSeconds: number;
  /** Own rises, by path. */
  readonly rises: ReadonlyMap<string, number>;
  /** What all cgroups but the root have used in this time beyond what their living processes did. */
  readonly belowRootSeconds: number;
}

/** A tick of the kernel for each of a few processes: below this a residual is rounding. */
const slackSeconds = 0.04;
const slackRatio = 0.01;
/** How far below zero a residual may fall: one tick that explained too much must not count against a cgroup for ever. */
const lowestResidualSeconds = -0.4;
/** A cgroup that was not known before can have used no more than this for each CPU since it was made; otherwise it was overlooked. */
const longestUnknownSeconds = 10;

/** The cgroup in which a process' CPU time is accounted. */
export function accountingCgroup(identity: ProcessIdentity, hierarchy: CgroupCpuReading["hierarchy"]): string {
  return (hierarchy === "unified" ? identity.unifiedCgroup : identity.cpuacctCgroup) ?? "/";
}

/** Notes what was given to a process of a cgroup. */
export function explain(ledger: Ledger, identity: ProcessIdentity, seconds: number): void {
  if (ledger.hierarchy === undefined || seconds === 0) return;
  const path = accountingCgroup(identity, ledger.hierarchy);
  let cgroup = ledger.cgroups.get(path);
  if (cgroup === undefined) {
    cgroup = { usageSeconds: undefined, explainedSeconds: 0, residualSeconds: 0, sinceSeconds: ledger.cgroupsReadSeconds };
    ledger.cgroups.set(path, cgroup);
  }
  cgroup.explainedSeconds += seconds;
  if (identity.containerName !== undefined) cgroup.containerName = identity.containerName;
}

/** The cgroup below the root in which a process is accounted, or where it is too new to be known, the one above it. */
export function knownCgroup(ledger: Ledger, identity: ProcessIdentity): LedgerCgroup | undefined {
  if (ledger.hierarchy === undefined) return undefined;
  const path = accountingCgroup(identity, ledger.hierarchy);
  const own = ledger.cgroups.get(path);
  if (path === "/" || own?.usageSeconds !== undefined) return path === "/" ? undefined : own;
  const [heirPath, heir] = nearestRead(ledger, path) ?? [];
  return heirPath === "/" ? undefined : heir;
}

/** Settles in which hierarchy processes are looked for; what was known of another one is of no use. */
export function chooseHierarchy(ledger: Ledger, { hierarchy, usageSeconds }: CgroupCpuReading): void {
  if (usageSeconds.size === 0 || ledger.hierarchy === hierarchy) return;
  ledger.hierarchy = hierarchy;
  ledger.cgroups.clear();
  ledger.cgroupsReadSeconds = Number.NEGATIVE_INFINITY;
}

/** Takes a reading in: what each cgroup has used itself, less what its processes explain, joins its residual. */
export function* takeInCgroups(ledger: Ledger, reading: CgroupCpuReading): Steps<CgroupLeftovers | undefined> {
  if (reading.usageSeconds.size === 0) return undefined;
  const rises = yield* ownRises(ledger, reading);
  yield* inherit(ledger, reading);
  let belowRootSeconds = 0;
  yield* eachInSteps(reading.usageSeconds, ([path, usageSeconds]) => {
    const rise = rises.get(path);
    const cgroup = ledger.cgroups.get(path);
    if (cgroup === undefined) {
      const sinceSeconds = rise === undefined ? reading.readAtSeconds : ledger.cgroupsReadSeconds;
      ledger.cgroups.set(path, { usageSeconds, explainedSeconds: 0, residualSeconds: rise ?? 0, sinceSeconds });
      if (path !== "/") belowRootSeconds += rise ?? 0;
      return;
    }
    // its past is not known: neither is what its processes did in it a part of what it used since
    const leftSeconds = rise === undefined ? 0 : rise - cgroup.explainedSeconds;
    if (rise === undefined) cgroup.sinceSeconds = reading.readAtSeconds;
    cgroup.residualSeconds += leftSeconds;
    cgroup.usageSeconds = usageSeconds;
    cgroup.explainedSeconds = 0;
    if (path !== "/") belowRootSeconds += leftSeconds;
  });
  ledger.cgroupsReadSeconds = reading.readAtSeconds;
  return { readAtSeconds: reading.readAtSeconds, rises, belowRootSeconds };
}

/**
 * Gives what no process explains to a line `short_lived` of the cgroup's unit or container. Only when its processes were read over the
 * same time: when all were, or all that can matter, or when everybody has had a turn.
 */
export function* settleCgroups(
  ledger: Ledger,
  leftovers: CgroupLeftovers | undefined,
  { complete, reaped }: Pick<ProcessesReading, "complete" | "reaped">,
  endedSeconds: number,
): Steps {
  if (leftovers === undefined || !(complete || reaped === true)) {
    // living processes explain this tick: what is left for later was used after it
    if (!complete) ledger.explainedUntilSeconds = endedSeconds;
    return;
  }
  const { readAtSeconds, rises } = leftovers;
  const tickSeconds = endedSeconds - (ledger.previous?.monotonicSeconds ?? endedSeconds);
  yield* eachInSteps(ledger.cgroups, ([path, cgroup]) => {
    // what is left in the root is the kernel's own and belongs to no unit
    if (path === "/") return;
    const elapsed = readAtSeconds - Math.max(cgroup.sinceSeconds, ledger.explainedUntilSeconds);
    cgroup.sinceSeconds = readAtSeconds;
    if (cgroup.residualSeconds <= slackSeconds + slackRatio * (rises.get(path) ?? 0) || elapsed <= 0) {
      cgroup.residualSeconds = Math.max(cgroup.residualSeconds, lowestResidualSeconds);
      return;
    }
    // cgroups are not read at the same moment of every tick; that must not shift what they used
    const spanSeconds = tickSeconds > 0 && elapsed < 1.5 * tickSeconds ? tickSeconds : elapsed;
    give(ledger, path, cgroup, cgroup.residualSeconds / spanSeconds);
    cgroup.residualSeconds = 0;
  });
}

/** The rise of every cgroup less that of the cgroups below it; what a vanished one used last is its parent's. */
function* ownRises(ledger: Ledger, reading: CgroupCpuReading): Steps<Map<string, number>> {
  const own = new Map<string, number>();
  yield* eachInSteps(reading.usageSeconds, ([path, usageSeconds]) => {
    const rise = riseOf(ledger, path, usageSeconds, reading.readAtSeconds);
    if (rise === undefined) return;
    own.set(path, (own.get(path) ?? 0) + rise);
    // who used nothing took nothing of the one above
    const parent = rise === 0 ? undefined : parentOf(path, own);
    if (parent !== undefined) own.set(parent, (own.get(parent) ?? 0) - rise);
  });
  return own;
}

/** Undefined where the past of the cgroup is not known, and where it would be more than the CPUs can give. */
function riseOf(ledger: Ledger, path: string, usageSeconds: number, readAtSeconds: number): number | undefined {
  const before = ledger.cgroups.get(path)?.usageSeconds;
  if (before === undefined) {
    const isNew = Number.isFinite(ledger.cgroupsReadSeconds) && usageSeconds <= longestUnknownSeconds * ledger.mostCores;
    return isNew ? usageSeconds : undefined;
  }
  // one that was removed and made again begins at nothing
  const rise = usageSeconds >= before ? usageSeconds - before : usageSeconds;
  return rise <= ledger.mostCores * mostSeconds(readAtSeconds - ledger.cgroupsReadSeconds) ? rise : undefined;
}

/** The last stretch of a cgroup that is gone is in the usage of the one above it: so is what its processes explain of it. */
function* inherit(ledger: Ledger, reading: CgroupCpuReading): Steps {
  yield* eachInSteps(ledger.cgroups, ([path, gone]) => {
    if (reading.usageSeconds.has(path)) return;
    ledger.cgroups.delete(path);
    const [, heir] = nearestRead(ledger, path) ?? [];
    if (heir === undefined) return;
    heir.explainedSeconds += gone.explainedSeconds;
    heir.residualSeconds += gone.residualSeconds;
  });
}

/** The cgroup, or the nearest above it, that has been read. */
function nearestRead(ledger: Ledger, path: string): readonly [path: string, cgroup: LedgerCgroup] | undefined {
  let at = path;
  for (;;) {
    const known = ledger.cgroups.get(at);
    if (known?.usageSeconds !== undefined) return [at, known];
    if (at === "/" || at === "") return undefined;
    at = at.slice(0, Math.max(0, at.lastIndexOf("/"))) || "/";
  }
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
  const labels = remainderLabels("short_lived", ledger.hide(unit), container === "" ? "" : ledger.hide(containerName ?? container));
  const id = groupId(labels);
  let group = ledger.groups.get(id);
  if (group === undefined) {
    group = emptyGroup(id, labels);
    ledger.groups.set(id, group);
  }
  group.cpuCores = (group.cpuCores ?? 0) + cpuCores;
  ledger.active.add(group);
}
