/** Processes that the kernel has killed because memory was short: as they are read, and as they are told. */
import type { GroupLabels } from "./group.ts";

/** Why there was no memory: the limit of a cgroup was reached, or there was none left on the machine. Absent is unknown. */
export interface OomReason {
  /** The cgroup whose limit was reached. */
  readonly limitCgroup?: string;
  readonly limitBytes?: number;
  /** No limit was reached: the machine itself had none left. */
  readonly isOfMachine?: true;
}

/** One that was killed, as far as it could be read: the kernel log may be closed to this user. */
export interface OomKillReading extends OomReason {
  /** The tick that counted it first. */
  readonly countedAtMs: number;
  readonly pid?: number;
  /** The kernel's name for it. */
  readonly comm?: string;
  readonly residentBytes?: number;
  /** Where it lived. */
  readonly cgroup?: string;
}

/** How many were killed since boot, and what has become known of some of them since the tick before. */
export interface OomKillsReading {
  readonly count: number;
  readonly told: readonly OomKillReading[];
}

/** One that was killed, with the group that it belonged to. */
export interface OomKill extends OomReason {
  readonly killedAtMs: number;
  readonly pid?: number;
  readonly group: GroupLabels;
  /** What it held when it was killed, or when it was last read. */
  readonly residentBytes?: number;
  /** The limit is that of a cgroup above its own. */
  readonly isLimitAbove?: true;
  /** The kernel has not said who it was: of those that vanished then and there it held most. */
  readonly isGuess?: true;
}
