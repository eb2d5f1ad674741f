/** Holds Culprit's node families against what node_exporter said before and after. */
import { type ParsedFamily, parseTextFormat } from "../../src/collectors/textFormat.ts";
import type { Difference } from "./nodeDocument.ts";

/** Parses an exposition in text format. */
export function parseExposition(text: string): ReadonlyMap<string, ParsedFamily> {
  return new Map(parseTextFormat(Buffer.from(text, "utf8")).map((family) => [family.name, family]));
}

/** Three scrapes, in the order in which they were made. */
export interface Scrapes {
  readonly before: ReadonlyMap<string, ParsedFamily>;
  readonly ours: ReadonlyMap<string, ParsedFamily>;
  readonly after: ReadonlyMap<string, ParsedFamily>;
}

/** What is neither equal nor excused, a sentence each; and excuses that nothing needed. */
export function compareFamilies({ before, ours, after }: Scrapes, differences: readonly Difference[]): string[] {
  const problems: string[] = [];
  const used = new Set<Difference>();
  const excuse = (name: string) => {
    const difference = differences.find((one) => one.family.test(name));
    if (difference !== undefined) used.add(difference);
    return difference?.kind;
  };
  for (const [name, theirs] of before) {
    const kind = excuse(name);
    const own = ours.get(name);
    if (own === undefined) {
      if (kind !== "missing") problems.push(`${name} is missing`);
      continue;
    }
    if (kind === "missing") problems.push(`${name} is there, but docs/node.md says that it is missing`);
    if (kind === "newer") {
      problems.push(...compareSeries(withLabelsOf(own, theirs), theirs, after.get(name) ?? theirs, undefined));
      continue;
    }
    if (own.type !== theirs.type) problems.push(`${name} is a ${own.type}, but node_exporter's is a ${theirs.type}`);
    problems.push(...compareSeries(own, theirs, after.get(name) ?? theirs, kind));
  }
  for (const name of ours.keys()) if (!before.has(name) && excuse(name) !== "newer") problems.push(`${name} is not among node_exporter's`);
  // not every machine has what is newer
  for (const one of differences)
    if (!used.has(one) && one.kind !== "newer") problems.push(`docs/node.md lists ${one.family.source}, which nothing needs`);
  return problems;
}

/** Without the labels that the other does not have at all: a newer release added them. */
function withLabelsOf(own: ParsedFamily, theirs: ParsedFamily): ParsedFamily {
  const known = new Set(theirs.points.flatMap(({ labels }) => Object.keys(labels)));
  const points = own.points.map((point) => ({
    ...point,
    labels: Object.fromEntries(Object.entries(point.labels).filter(([name]) => known.has(name))),
  }));
  return { ...own, points };
}

function compareSeries(own: ParsedFamily, before: ParsedFamily, after: ParsedFamily, kind: Difference["kind"] | undefined): string[] {
  if (kind === "labels") {
    const names = ({ points }: ParsedFamily) => JSON.stringify(points.map(({ labels }) => Object.keys(labels).sort()));
    return names(own) === names(before) ? [] : [`${own.name} has the labels ${names(own)}, but node_exporter's has ${names(before)}`];
  }
  const problems: string[] = [];
  const [mine, first, last] = [seriesOf(own), seriesOf(before), seriesOf(after)];
  for (const [key, from] of first) {
    const value = mine.get(key);
    if (value === undefined) problems.push(`${own.name}${key} is missing`);
    else if (kind !== "values" && !within(own, value, from, last.get(key) ?? from)) {
      problems.push(`${own.name}${key} is ${value}, but node_exporter said ${from} before and ${last.get(key)} after`);
    }
  }
  for (const key of mine.keys()) if (!first.has(key) && !last.has(key)) problems.push(`${own.name}${key} is not among node_exporter's`);
  return problems;
}

/** Values by labels; an empty label is the same as none. */
function seriesOf({ points }: ParsedFamily): ReadonlyMap<string, number> {
  return new Map(
    points.map(({ metricName, labels, value }) => {
      const named = Object.entries(labels).filter(([, text]) => text !== "");
      const pairs = named.sort(([one], [other]) => (one < other ? -1 : 1));
      return [`${metricName ?? ""}{${pairs.map(([label, text]) => `${label}="${text}"`).join()}}`, value];
    }),
  );
}

/** By how much a level may leave what node_exporter saw shortly before and after: the machine goes on meanwhile. */
const slacks: readonly (readonly [family: RegExp, slack: number])[] = [
  [/^node_memory_HugePages/, 0],
  [/^node_memory_/, 256 * 2 ** 20],
  [/^node_filesystem_(avail|free)_bytes$/, 512 * 2 ** 20],
  [/^node_filesystem_files_free$/, 10_000],
  [/^node_load/, 2],
  [/^node_procs_/, 50],
  [/^node_filefd_allocated$/, 2000],
  [/^node_sockstat_.*(mem|memory|_bytes)$/, 16 * 2 ** 20],
  [/^node_sockstat_/, 200],
  [/^node_netstat_Tcp_CurrEstab$/, 200],
  [/^node_nf_conntrack_entries$/, 1000],
  [/^node_arp_entries$/, 50],
  // what waits in a socket for the blink of an eye
  [/^node_udp_queues$/, 16 * 2 ** 20],
  // measured anew each time
  [/^node_(?:hwmon|thermal_zone|cooling_device)_/, 1000],
  [/^node_cpu_.*_hertz$/, 5e9],
  [/^node_disk_io_now$/, 100],
  // the kernel takes idle and iowait back by a few ticks
  [/^node_cpu_seconds_total$/, 0.1],
  // it grows until somebody sets the clock, by half a millisecond a second
  [/^node_timex_(maxerror|estimated_error|offset)_seconds$/, 0.1],
  // written down in whole seconds, and computed in other ways
  [/^node_time_seconds$/, 0.01],
];

function within({ name }: ParsedFamily, value: number, from: number, to: number): boolean {
  if (Object.is(value, from) || Object.is(value, to)) return true;
  const slack = slacks.find(([family]) => family.test(name))?.[1] ?? 0;
  const rounding = Math.max(Math.abs(from), Math.abs(to)) * 1e-9;
  return value >= Math.min(from, to) - slack - rounding && value <= Math.max(from, to) + slack + rounding;
}
