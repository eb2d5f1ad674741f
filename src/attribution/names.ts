/** Which group a process belongs to: its labels, normalised and bounded, and the id they make. */
import { type GroupLabels, remainderLabels } from "../model/group.ts";
import type { ProcessReading } from "../model/processes.ts";
import { namesOfCgroup } from "./cgroupNames.ts";
import type { NameByRules } from "./groupRules.ts";
import { processName } from "./processName.ts";

const longestLabel = 128;

/** Cuts the secrets out of names that people give to units and containers. */
export type Hide = (text: string) => string;

/** The labels under which a process is counted. `ruleName` is a name of the user's own: see `nameByRules`. */
export function labelsOfProcess(process: ProcessReading, ruleName?: NameByRules, hide: Hide = asItIs): GroupLabels {
  const { identity } = process;
  const { unit, container } = namesOfCgroup(identity.cgroupPath);
  return {
    kind: "process",
    process: clean(ruleName?.(process) ?? processName(process)) || "?",
    unit: clean(hide(unit)),
    container: clean(container === "" ? "" : hide(identity.containerName ?? container)),
    user: clean(identity.user),
  };
}

/** The labels of a process of which only the kernel's own name and the cgroup are known, or not even these. */
export function labelsOfRemains(comm: string | undefined, cgroupPath: string, hide: Hide): GroupLabels {
  const names = namesOfCgroup(cgroupPath);
  const [unit, container] = [clean(hide(names.unit)), clean(hide(names.container))];
  const name = clean(comm ?? "");
  return name === "" ? remainderLabels("unattributed", unit, container) : { kind: "process", process: name, unit, container, user: "" };
}

/** Leaves a name alone. */
export const asItIs: Hide = (text) => text;

const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Without characters that no one sees or that turn the text around, at most 128 characters. */
function clean(text: string): string {
  const printable = (/^[ -~]*$/.test(text) ? text : text.replaceAll(unprintable, "\ufffd")).trim();
  return printable.length <= longestLabel ? printable : [...printable].slice(0, longestLabel).join("");
}
