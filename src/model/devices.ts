/** Readings of what the machine reads from, writes to and talks through: disks, interfaces, file systems. */

/** One line of /proc/diskstats, in bytes and seconds. Counters since boot; the portable source knows the bytes alone. */
export interface DiskReading {
  readonly device: string;
  /** The device's number, by which udev knows it. */
  readonly major?: number;
  readonly minor?: number;
  /** Whole means: no partition, and no other device is built from it being counted already. */
  readonly whole: boolean;
  readonly readsCompleted?: number;
  readonly readsMerged?: number;
  readonly readBytes: number;
  readonly readSeconds?: number;
  readonly writesCompleted?: number;
  readonly writesMerged?: number;
  readonly writtenBytes: number;
  readonly writeSeconds?: number;
  readonly ioNow?: number;
  readonly ioSeconds?: number;
  readonly ioWeightedSeconds?: number;
  readonly discardsCompleted?: number;
  readonly discardsMerged?: number;
  readonly discardedBytes?: number;
  readonly discardSeconds?: number;
  readonly flushesCompleted?: number;
  readonly flushSeconds?: number;
}

/** One line of /proc/net/dev. Counters since boot (or since the interface was made). */
export interface NetworkReading {
  readonly device: string;
  readonly receive: NetworkCounters;
  readonly transmit: NetworkCounters;
}

/** The eight columns of one direction in /proc/net/dev; what only one direction has is 0 in the other. What an OS does not tell is absent. */
export interface NetworkCounters {
  readonly bytes: number;
  readonly packets?: number;
  readonly errors?: number;
  readonly drops?: number;
  readonly fifo?: number;
  readonly frameOrCollisions?: number;
  readonly compressed?: number;
  readonly multicastOrCarrier?: number;
}

/** A mounted file system; `size` is absent while it does not answer. */
export interface FilesystemReading {
  readonly device: string;
  readonly fstype: string;
  readonly mountpoint: string;
  readonly readOnly?: boolean;
  /** The kernel's number of it (`8:1`): mounts with the same one are of one file system. Absent where the system does not tell. */
  readonly superblock?: string;
  readonly size?: {
    readonly sizeBytes: number;
    readonly freeBytes: number;
    readonly availableBytes: number;
    readonly files?: number;
    readonly filesFree?: number;
  };
  /** Why `size` is absent: `denied`, `timeout`, or the error's code. */
  readonly error?: string;
}
