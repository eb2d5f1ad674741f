/** Other tools that look at every process once a second, each started as it is in life. */
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { programPath } from "../../test/support/servers.ts";
import { benchSources } from "../lib/compile.ts";
import { pythonWithPsutil } from "../lib/peers.ts";
import { Started } from "../lib/started.ts";

/** A tool that can be started. */
export interface Peer {
  readonly name: string;
  start(directory: string): Started;
}

/** Those that are installed, and the names of those that are not. */
export function findPeers(): { readonly peers: readonly Peer[]; readonly missing: readonly string[] } {
  const python = pythonWithPsutil();
  const commands: Record<string, ((directory: string) => readonly string[]) | undefined> = {
    top: has("top") ? () => ["top", "-b", "-d", "1"] : undefined,
    // as its service does: into a raw file
    atop: has("atop") ? (directory) => ["atop", "-w", join(directory, "atop.raw"), "1"] : undefined,
    psutil: python === undefined ? undefined : () => [python, join(benchSources, "python", "watch.py")],
    netdata: has("netdata") ? (directory) => ["netdata", "-D", ...netdataOptions(mkdtempSync(join(directory, "netdata-")))] : undefined,
  };
  const names = Object.keys(commands);
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

function netdataOptions(directory: string): readonly string[] {
  const options = { "run as user": "root", "cache directory": directory, "lib directory": directory, "log directory": directory };
  return [
    ...Object.entries(options).flatMap(([key, value]) => [
      "-W",
      "set",
      key.startsWith("run") ? "global" : "directories",
      key.split(" ")[0] ?? "",
      value,
    ]),
    ...["-W", "set", "web", "bind to", "127.0.0.1"],
  ];
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
