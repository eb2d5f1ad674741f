/** `summary.txt`: what a person should know before opening anything else. */
import type { CaptureRequest, JoinedAlert } from "../../model/capture.ts";
import { wholeVerdict } from "../../model/culprit.ts";
import { recordedFigures } from "../../model/hostFigures.ts";
import type { Spike } from "../../model/spike.ts";
import type { FigureUnit } from "../../model/usage.ts";
import { hasEnded } from "../../spikes/subject.ts";
import { alignedTable, bytesText, shortDurationText, utcText } from "../../text.ts";
import { visible } from "../../visible.ts";
import type { ProcessListRow } from "../making/processList.ts";
import type { Late } from "../requests/late.ts";
import type { ArchiveVerdict } from "./archiveVerdict.ts";
import type { SpanDigest } from "./digest.ts";
import { describeGroup, topBy } from "./groupText.ts";
import type { GroupDigest } from "./spanFold.ts";

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
  readonly late?: Late | undefined;
  /** Alerts that came meanwhile and are about the same. */
  readonly joined?: readonly JoinedAlert[];
  readonly digest: SpanDigest;
  /** Absent where nothing is recorded. */
  readonly verdict?: ArchiveVerdict | undefined;
  /** Absent when the processes could not be read. */
  readonly rows?: readonly ProcessListRow[] | undefined;
  /** What a reader must know of this archive: that it is a small one, that something is missing. */
  readonly notes: readonly string[];
}

const shown = 5;
const mostHoles = 5;

/** Renders the summary. Its first line is the answer. */
export function renderSummary(facts: SummaryFacts): string {
  const { digest, rows, verdict } = facts;
  return [
    `${visible(verdict?.verdict.sentence ?? "Nothing is recorded of this time, so nobody can be named.")}\n`,
    renderSpikes(verdict, facts.request.onsetMs),
    alignedTable(headLines(facts), ["left", "left"]),
    renderJoined(facts),
    renderHost(digest),
    renderCpu(digest.groups),
    renderBytes("Most memory (resident, highest in the span)", digest.groups, (group) => group.peakResidentBytes ?? 0),
    renderBytes("Most written (in the span)", digest.groups, (group) => group.writtenBytes),
    renderWaiting(digest, rows),
  ]
    .filter((section) => section !== "")
    .join("\n");
}

/** The other spikes of that time, and those that had ended before the onset. */
function renderSpikes(verdict: ArchiveVerdict | undefined, onsetMs: number): string {
  const others = verdict?.source === "spike" ? verdict.spikes.slice(1) : (verdict?.spikes ?? []);
  const sentence = (spike: Spike) => wholeVerdict(spike)?.sentence ?? "not judged yet";
  const also = others
    .filter((spike) => !hasEnded(spike, onsetMs))
    .map((spike) => [spike.resource, utcText(spike.startMs), sentence(spike)]);
  const before = others
    .filter((spike) => hasEnded(spike, onsetMs))
    .map((spike) => [spike.resource, spike.endMs === undefined ? "" : utcText(spike.endMs), sentence(spike)]);
  const rows = [
    ...(also.length === 0 ? [] : [["Also", "since", ""], ...also]),
    ...(before.length === 0 ? [] : [["Before that", "until", ""], ...before]),
  ];
  return rows.length === 0 ? "" : alignedTable(rows, ["left", "left", "left"]);
}

