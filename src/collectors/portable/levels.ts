/** Memory, file systems, disks and interfaces: what systeminformation says, as parts of a Sample. */
import { defined } from "../../model/defined.ts";
import type { DiskReading, FilesystemReading, NetworkReading } from "../../model/devices.ts";
import type { MemoryReading } from "../../model/machine.ts";
import type { DiskTotals, FilesystemLevels, InterfaceTotals, MemoryLevels } from "./system.ts";

/** Memory. The kernel's own names for its fields belong to Linux' /proc, so there are none. */
export function memoryOf({ total, available, swaptotal, swapfree }: MemoryLevels): MemoryReading {
  if (!(total > 0)) throw new Error(`systeminformation's mem gave no total: ${total}`);
  return { totalBytes: total, availableBytes: available, swapTotalBytes: swaptotal, swapFreeBytes: swapfree, fields: new Map() };
}

/** As node_exporter's defaults: what the system mounts for itself, and on Linux what container engines do. */
const ignoredMountpoints: Partial<Record<NodeJS.Platform, RegExp>> = {
  linux: /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/,
  darwin: /^\/dev($|\/)/,
};
const ignoredTypes = /^(autofs|devfs|iso9660|overlay|squashfs)$/i;

/** File systems. systeminformation knows no inodes. */
export function filesystemsOf(list: readonly FilesystemLevels[], platform: NodeJS.Platform): FilesystemReading[] {
  return list
    .filter(({ mount, type }) => !ignoredMountpoints[platform]?.test(mount) && !ignoredTypes.test(type))
    .map(({ fs, type, mount, size, used, available, rw }) =>
      defined({
        device: fs,
        fstype: type,
        mountpoint: mount,
        // outside of Windows it looks for devices by their path and calls everything else (an NFS share) not writable
        readOnly: rw === null || (platform !== "win32" && !fs.startsWith("/")) ? undefined : !rw,
        size: { sizeBytes: size, freeBytes: Math.max(0, size - used), availableBytes: available },
      }),
    );
}

/**
 * All disks as one device: systeminformation tells them apart on no OS, and knows none at all on Windows.
 *
 * It answers zeros where its tool is missing (lsblk, ioreg); a machine that never read a byte does not exist.
 */
export function disksOf(totals: DiskTotals | null): DiskReading[] | undefined {
  if (totals === null || !(totals.rx + totals.wx > 0)) return undefined;
  return [{ device: "all", whole: true, readBytes: totals.rx, writtenBytes: totals.wx }];
}

/** Interfaces. One that could not be asked looks like one that has done nothing and whose state is unknown, and is left out. */
export function networkOf(list: readonly InterfaceTotals[]): NetworkReading[] {
  return list
    .filter(({ operstate, rx_bytes, tx_bytes }) => rx_bytes + tx_bytes > 0 || (rx_bytes === 0 && tx_bytes === 0 && operstate !== "unknown"))
    .map((one) => ({
      device: one.iface,
      receive: { bytes: one.rx_bytes, ...counted("errors", one.rx_errors), ...counted("drops", one.rx_dropped) },
      transmit: { bytes: one.tx_bytes, ...counted("errors", one.tx_errors), ...counted("drops", one.tx_dropped) },
    }));
}

/** What could not be parsed is NaN there. */
function counted<Key extends string>(key: Key, value: number): { [key in Key]?: number } {
  return Number.isFinite(value) ? ({ [key]: value } as { [key in Key]: number }) : {};
}
