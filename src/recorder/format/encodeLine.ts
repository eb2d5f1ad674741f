/** A Snapshot as one line of JSON: encoded once a tick, for everybody who wants it. */
import { defined } from "../../model/defined.ts";
import type { GroupUsage } from "../../model/group.ts";
import type { HostUsage, ProcessUsage, Snapshot } from "../../model/snapshot.ts";
import { roundNumbers } from "./rounding.ts";

/** How many single processes a line holds. */
const mostProcesses = 20;

/**
 * Encodes one Snapshot with the groups that are shown of it. File systems are left out while they are those of the line before.
 *
 * A group that did nothing is the same object in tick after tick: with `texts` it is encoded once.
 */
export function encodeSnapshot(
  snapshot: Snapshot,
  shown: readonly GroupUsage[],
  previous: Snapshot | undefined,
  texts: GroupTexts = new GroupTexts(),
): string {
  const { host, processes, groups: _groups, coverage, ...head } = snapshot;
  const start = encode({ ...head, host: shownHost(host, previous), processes: busiest(processes).map(withoutGroup) });
  const end = coverage === undefined ? "" : `,"coverage":${encode(coverage)}`;
  return `${start.slice(0, -1)},"groups":${texts.encodeAll(shown)}${end}}`;
}

/** Remembers the text of the groups of the line before. */
export class GroupTexts {
  #known = new Map<GroupUsage, string>();

  /** The groups as a list of JSON. */
  encodeAll(groups: readonly GroupUsage[]): string {
    const known = new Map<GroupUsage, string>();
    let list = "";
    for (const group of groups) {
      const text = this.#known.get(group) ?? encode(withoutId(group));
      known.set(group, text);
      list += list === "" ? text : `,${text}`;
    }
    this.#known = known;
    return `[${list}]`;
  }
}

function shownHost(host: HostUsage, previous: Snapshot | undefined): HostUsage {
  const { filesystems, disks, pools: _, units: __, ...others } = host;
  return defined({
    ...others,
    // partitions and what is stacked below another device would only say the same again
    disks: disks?.filter((disk) => disk.whole),
    filesystems: filesystems && filesystems !== previous?.host.filesystems ? filesystems : undefined,
  });
}

function withoutId({ id: _, ...group }: GroupUsage): Omit<GroupUsage, "id"> {
  return group;
}

function withoutGroup({ groupId: _, ...process }: ProcessUsage): Omit<ProcessUsage, "groupId"> {
  return process;
}

function busiest(processes: readonly ProcessUsage[]): readonly ProcessUsage[] {
  if (processes.length <= mostProcesses) return processes;
  return [...processes].sort((a, b) => weight(b) - weight(a)).slice(0, mostProcesses);
}

function weight({ usage, state }: ProcessUsage): number {
  return (usage.cpuCores ?? 0) + (state === "R" || state === "D" ? 1 : 0);
}

function encode(value: unknown): string {
  return JSON.stringify(value, roundNumbers);
}
