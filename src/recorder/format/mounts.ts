/** The room of file systems over a stretch of time: what several mounts share once, the fullest first, and no more than a chart can show. Pure. */
import { poolsOfHost } from "../../model/pools.ts";
import type { HostUsage } from "../../model/snapshot.ts";

/** One file system over a stretch. */
export interface MountRollup {
  readonly mountpoint: string;
  /** As it was last seen. */
  readonly sizeBytes: number;
  /** Mean of what others than root could still write. */
  readonly availableBytes: number;
  /** The least of it; absent where it is the mean. */
  readonly leastAvailableBytes?: number;
}

/** More of them are left out, the emptiest first. */
export const mostMounts = 20;

/** What a second says of them; undefined where it says nothing, which is of most seconds: they are read less often. */
export function mountsOf(host: Pick<HostUsage, "filesystems" | "pools">): readonly MountRollup[] | undefined {
  if (host.filesystems === undefined) return undefined;
  const mounts = poolsOfHost(host).flatMap(({ mountpoint, sizeBytes = 0, availableBytes }) =>
    availableBytes === undefined || sizeBytes <= 0 ? [] : [{ mountpoint, sizeBytes, availableBytes }],
  );
  return fullestFirst(mounts).slice(0, mostMounts);
}

/** How full it is, 0..1. */
export function usedRatio({ sizeBytes, availableBytes }: Pick<MountRollup, "sizeBytes" | "availableBytes">): number {
  return 1 - availableBytes / sizeBytes;
}

/** The columns of a table: a table has room for one of them, the fullest. */
export const mountColumnNames = ["fullest_mount", "fullest_mount_size_bytes", "fullest_mount_available_bytes"] as const;

/** Its cells; empty where nothing is known. */
export function mountCells(mounts: readonly MountRollup[] | undefined): readonly (string | number | undefined)[] {
  const [fullest] = mounts ?? [];
  return [fullest?.mountpoint, fullest?.sizeBytes, fullest?.availableBytes];
}

interface MountSum {
  sizeBytes: number;
  weighted: number;
  seconds: number;
  least: number;
}

/** Adds up what stretches say. */
export class MountFold {
  readonly #sums = new Map<string, MountSum>();

  add(mounts: readonly MountRollup[] | undefined, seconds: number): void {
    // a second of no length still is a reading
    const weight = Math.max(seconds, 1e-3);
    for (const { mountpoint, sizeBytes, availableBytes, leastAvailableBytes = availableBytes } of mounts ?? []) {
      const sum = this.#sums.get(mountpoint) ?? { sizeBytes, weighted: 0, seconds: 0, least: Number.POSITIVE_INFINITY };
      sum.sizeBytes = sizeBytes;
      sum.weighted += availableBytes * weight;
      sum.seconds += weight;
      sum.least = Math.min(sum.least, leastAvailableBytes);
      this.#sums.set(mountpoint, sum);
    }
  }

  /** Undefined where nothing was said. */
  result(): readonly MountRollup[] | undefined {
    if (this.#sums.size === 0) return undefined;
    const mounts = [...this.#sums].map(([mountpoint, { sizeBytes, weighted, seconds, least }]): MountRollup => {
      const availableBytes = Math.round(weighted / seconds);
      return least >= availableBytes
        ? { mountpoint, sizeBytes, availableBytes }
        : { mountpoint, sizeBytes, availableBytes, leastAvailableBytes: least };
    });
    return fullestFirst(mounts).slice(0, mostMounts);
  }
}

function fullestFirst(mounts: readonly MountRollup[]): readonly MountRollup[] {
  return [...mounts].sort((a, b) => usedRatio(b) - usedRatio(a) || (a.mountpoint < b.mountpoint ? -1 : 1));
}
