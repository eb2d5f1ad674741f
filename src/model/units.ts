/** Units of systemd that went wrong, or were started a moment ago. */

/** The states that a unit can be in, as systemd calls them. */
export const unitStates = ["active", "activating", "deactivating", "inactive", "failed"] as const;

/** A unit that has failed or that somebody has chosen, or a service that was started again, by systemd itself or by somebody. */
export interface UnitReading {
  readonly name: string;
  /** One of `unitStates`, or another that systemd invents. */
  readonly state: string;
  /** Of a service: `simple`, `notify`, `oneshot`. */
  readonly type?: string;
  /** How often systemd has started it again by itself. */
  readonly restarts?: number;
  /** When it came into its state, where that is known. */
  readonly changedAtMs?: number;
  /** When it was started, of a service for which that was between two looks, some minutes ago at most. */
  readonly startedAtMs?: number;
  /** It had run before. */
  readonly isRestart?: true;
}

/** The names of those that have failed. */
export function failedUnits(units: readonly UnitReading[]): readonly string[] {
  return units.filter(({ state }) => state === "failed").map(({ name }) => name);
}
