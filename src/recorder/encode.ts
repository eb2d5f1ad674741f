/** A Snapshot as one line of JSON: encoded once a tick, for everybody who wants it. */
import type { GroupUsage, ProcessUsage, Snapshot } from "../model/snapshot.ts";

/** How many single processes a line holds. */
const mostProcesses = 20;

/** Encodes one Snapshot with the groups that are shown of it. File systems are left out while they are those of the line before. */
export function encodeSnapshot(snapshot: Snapshot, shown: readonly GroupUsage[], previous: Snapshot | undefined): string {
  const { host } = snapshot;
  const { filesystems, disks, ...others } = host;
  return JSON.stringify(
    {
      ...snapshot,
      host: {
        ...others,
        // partitions and what is stacked below another device would only say the same again
        ...(disks && { disks: disks.filter((disk) => disk.whole) }),
        ...(filesystems && filesystems !== previous?.host.filesystems && { filesystems }),
      },
      groups: shown.map(({ id: _, ...group }) => group),
      processes: busiest(snapshot.processes).map(({ groupId: _, ...process }) => process),
    },
    roundNumbers,
  );
}

function busiest(processes: readonly ProcessUsage[]): readonly ProcessUsage[] {
  if (processes.length <= mostProcesses) return processes;
  return [...processes].sort((a, b) => weight(b) - weight(a)).slice(0, mostProcesses);
}

function weight({ usage, state }: ProcessUsage): number {
  return (usage.cpuCores ?? 0) + (state === "R" || state === "D" ? 1 : 0);
}

/** A tenth of a thousandth of a core is below what the kernel counts; the digits behind it only cost space. */
function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Math.round(value * 1e4) / 1e4 : value;
}
