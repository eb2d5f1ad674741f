/** What `systemctl show` says: `Name=value` a line, an empty line between two units (systemctl(1)). */
import { defined } from "../model/defined.ts";
import type { UnitReading } from "../model/units.ts";

/** Of all that systemd has loaded; devices, mounts and the like come and go with what they are of, and are left out as node_exporter does. */
export const showUnits: readonly string[] = [
  "show",
  "--no-pager",
  "--property=Id,ActiveState,Type,NRestarts",
  "*.service",
  "*.socket",
  "*.timer",
  "*.path",
  "*.swap",
  "*.target",
];

/** Parses the answer: those that have failed or were started again. Of all units, most of which are well, there would be hundreds. */
export function parseUnits(output: string): UnitReading[] {
  const units = output.split(/\n\n+/).flatMap((paragraph): UnitReading[] => {
    const values = new Map(
      paragraph.split("\n").flatMap((line) => {
        const equals = line.indexOf("=");
        return equals < 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1)] as const];
      }),
    );
    const [name, state] = [values.get("Id"), values.get("ActiveState")];
    if (name === undefined || state === undefined) return [];
    const restarts = Number(values.get("NRestarts") ?? Number.NaN);
    if (state !== "failed" && !(restarts > 0)) return [];
    return [{ name, state, ...defined({ type: values.get("Type"), restarts: Number.isNaN(restarts) ? undefined : restarts }) }];
  });
  // an alias names the same unit again
  return [...new Map(units.map((unit) => [unit.name, unit])).values()];
}
