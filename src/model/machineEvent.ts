/** What happened to a machine, beside what it used: starts, kills, units, packages, and what people tell of. */

/** What can have happened. */
export const eventKinds = ["reboot", "oom_kill", "unit_failed", "unit_started", "packages", "deployment"] as const;

/** One of them. */
export type EventKind = (typeof eventKinds)[number];

/** A moment in which something happened. */
export interface MachineEvent {
  /** The same for what is found twice. */
  readonly id: string;
  readonly atMs: number;
  readonly kind: EventKind;
  /** As it stands behind "after": `nginx.service was restarted`; of a deployment what its sender wrote. */
  readonly text: string;
  /** What else is known. */
  readonly detail?: string;
  /** The unit of systemd that it is about. */
  readonly unit?: string;
  /** Who told of it: the name of a token or a login. */
  readonly by?: string;
}

/** Something that somebody tells of. */
export interface WantedEvent {
  readonly atMs: number;
  readonly text: string;
  readonly unit?: string;
  readonly by: string;
}

/** What may be told: how much, how often, and of when. */
export const eventLimits = {
  mostTextCharacters: 500,
  mostUnitCharacters: 128,
  mostPerMinute: 60,
  oldestSeconds: 90 * 86_400,
  /** Another machine's clock may be ahead. */
  aheadSeconds: 60,
} as const;

/** What it is called in a list. */
export const eventNames: Readonly<Record<EventKind, string>> = {
  reboot: "Start",
  oom_kill: "OOM kill",
  unit_failed: "Failed unit",
  unit_started: "Started unit",
  packages: "Packages",
  deployment: "Event",
};

/** As it is told in a sentence. */
export function eventClause({ kind, text }: Pick<MachineEvent, "kind" | "text">): string {
  return kind === "deployment" ? `the event "${text}"` : text;
}
