/** What package managers write down: dpkg.log(5), dnf's and zypper's logs of rpm, pacman's. Pure. */

import { createHash } from "node:crypto";
import { defined } from "../model/defined.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import { listText } from "../text.ts";

/** A package that was put in, exchanged or taken out. */
export interface PackageChange {
  readonly atMs: number;
  readonly action: "installed" | "upgraded" | "removed";
  readonly name: string;
  readonly versions?: string;
}

/** A log that a package manager keeps. */
export interface PackageLog {
  /** Below the root file system. */
  readonly path: string;
  parse(line: string): PackageChange | undefined;
}

const actions: Readonly<Record<string, PackageChange["action"]>> = {
  install: "installed",
  installed: "installed",
  upgrade: "upgraded",
  upgraded: "upgraded",
  remove: "removed",
  removed: "removed",
  erase: "removed",
  erased: "removed",
};

/** `2026-11-21 10:15:00 upgrade nginx:amd64 1.18 1.20`, in the machine's own time. */
function parseDpkg(line: string): PackageChange | undefined {
  const [, time, action = "", name = "", from = "", to = ""] =
    /^(\S+ \S+) (install|upgrade|remove) (\S+?)(?::\S+)? (\S+) (\S+)$/.exec(line) ?? [];
  return changeOf(time, action, name, from === "<none>" || to === "<none>" ? undefined : `${from} to ${to}`);
}

/** `2026-11-21T10:15:00+0000 SUBDEBUG Upgrade: nginx-1:1.20-1.el9.x86_64`; what it replaces (`Upgraded:`) is another line. */
function parseDnf(line: string): PackageChange | undefined {
  const [, time, action = "", name = "", version] =
    /^(\S+T\S+) \S+ (Install|Installed|Upgrade|Erase|Removed): (\S+?)-(\d\S*)$/.exec(line) ?? [];
  return changeOf(time, action.toLowerCase(), name, version);
}

/** `2026-11-21 10:15:00|install|nginx|1.20-1|x86_64|...`; an upgrade is an install, too. */
function parseZypper(line: string): PackageChange | undefined {
  const [, time, action = "", name = "", version] = /^(\S+ \S+?)\|(install|remove)\s*\|([^|]+)\|([^|]+)\|/.exec(line) ?? [];
  return changeOf(time, action, name, version);
}

/** `[2026-11-21T10:15:00+0000] [ALPM] upgraded nginx (1.18 -> 1.20)`. */
function parsePacman(line: string): PackageChange | undefined {
  const [, time, action = "", name = "", version = ""] =
    /^\[(\S+)\] \[ALPM\] (installed|upgraded|removed) (\S+) \((.+)\)$/.exec(line) ?? [];
  return changeOf(time, action, name, version.replace(" -> ", " to "));
}

/** Those that are looked for. */
export const packageLogs: readonly PackageLog[] = [
  { path: "var/log/dpkg.log", parse: parseDpkg },
  { path: "var/log/dnf.rpm.log", parse: parseDnf },
  { path: "var/log/zypp/history", parse: parseZypper },
  { path: "var/log/pacman.log", parse: parsePacman },
];

function changeOf(time: string | undefined, written: string, name: string, versions: string | undefined): PackageChange | undefined {
  const action = actions[written];
  // without a zone it is the machine's own time; `+0000` is not how a Date takes it
  const atMs = Date.parse((time ?? "").replace(" ", "T").replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  if (action === undefined || Number.isNaN(atMs)) return undefined;
  return defined({ atMs, action, name, versions });
}

/** Changes that follow each other so closely belong together. */
const transactionGapMs = 120_000;
const mostNamed = 3;
const mostDetailed = 20;

/** Cuts changes, the oldest first, into those that were made together. */
export function transactionsOf(changes: readonly PackageChange[]): readonly (readonly [PackageChange, ...PackageChange[]])[] {
  const transactions: [PackageChange, ...PackageChange[]][] = [];
  for (const change of changes) {
    const last = transactions.at(-1);
    if (last !== undefined && change.atMs - (last.at(-1)?.atMs ?? 0) <= transactionGapMs) last.push(change);
    else transactions.push([change]);
  }
  return transactions;
}

/** Changes that were made together as one event; as they go on it stays the same one. */
export function packagesEvent({ path }: Pick<PackageLog, "path">, changes: readonly [PackageChange, ...PackageChange[]]): MachineEvent {
  const [{ atMs }] = changes;
  const byName = new Map(changes.map((change) => [change.name, change]));
  const all = [...byName.values()];
  const verbs = new Set(all.map(({ action }) => action));
  const [verb = "changed"] = verbs.size === 1 ? verbs : [];
  const names = all.slice(0, mostNamed).map(({ name }) => name);
  const rest = all.length - names.length;
  const text =
    all.length === 1
      ? `${names[0]} was ${verb}`
      : `${all.length} packages were ${verb} (${listText(rest > 0 ? [...names, `${rest} more`] : names)})`;
  const told = all.slice(0, mostDetailed).map(({ name, action, versions }) => `${name} ${versions ?? action}`);
  const detail = `${told.join(", ")}${all.length > mostDetailed ? `, and ${all.length - mostDetailed} more` : ""}`;
  const source = createHash("sha256").update(path).digest("hex").slice(0, 8);
  return { id: `packages-${atMs}-${source}`, atMs, kind: "packages", text, detail };
}
