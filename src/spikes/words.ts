/** Figures and lines in words. */
import { groupName } from "../model/group.ts";
import type { VerdictShare } from "../model/spike.ts";
import type { SpikeUnit } from "../model/spikeResource.ts";
import { decimalUnits, durationText, listText, scaled, wholePercent } from "../text.ts";

/** `3 to 210 MB/s`: both in the unit that suits the larger. */
export function rangeText(from: number, to: number, unit: SpikeUnit): string {
  const { factor, name } = scaleFor(Math.max(Math.abs(from), Math.abs(to)), unit);
  return `${numberText(from / factor)} to ${amountText(numberText(to / factor), name)}`;
}

/** True where a rise from one to the other would read as none: `from 1.2 to 1.2 cores`. */
export function readsAlike(from: number, to: number, unit: SpikeUnit): boolean {
  return to <= from || figureText(from, unit) === figureText(to, unit);
}

/** `210 MB/s`, `1 core`, `64 %`. */
export function figureText(value: number, unit: SpikeUnit): string {
  const { factor, name } = scaleFor(Math.abs(value), unit);
  return amountText(numberText(value / factor), name);
}

/** `4 min 10 s`; what is told has lasted at least a second. */
export function lastingText(seconds: number): string {
  return durationText(Math.max(1, seconds));
}

/** `71 %`; what is nearly nothing and what is nearly all is not rounded to it. */
export function percentText(share: number): string {
  if (share > 0 && share < 0.01) return "less than 1 %";
  return `${Math.min(wholePercent(share, 0.9995), 100)} %`;
}

/** A line with all that identifies it: name, unit, container, user, processes, parent. */
export function lineText({ group, pids, processes, parents = [] }: VerdictShare): string {
  const details = [
    ...(group.unit === "" ? [] : [`unit ${group.unit}`]),
    ...(group.container === "" ? [] : [`container ${group.container}`]),
    ...(group.user === "" ? [] : [`user ${group.user}`]),
    ...(pids.length === 0 || group.kind !== "process" ? [] : [pidText(pids, processes ?? pids.length)]),
    ...parentText(parents),
  ];
  const name = nameText(group);
  return details.length === 0 ? name : `${name} (${details.join(", ")})`;
}

/** A line among several: its name and where it runs. */
export function shortText({ group }: Pick<VerdictShare, "group">): string {
  const { unit, container } = group;
  const where = container === "" ? (unit === "" ? "" : `unit ${unit}`) : `container ${container}`;
  return where === "" ? nameText(group) : `${nameText(group)} (${where})`;
}

/** A line's name alone, a process' between marks: those who show it may set it apart. */
export function nameText(group: VerdictShare["group"]): string {
  return group.kind === "process" ? `\`${group.process}\`` : groupName(group);
}

const mostPids = 3;
const shells = new Set(["sh", "bash", "dash", "zsh", "ksh", "fish", "ash", "sudo", "su", "env", "timeout", "nice", "ionice", "setsid"]);
const inits = new Set(["systemd", "init", "launchd", "tini", "dumb-init"]);

function pidText(pids: readonly number[], count: number): string {
  if (count === 1) return `pid ${pids[0]}`;
  if (count <= mostPids) return `pids ${listText(pids.slice(0, count).map(String))}`;
  return `pids ${pids.slice(0, mostPids).join(", ")} and ${count - mostPids} more`;
}

/** The parent; of shells and the like the one that started them says more. That init is the parent says nothing. */
function parentText(parents: readonly string[]): readonly string[] {
  const [nearest] = parents;
  if (nearest === undefined || inits.has(nearest)) return [];
  const telling = parents.find((name) => !shells.has(baseOf(name)) && !inits.has(name));
  if (telling === undefined || telling === nearest) return [`child of ${nearest}`];
  return [`started by ${telling}`];
}

/** `bash` of `bash deploy.sh` is no mere shell: it runs a script. */
function baseOf(name: string): string {
  return name.startsWith("-") ? name.slice(1) : name;
}

function scaleFor(value: number, unit: SpikeUnit): { readonly factor: number; readonly name: string } {
  if (unit === "ratio") return { factor: 0.01, name: " %" };
  if (unit === "cores") return { factor: 1, name: " cores" };
  if (unit === "tasks") return { factor: 1, name: " tasks" };
  const { step, unit: name } = scaled(value, 1000, decimalUnits);
  return { factor: 1000 ** step, name: ` ${name}${unit === "bytes_per_second" ? "/s" : ""}` };
}

function amountText(number: string, name: string): string {
  return `${number}${number === "1" && name.endsWith("s") && !name.endsWith("/s") ? name.slice(0, -1) : name}`;
}

/** Two digits that count, never an exponent, no zeros behind the point. */
function numberText(value: number): string {
  if (value >= 9.95) return Math.round(value).toString();
  return String(Number(value.toFixed(value >= 0.095 || value < 0.005 ? 1 : 2)));
}
