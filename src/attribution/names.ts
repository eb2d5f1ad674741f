/** Which group a process belongs to: its labels, normalised and bounded, and the id they make. */
import type { GroupLabels } from "../model/group.ts";
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

/** Leaves a name alone. */
export const asItIs: Hide = (text) => text;

const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Without characters that no one sees or that turn the text around, at most 128 characters. */
function clean(text: string): string {
  const printable = (/^[ -~]*$/.test(text) ? text : text.replaceAll(unprintable, "\ufffd")).trim();
  return printable.length <= longestLabel ? printable : [...printable].slice(0, longestLabel).join("");
}
