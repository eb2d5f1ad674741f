/** Finds in one second after the other what happened to the machine: starts, kills for memory, units. Deterministic. */
import { defined } from "../model/defined.ts";
import { groupName } from "../model/group.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import type { OomKill } from "../model/oomKill.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { UnitReading } from "../model/units.ts";
import { durationText } from "../text.ts";

/** What is looked at of a second. */
export type LookedAt = Pick<Snapshot, "takenAtMs" | "host" | "oomKills">;

/** A clock that is set moves the time of the boot: only a boot after what was seen last is another one. */
const clockSlackMs = 60_000;
/** Of a machine that starts everything anew in one minute. */
const mostUnitsAtOnce = 20;

/** What is remembered of the last second. */
interface Before {
  readonly takenAtMs: number;
  readonly bootTimeSeconds?: number | undefined;
}

/** Takes seconds in. */
export class EventFinder {
  #before: Before | undefined;
  #failed: ReadonlySet<string> | undefined;
  #starts: ReadonlySet<string> = new Set();
  #units: readonly UnitReading[] | undefined;

  /** `before` is the last second of the run before. */
  constructor(before?: Before) {
    this.#before = before;
  }

  /** What happened since the second before. */
  take({ takenAtMs, host, oomKills = [] }: LookedAt): readonly MachineEvent[] {
    const events = [...this.#reboot(takenAtMs, host.bootTimeSeconds), ...oomKills.map(killEvent)];
    // the same list as long as systemd was not asked anew
    if (host.units !== undefined && host.units !== this.#units) events.push(...this.#takeUnits(host.units, takenAtMs));
    this.#units = host.units;
    this.#before = { takenAtMs, bootTimeSeconds: host.bootTimeSeconds ?? this.#before?.bootTimeSeconds };
    return events;
  }

  #reboot(takenAtMs: number, bootTimeSeconds: number | undefined): MachineEvent[] {
    const before = this.#before;
    if (before?.bootTimeSeconds === undefined || bootTimeSeconds === undefined) return [];
    const atMs = Math.min(takenAtMs, Math.round(bootTimeSeconds * 1000));
    const isAnother = Math.abs(bootTimeSeconds - before.bootTimeSeconds) * 1000 > clockSlackMs;
    if (!isAnother || atMs < before.takenAtMs - clockSlackMs) return [];
    const away = durationText(Math.max(0, takenAtMs - before.takenAtMs) / 1000);
    const detail = `nothing is recorded of the ${away} before Culprit looked again`;
    return [{ id: `reboot-${Math.round(bootTimeSeconds)}`, atMs, kind: "reboot", text: "the machine was started", detail }];
  }

  /** What had happened before the first look is no news. */
  #takeUnits(units: readonly UnitReading[], takenAtMs: number): readonly MachineEvent[] {
    const failed = units.filter(({ state }) => state === "failed");
    const started = units.flatMap(({ name, startedAtMs, isRestart = false }) =>
      startedAtMs === undefined ? [] : [{ name, atMs: startedAtMs, isRestart, id: `unit_started-${name}-${startedAtMs}` }],
    );
    const [knownFailed, knownStarts] = [this.#failed, this.#starts];
    this.#failed = new Set(failed.map(({ name }) => name));
    this.#starts = new Set(started.map(({ id }) => id));
    if (knownFailed === undefined) return [];
    const news = [
      ...failed
        .filter(({ name }) => !knownFailed.has(name))
        .map(({ name, changedAtMs = takenAtMs }): MachineEvent => {
          const atMs = Math.round(changedAtMs);
          return { id: `unit_failed-${name}-${atMs}`, atMs, kind: "unit_failed", text: `${name} failed`, unit: name };
        }),
      ...started
        .filter(({ id }) => !knownStarts.has(id))
        .map(({ id, name, atMs, isRestart }): MachineEvent => {
          return { id, atMs, kind: "unit_started", text: `${name} was ${isRestart ? "restarted" : "started"}`, unit: name };
        }),
    ];
    return news.slice(0, mostUnitsAtOnce);
  }
}

function killEvent({ killedAtMs, group, pid }: OomKill): MachineEvent {
  const { unit, container } = group;
  const where = container === "" ? unit : container;
  const who = group.kind === "process" ? groupName(group) : "a process";
  return defined({
    id: `oom_kill-${killedAtMs}-${pid ?? who}`,
    atMs: Math.round(killedAtMs),
    kind: "oom_kill",
    text: `the kernel killed ${who}${where === "" ? "" : ` (${where})`} for memory`,
    detail: pid === undefined ? undefined : `pid ${pid}`,
    unit: unit === "" ? undefined : unit,
  });
}
