/**
 * Whether this system hides other users' processes from this one: /proc mounted with `hidepid` (proc(5)). A process with CAP_SYS_PTRACE sees
 * all of them, and so does, except with `hidepid=ptraceable`, one in the group that the mount's `gid` names.
 */
import { readFileSync } from "node:fs";
import { unescapeMount } from "./mounts.ts";

interface HiddenProcesses {
  /** As the mount has it: `hidepid=invisible`, `hidepid=2`. */
  readonly option: string;
  /** The group that sees all of them; absent where the mount has none, or it would not help. */
  readonly group?: number;
}

/** What counts of the process that looks. */
interface Looker {
  /** Effective capabilities, as /proc/self/status has them. */
  readonly capabilities: bigint;
  readonly groups: readonly number[];
}

const ptraceCapability = 1n << 19n;
const visibleValues: ReadonlySet<string> = new Set(["0", "off"]);

/** Reads it; undefined where nothing is hidden, and where the system does not say. */
export function readHiddenProcesses(procfs: string, self = "/proc/self"): HiddenProcesses | undefined {
  try {
    const effective = /^CapEff:\s+([0-9a-fA-F]+)$/m.exec(readFileSync(`${self}/status`, "utf8"))?.[1] ?? "0";
    const groups = [process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])];
    return parseHiddenProcesses(readFileSync(`${self}/mountinfo`, "utf8"), procfs, { capabilities: BigInt(`0x${effective}`), groups });
  } catch {
    // no /proc of this kind
    return undefined;
  }
}

/** Tells it from the text of a mountinfo: the last mount on the path is the one that is seen. */
export function parseHiddenProcesses(mountinfo: string, procfs: string, { capabilities, groups }: Looker): HiddenProcesses | undefined {
  let options: readonly string[] = [];
  for (const line of mountinfo.split("\n")) {
    const [mount = "", filesystem = ""] = line.split(" - ");
    const [fstype, , superOptions = ""] = filesystem.split(" ");
    const point = unescapeMount(Buffer.from(mount.split(" ")[4] ?? "", "latin1")).toString("utf8");
    if (point === procfs) options = fstype === "proc" ? superOptions.split(",") : [];
  }
  const option = options.find((one) => one.startsWith("hidepid="));
  if (option === undefined || visibleValues.has(option.slice("hidepid=".length)) || (capabilities & ptraceCapability) !== 0n)
    return undefined;
  const isByPtrace = /=(?:4|ptraceable)$/.test(option);
  const group = isByPtrace ? undefined : numberOf(options.find((one) => one.startsWith("gid=")));
  if (group !== undefined && groups.includes(group)) return undefined;
  return group === undefined || group === 0 ? { option } : { option, group };
}

/** What to do about it, in a sentence without a full stop. */
export function hiddenProcessesText({ option, group }: HiddenProcesses): string {
  const byGroup =
    group === undefined
      ? "or mount /proc with gid=GROUP too and put Culprit into that group"
      : `or put Culprit into the group ${group}, which the mount names (SupplementaryGroups=${group})`;
  return `/proc is mounted with ${option}, which hides the processes of other users from Culprit: their part belongs to "nobody known". To let Culprit see them, give it CAP_SYS_PTRACE (AmbientCapabilities=CAP_SYS_PTRACE in its unit), ${byGroup}`;
}

function numberOf(option: string | undefined): number | undefined {
  const value = Number(option?.slice(option.indexOf("=") + 1) || "NaN");
  return Number.isInteger(value) ? value : undefined;
}
