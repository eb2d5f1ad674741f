/** `summary.txt`: what a person should know before opening anything else. */
import type { CaptureRequest } from "../model/capture.ts";
import { culpritSentence, describeGroup, likeliestCulprit, topBy } from "./culprit.ts";
import type { GroupDigest, SpanDigest } from "./digest.ts";
import type { Late } from "./late.ts";
import type { ProcessTableRow } from "./processTable.ts";
import type { HostFigures } from "./recorded.ts";
import { alignedTable, bytesText, durationText, printable, utcTime } from "./textTable.ts";

/** What a machine is called, and what it runs. */
export interface HostIdentity {
  readonly hostname: string;
  readonly os: string;
  readonly kernel: string;
  readonly arch: string;
}

/** What the summary is made of. */
export interface SummaryFacts {
  readonly request: CaptureRequest;
  readonly host: HostIdentity;
  readonly late?: Late;
  readonly digest: SpanDigest;
  /** Absent when the processes could not be read. */
  readonly rows?: readonly ProcessTableRow[];
  /** What a reader must know of this archive: that it is a small one, that something is missing. */
  readonly notes: readonly string[];
}

const shown = 5;

/** Renders the summary. Its first line is the answer. */
export function renderSummary(facts: SummaryFacts): string {
  const { digest, rows } = facts;
  return [
    `${printable(culpritSentence(likeliestCulprit(digest.groups)))}\n`,
    renderHead(facts),
    renderHost(digest),
    renderCpu(digest.groups),
    renderBytes("Most memory (resident, highest in the span)", digest.groups, (group) => group.peakResidentBytes ?? 0),
    renderBytes("Most written (in the span)", digest.groups, (group) => group.writtenBytes),
    renderWaiting(digest.groups, rows),
  ]
    .filter((section) => section !== "")
    .join("\n");
}

function renderHead({ request, host, late, digest, notes }: SummaryFacts): string {
  const { first, last, seconds } = digest;
  const covers =
    first === undefined || last === undefined
      ? "nothing was recorded of this time"
      : `${utcTime(first)} to ${utcTime(last)}, ${seconds} ${seconds === 1 ? "snapshot" : "snapshots"}`;
  const before = (request.requestedAtMs - request.onsetMs) / 1000;
  const lines: string[][] = [
    ["Why", whyOf(request)],
    ...Object.entries(request.labels).map(([name, value]) => ["Label", `${name}=${JSON.stringify(value)}`]),
    ...Object.entries(request.annotations ?? {}).map(([name, value]) => ["Annotation", `${name}: ${value}`]),
    ...(request.reason === undefined ? [] : [["Reason", request.reason]]),
    ["Host", `${host.hostname}, ${host.os} ${host.kernel} ${host.arch}`],
    ["Asked", utcTime(request.requestedAtMs)],
    ["Onset", before < 1 ? utcTime(request.onsetMs) : `${utcTime(request.onsetMs)}, ${durationText(before)} before`],
    ["Covers", covers],
    ...(late === undefined ? [] : [["Late", `made ${durationText(late.seconds)} after it was asked for: ${late.reason}`]]),
    ...notes.map((note) => ["Note", note]),
  ];
  return alignedTable(lines, ["left", "left"]);
}

function whyOf({ origin, name, match }: CaptureRequest): string {
  if (origin === "manual") return "asked for by a person";
  if (match?.kind === "other") return `${origin} ${name}; it is about another host, ${match.host}, and was captured here`;
  if (match?.kind === "unmatched") return `${origin} ${name}; no known host matches it, so it was captured here`;
  return `${origin} ${name}`;
}

const figures: readonly [keyof HostFigures, string, (value: number) => string][] = [
  ["cpuUsageRatio", "CPU usage", percent],
  ["load1", "Load (1 min)", (value) => value.toFixed(2)],
  ["memoryUsageRatio", "Memory usage", percent],
  ["swapUsedBytes", "Swap used", bytesText],
  ["diskReadBytesPerSecond", "Disks, read", perSecond],
  ["diskWrittenBytesPerSecond", "Disks, written", perSecond],
  ["networkReceiveBytesPerSecond", "Network, received", perSecond],
  ["networkTransmitBytesPerSecond", "Network, sent", perSecond],
  ["runningTasks", "Running tasks", String],
  ["uninterruptibleTasks", "Tasks in D", String],
];

function renderHost({ now, highest }: SpanDigest): string {
  const rows = figures.flatMap(([figure, name, text]) => {
    const value = now[figure];
    const top = highest.get(figure);
    return top === undefined ? [] : [[name, value === undefined ? "?" : text(value), text(top.value), utcTime(top.atMs)]];
  });
  if (rows.length === 0) return "";
  return alignedTable([["Host", "now", "highest", "at"], ...rows], ["left", "right", "right", "left"]);
}

function renderCpu(groups: readonly GroupDigest[]): string {
  const rows = topBy(groups, (group) => group.coresSince, shown).map((group) => [
    group.coresSince.toFixed(2),
    group.peakCores.toFixed(2),
    group.coresBefore?.toFixed(2) ?? "?",
    describeGroup(group.labels),
  ]);
  if (rows.length === 0) return "";
  const head = ["mean", "peak", "before", "Most CPU since onset, in cores"];
  return alignedTable([head, ...rows], ["right", "right", "right", "left"]);
}

function renderBytes(title: string, groups: readonly GroupDigest[], bytesOf: (group: GroupDigest) => number): string {
  const rows = topBy(groups, bytesOf, shown).map((group) => [bytesText(bytesOf(group)), describeGroup(group.labels)]);
  return rows.length === 0 ? "" : alignedTable([["", title], ...rows], ["right", "left"]);
}

/** Those who wait are victims; they are named apart, so that nobody takes them for the culprits. */
function renderWaiting(groups: readonly GroupDigest[], rows: readonly ProcessTableRow[] | undefined): string {
  const most = topBy(groups, (group) => group.mostUninterruptible, shown).map((group) => [
    String(group.mostUninterruptible),
    describeGroup(group.labels),
  ]);
  const waiting = (rows ?? []).filter((row) => row.state === "D").slice(0, 20);
  const sections = [
    most.length === 0 ? "" : alignedTable([["", "Most tasks in uninterruptible sleep (waiting, not causing)"], ...most], ["right", "left"]),
    waiting.length === 0
      ? ""
      : alignedTable(
          [["PID", "In uninterruptible sleep when captured"], ...waiting.map((row) => [String(row.pid), row.commandLine || row.process])],
          ["right", "left"],
        ),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

function perSecond(bytes: number): string {
  return `${bytesText(bytes)}/s`;
}
