/** Units of systemd that went wrong. */

/** The states that a unit can be in, as systemd calls them. */
export const unitStates = ["active", "activating", "deactivating", "inactive", "failed"] as const;

/** A unit that has failed, or a service that systemd has started again. */
export interface UnitReading {
  readonly name: string;
  /** One of `unitStates`, or another that systemd invents. */
  readonly state: string;
  /** Of a service: `simple`, `notify`, `oneshot`. */
  readonly type?: string;
  /** How often systemd has started it again by itself. */
  readonly restarts?: number;
}

/** The names of those that have failed. */
export function failedUnits(units: readonly UnitReading[]): readonly string[] {
  return units.filter(({ state }) => state === "failed").map(({ name }) => name);
}
