/** Other tools that look at every process once a second, each started as it is in life. */
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { programPath } from "../../test/support/servers.ts";
import { benchSources } from "../lib/compile.ts";
import { pythonWithPsutil } from "../lib/peers.ts";
import { Started } from "../lib/started.ts";

/** All that Culprit is measured beside. */
export const peerNames = ["top", "atop", "psutil", "netdata"] as const;

/** A tool that can be started. */
export interface Peer {
  readonly name: string;
  start(directory: string): Started;
}

/** Those of `wanted` that are installed, and the names of those that are not. */
export function findPeers(wanted: readonly string[] = peerNames): { readonly peers: readonly Peer[]; readonly missing: readonly string[] } {
  const python = pythonWithPsutil();
  const commands: Record<string, ((directory: string) => readonly string[]) | undefined> = {
    top: has("top") ? () => ["top", "-b", "-d", "1"] : undefined,
    // as its service does: into a raw file
    atop: has("atop") ? (directory) => ["atop", "-w", join(directory, "atop.raw"), "1"] : undefined,
    psutil: python === undefined ? undefined : () => [python, join(benchSources, "python", "watch.py")],
    netdata: has("netdata") ? (directory) => ["netdata", "-D", ...netdataOptions(mkdtempSync(join(directory, "netdata-")))] : undefined,
  };
  const names = Object.keys(commands).filter((name) => wanted.includes(name));
  return {
    peers: names.flatMap((name) => {
      const command = commands[name];
      // ATOPACCT: no accounting, which is the cheaper way
      const env = { ...process.env, ATOPACCT: "" };
      return command === undefined ? [] : [{ name, start: (directory: string) => new Started(command(directory), { env }) }];
    }),
    missing: names.filter((name) => commands[name] === undefined),
  };
}

function has(program: string): boolean {
  return programPath(program) !== undefined;
}

/** As it is installed, but without leaving anything behind. */
function netdataOptions(directory: string): readonly string[] {
  const options: readonly (readonly [string, string, string])[] = [
    ["global", "run as user", "root"],
    ["directories", "cache", directory],
    ["directories", "lib", directory],
    ["directories", "log", directory],
    ["web", "bind to", "127.0.0.1"],
  ];
  return options.flatMap((option) => ["-W", "set", ...option]);
}

/** A process and those below it: some tools let helpers do the work. */
export function familyOf(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry) || !existsSync(`/proc/${entry}/stat`)) continue;
    const parent = Number(/\) \S (\d+)/.exec(readStat(entry))?.[1] ?? -1);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const family = [pid];
  for (const member of family) family.push(...(children.get(member) ?? []));
  return family;
}

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return "";
  }
}
