/** Which group a process belongs to: its labels, normalised and bounded, and the id they make. */
import type { ProcessReading } from "../model/sample.ts";
import type { GroupKind, GroupLabels } from "../model/snapshot.ts";
import { namesOfCgroup } from "./cgroupNames.ts";

const longestLabel = 128;

/** The labels under which a process is counted. */
export function labelsOf(process: ProcessReading): GroupLabels {
  const { unit, container } = namesOfCgroup(process.identity.cgroupPath);
  return {
    kind: "process",
    process: clean(processName(process)) || "?",
    unit: clean(unit),
    container: clean(container),
    user: clean(process.identity.user),
  };
}

/** The id of a label set: equal labels, equal id. NUL cannot stand in a label. */
export function groupId(labels: GroupLabels): string {
  return `${labels.kind}\0${labels.process}\0${labels.unit}\0${labels.container}\0${labels.user}`;
}

/** The labels of a remainder: no process name, so that no process can pose as one. */
export function remainderLabels(kind: Exclude<GroupKind, "process">, unit = "", container = ""): GroupLabels {
  return { kind, process: "", unit, container, user: "" };
}

/** The name a person would use. Kernel threads fold: `kworker/0:1-events` is `kworker`, `ksoftirqd/3` is `ksoftirqd`. */
export function processName(process: Pick<ProcessReading, "comm" | "kernelThread">): string {
  const { comm, kernelThread } = process;
  if (!kernelThread) return comm;
  const cut = comm.search(/[/:]/);
  return (cut > 0 ? comm.slice(0, cut) : comm.replace(/[-_.]?\d+$/, "")) || comm;
}

/** Without control characters, at most 128 characters. Broken UTF-8 became U+FFFD when it was read. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const printable = text.replaceAll(/[\u0000-\u001f\u007f]/g, "\ufffd").trim();
  return printable.length <= longestLabel ? printable : [...printable].slice(0, longestLabel).join("");
}
