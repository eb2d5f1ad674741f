/** Readings of what only some machines have: arrays of disks, sensors, frequencies, bonds, NVMe. They are made when somebody scrapes them. */

/** An array of /proc/mdstat. */
export interface DiskArrayReading {
  readonly device: string;
  readonly state: "active" | "inactive" | "recovering" | "resync" | "check" | "other";
  /** Disks that the array is made for. */
  readonly required: number;
  readonly active: number;
  readonly failed: number;
  readonly spare: number;
  /** In blocks of 1 KiB. */
  readonly blocks: number;
  readonly blocksSynced: number;
}

/** What /sys/block/NAME/md says of an array. */
export interface DiskArrayHealthReading {
  readonly device: string;
  /** Absent for a container of arrays. */
  readonly disks?: number;
  readonly degraded?: number;
}

/** Software RAID. */
export interface DiskArraysReading {
  readonly arrays: readonly DiskArrayReading[];
  readonly health: readonly DiskArrayHealthReading[];
}

/** A chip of /sys/class/hwmon: its sensors (`temp1`, `fan2`) with what each says (`input`, `label`, `max`; "" for a file without a property). */
export interface SensorChipReading {
  readonly chip: string;
  readonly name?: string;
  readonly sensors: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** /sys/class/thermal. */
export interface ThermalReading {
  readonly zones: readonly { readonly zone: string; readonly type: string; readonly celsius: number }[];
  readonly coolers: readonly { readonly name: string; readonly type: string; readonly state: number; readonly highest: number }[];
}

/** A CPU's frequencies in hertz, by the kernel's names without `_freq`: `cpuinfo_cur`, `scaling_max`. */
export interface CpuFrequencyReading {
  readonly cpu: string;
  readonly hertz: ReadonlyMap<string, number>;
  readonly governor?: string;
  readonly governors: readonly string[];
}

/** An interface that bundles others. */
export interface BondReading {
  readonly master: string;
  readonly slaves: number;
  readonly active: number;
}

/** A controller of /sys/class/nvme. */
export interface NvmeReading {
  readonly device: string;
  /** By file name: `firmware_rev`, `model`, `serial`, `state`, `cntlid`. */
  readonly texts: ReadonlyMap<string, string>;
  readonly namespaces: readonly NvmeNamespaceReading[];
}

/** A part of an NVMe device that is a disk of its own. */
export interface NvmeNamespaceReading {
  readonly id: string;
  readonly anaState: string;
  readonly blocks?: number;
  readonly blocksUsed?: number;
  readonly blockBytes?: number;
}
