/** The lines of the answer to "who": their labels, which are their identity, and what can be told from these alone. */
import type { ResourceUsage } from "./usage.ts";

/** Kinds of line: named groups, what was too small to name, and what nobody can be given. */
export const groupKinds = ["process", "other", "short_lived", "interrupts", "unattributed"] as const;

/** One of them. */
export type GroupKind = (typeof groupKinds)[number];

/** The names of the labels, in the order in which everybody writes them. */
export const groupLabelNames = ["kind", "process", "unit", "container", "user"] as const;

/** The rendered labels of a group: its identity. `process` is "" for every kind but `process`. */
export type GroupLabels = {
  readonly kind: GroupKind;
  readonly process: string;
  readonly unit: string;
  readonly container: string;
  readonly user: string;
};

/** One line: same process name, unit, container, user. */
export interface GroupUsage extends GroupLabels {
  /** The labels as one string, made once; equal strings are the same group. */
  readonly id: string;
  readonly usage: ResourceUsage;
}

/** The labels alone. */
export function labelsOf({ kind, process, unit, container, user }: GroupLabels): GroupLabels {
  return { kind, process, unit, container, user };
}

/** The id of a label set: equal labels, equal id. NUL cannot stand in a label. */
export function groupId({ kind, process, unit, container, user }: GroupLabels): string {
  return `${kind}\0${process}\0${unit}\0${container}\0${user}`;
}

/** The labels of a process of which only the name is known. */
export function processLabels(process: string): GroupLabels {
  return { kind: "process", process, unit: "", container: "", user: "" };
}

/** The labels of a remainder: no process name, so that no process can pose as one. */
export function remainderLabels(kind: Exclude<GroupKind, "process">, unit = "", container = ""): GroupLabels {
  return { kind, process: "", unit, container, user: "" };
}

/** Into this everything is folded that is not shown by name. */
export const otherLabels = remainderLabels("other");

/** True of a line that stands for processes of one name or place, not for a remainder. */
export function isNamed({ kind }: Pick<GroupLabels, "kind">): boolean {
  return kind === "process" || kind === "short_lived";
}

const remainderNames: Readonly<Record<Exclude<GroupKind, "process">, string>> = {
  other: "many others",
  short_lived: "short-lived processes",
  interrupts: "interrupts",
  unattributed: "nobody known",
};

/** A line's name for a person: the process, or in words what it stands for. */
export function groupName({ kind, process }: Pick<GroupLabels, "kind" | "process">): string {
  return kind === "process" ? process : remainderNames[kind];
}
