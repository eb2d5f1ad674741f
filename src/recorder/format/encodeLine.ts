/** A Snapshot as one line of JSON: encoded once a tick, for everybody who wants it. */
import type { GroupUsage } from "../../model/group.ts";
import type { HostUsage, ProcessUsage, Snapshot } from "../../model/snapshot.ts";
import { atOnce, eachInSteps, type Steps } from "../../model/steps.ts";
import { roundNumbers } from "./rounding.ts";

/** How many single processes a line holds. */
const mostProcesses = 20;

/**
 * Encodes one Snapshot with the groups that are shown of it. File systems are left out while they are those of the line before, but for
 * the first line of a minute: who begins to read in the middle finds them soon.
 *
 * What did nothing is the same object in tick after tick: with `texts` it is encoded once.
 */
export function encodeSnapshot(
  snapshot: Snapshot,
  shown: readonly GroupUsage[],
  previous: Snapshot | undefined,
  texts: LineTexts = new LineTexts(),
): string {
  return atOnce(encodeInSteps(snapshot, shown, previous, texts));
}

/** The same in steps: a machine may have a thousand disks. */
export function* encodeInSteps(
  snapshot: Snapshot,
  shown: readonly GroupUsage[],
  previous: Snapshot | undefined,
  texts: LineTexts,
): Steps<string> {
  const { host, processes, groups: _groups, coverage, ...head } = snapshot;
  const before = previous !== undefined && minuteOf(previous) === minuteOf(snapshot) ? previous.host : undefined;
  const hostText = yield* encodeHost(host, before, texts);
  const busy = encode(busiest(processes).map(withoutGroup));
  const groups = yield* texts.groups.encodeAll(shown);
  const end = coverage === undefined ? "" : `,"coverage":${encode(coverage)}`;
  // whoever reads hours passes over what lies between "processes" and "groups"
  return `${encode(head).slice(0, -1)},"host":${hostText},"processes":${busy},"groups":${groups}${end}}`;
}

function minuteOf({ takenAtMs }: Snapshot): number {
  return Math.floor(takenAtMs / 60_000);
}

function* encodeHost(host: HostUsage, before: HostUsage | undefined, texts: LineTexts): Steps<string> {
  const { filesystems, disks, network, pools: _, units: __, ...others } = host;
  const lists: string[] = [];
  // partitions and what is stacked below another device would only say the same again
  if (disks !== undefined) lists.push(`"disks":${yield* texts.disks.encodeAll(disks.filter((disk) => disk.whole))}`);
  if (network !== undefined) lists.push(`"network":${yield* texts.network.encodeAll(network)}`);
  if (filesystems !== undefined && filesystems !== before?.filesystems) {
    lists.push(`"filesystems":${yield* new ListTexts<object>().encodeAll(filesystems)}`);
  }
  const text = encode(others);
  if (lists.length === 0) return text;
  return `${text === "{}" ? "{" : `${text.slice(0, -1)},`}${lists.join(",")}}`;
}

/** The texts of the line before. */
export class LineTexts {
  readonly groups = new ListTexts<GroupUsage>(withoutId);
  readonly disks = new ListTexts<object>();
  readonly network = new ListTexts<object>();
}

/** Remembers the text of what was in a list of the line before. */
class ListTexts<Item extends object> {
  readonly #shown: (item: Item) => object;
  #known = new Map<Item, string>();

  constructor(shown: (item: Item) => object = (item) => item) {
    this.#shown = shown;
  }

  /** The items as a list of JSON. */
  *encodeAll(items: readonly Item[]): Steps<string> {
    const known = new Map<Item, string>();
    let list = "";
    yield* eachInSteps(items, (item) => {
      const text = this.#known.get(item) ?? encode(this.#shown(item));
      known.set(item, text);
      list += list === "" ? text : `,${text}`;
    });
    this.#known = known;
    return `[${list}]`;
  }
}

function withoutId({ id: _, ...group }: GroupUsage): Omit<GroupUsage, "id"> {
  return group;
}

function withoutGroup({ groupId: _, ...process }: ProcessUsage): Omit<ProcessUsage, "groupId"> {
  return process;
}

function busiest(processes: readonly ProcessUsage[]): readonly ProcessUsage[] {
  if (processes.length <= mostProcesses) return processes;
  return [...processes].sort((a, b) => weight(b) - weight(a)).slice(0, mostProcesses);
}

function weight({ usage, state }: ProcessUsage): number {
  return (usage.cpuCores ?? 0) + (state === "R" || state === "D" ? 1 : 0);
}

function encode(value: unknown): string {
  return JSON.stringify(value, roundNumbers);
}