/** Why and when, by name: what stands above the figures. */
export function headLines({ request, host, late, digest, notes }: SummaryFacts): readonly (readonly string[])[] {
  const { first, last, seconds, holes } = digest;
  const covers =
    first === undefined || last === undefined
      ? "nothing was recorded of this time"
      : `${utcText(first)} to ${utcText(last)}, ${seconds} ${seconds === 1 ? "snapshot" : "snapshots"}`;
  const before = (request.requestedAtMs - request.onsetMs) / 1000;
  return [
    ["Why", whyOf(request)],
    ...Object.entries(request.labels).map(([name, value]) => ["Label", `${name}=${JSON.stringify(value)}`]),
    ...Object.entries(request.annotations ?? {}).map(([name, value]) => ["Annotation", `${name}: ${value}`]),
    ...(request.reason === undefined ? [] : [["Reason", request.reason]]),
    ["Host", `${host.hostname}, ${host.os} ${host.kernel} ${host.arch}`],
    ["Asked", utcText(request.requestedAtMs)],
    ["Onset", before < 1 ? utcText(request.onsetMs) : `${utcText(request.onsetMs)}, ${shortDurationText(before)} before`],
    ["Covers", covers],
    ...holes
      .slice(-mostHoles)
      .map(({ fromMs, toMs }) => [
        "Hole",
        `${utcText(fromMs)} to ${utcText(toMs)}: nothing is recorded for ${shortDurationText((toMs - fromMs) / 1000)}`,
      ]),
    ...(late === undefined ? [] : [["Late", `made ${shortDurationText(late.seconds)} after it was asked for: ${late.reason}`]]),
    ...notes.map((note) => ["Note", note]),
  ];
}

/** The other alerts, each with what sets it apart and what was judged of it. */
function renderJoined({ joined = [], request, verdict }: SummaryFacts): string {
  if (joined.length === 0) return "";
  const rows = joined.map((alert) => joinedCells(alert, request, verdict?.verdict.sentence));
  return alignedTable([["Joined by", "with", "fingerprint", "since", "came", "and is about"], ...rows], Array(6).fill("left"));
}

/** One alert that joined: name, labels, fingerprint, onset, how often it came, and what was judged of it. */
export function joinedCells(alert: JoinedAlert, request: CaptureRequest, sentence: string | undefined): readonly string[] {
  const { fingerprint, name, labels, onsetMs, times, lastAtMs, judged } = alert;
  const isItself = fingerprint === request.fingerprint;
  // what all have in common stands above
  const others = Object.entries(labels).filter(([label, value]) => label !== "alertname" && request.labels[label] !== value);
  const isSame = judged !== undefined && judged === sentence;
  return [
    isItself ? "the same alert" : name,
    others.map(([label, value]) => `${label}=${value}`).join(", ") || "-",
    fingerprint,
    onsetMs === undefined ? "?" : utcText(onsetMs),
    `${times === 1 ? "once" : `${times} times`}, last at ${utcText(lastAtMs)}`,
    isItself || isSame ? "the same" : (judged ?? "no spike was noticed"),
  ].map(visible);
}

function whyOf({ origin, name, match }: CaptureRequest): string {
  if (origin === "manual") return "asked for by a person";
  if (origin === "crash") return "the run before had no orderly end";
  if (match?.kind === "other") return `${origin} ${name}; it is about another host, ${match.host}, and was captured here`;
  if (match?.kind === "unmatched") return `${origin} ${name}; no known host matches it, so it was captured here`;
  return `${origin} ${name}`;
}

function figureText(value: number, unit: FigureUnit): string {
  switch (unit) {
    case "ratio":
      return percent(value);
    case "bytes":
      return bytesText(value);
    case "bytesPerSecond":
      return perSecond(value);
    case "tasks":
      return String(value);
    default:
      return value.toFixed(2);
  }
}

function renderHost({ now, highest }: SpanDigest): string {
  const rows = recordedFigures.flatMap(({ name, summary, unit }) => {
    const value = now[name];
    const top = highest.get(name);
    const text = (known: number) => figureText(known, unit);
    return top === undefined || summary === undefined
      ? []
      : [[summary, value === undefined ? "?" : text(value), text(top.value), utcText(top.atMs)]];
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

/** Those who wait are victims; they are named apart from the culprits. A parent that waits for its own child is none. */
function renderWaiting({ groups, parentsInFork }: SpanDigest, rows: readonly ProcessListRow[] | undefined): string {
  const most = topBy(groups, (group) => group.mostUninterruptible, shown).map((group) => [
    String(group.mostUninterruptible),
    describeGroup(group.labels),
  ]);
  const waiting = (rows ?? []).filter(({ state, pid }) => state === "D" && !parentsInFork.has(pid)).slice(0, 20);
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
