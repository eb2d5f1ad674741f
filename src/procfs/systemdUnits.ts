/** What `systemctl show` says: `Name=value` a line, an empty line between two units (systemctl(1)). */
import { defined } from "../model/defined.ts";
import type { UnitReading } from "../model/units.ts";

/** Of all that systemd has loaded; devices, mounts and the like come and go with what they are of, and are left out as node_exporter does. */
export const showUnits: readonly string[] = [
  "show",
  "--no-pager",
  "--property=Id,ActiveState,Type,NRestarts,StateChangeTimestampMonotonic,ExecMainStartTimestampMonotonic",
  "*.service",
  "*.socket",
  "*.timer",
  "*.path",
  "*.swap",
  "*.target",
];

/** A unit as systemd shows it. */
export interface ShownUnit extends Pick<UnitReading, "name" | "state" | "type" | "restarts"> {
  /** When it came into its state, and when its main process was started, on the monotonic clock; absent for never. */
  readonly changedSeconds?: number;
  readonly startedSeconds?: number;
}

/** Parses the answer. */
export function parseUnits(output: string): readonly ShownUnit[] {
  const units = output.split(/\n\n+/).flatMap((paragraph): ShownUnit[] => {
    const values = new Map(
      paragraph.split("\n").flatMap((line) => {
        const equals = line.indexOf("=");
        return equals < 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1)] as const];
      }),
    );
    const [name, state] = [values.get("Id"), values.get("ActiveState")];
    if (name === undefined || state === undefined) return [];
    const number = (property: string) => {
      const value = Number(values.get(property) ?? Number.NaN);
      return Number.isNaN(value) ? undefined : value;
    };
    const seconds = (property: string) => {
      const microseconds = number(property) ?? 0;
      return microseconds > 0 ? microseconds / 1e6 : undefined;
    };
    return [
      defined({
        ...{ name, state, type: values.get("Type"), restarts: number("NRestarts") },
        changedSeconds: seconds("StateChangeTimestampMonotonic"),
        startedSeconds: seconds("ExecMainStartTimestampMonotonic"),
      }),
    ];
  });
  // an alias names the same unit again
  return [...new Map(units.map((unit) => [unit.name, unit])).values()];
}
