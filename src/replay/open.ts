/** Opens a file, a directory or a URL. What must be unpacked goes into a directory of ours; nothing is written beside what is opened. */
import { mkdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { describeArchive } from "../capture/archives/rebuild.ts";
import { parseHttpUrl, shownUrl } from "../http/url.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import type { RecordedHost } from "../recorder/format/header.ts";
import { ReadOnlyRecording } from "../recorder/reading/readOnly.ts";
import { readBeginning, readContent } from "./content.ts";
import { findRecording, readArchiveDirectory } from "./directory.ts";
import { readStoredEvents } from "./eventsOf.ts";
import { fetchFile } from "./fetchFile.ts";
import type { ReplayLimits } from "./limits.ts";
import { numberedLines } from "./lines.ts";
import type { Opened } from "./opened.ts";
import { fileReasonOf, ReplayProblem } from "./problem.ts";
import { beginningBytes, kindOf } from "./sniff.ts";
import { mergedSpikes, readStoredSpikes } from "./spikesOf.ts";
import { type BadLines, surveyAll, surveyEnds, surveyQuickly } from "./survey.ts";
import { readTable } from "./table.ts";
import { TableLookBack } from "./tableLookBack.ts";
import { type UnpackedArchive, unpackArchive } from "./unpackArchive.ts";
import { unpackLines } from "./unpackedSegments.ts";

/** What is to be opened, and how. */
export interface OpenReplayOptions {
  /** A path, or an http or https URL. */
  readonly where: string;
  /** An empty directory of ours, which the caller removes. */
  readonly directory: string;
  readonly limits: ReplayLimits;
  /** For a Culprit's archive at a URL. */
  readonly token?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Only from when to when there is something, and the spikes that are kept: none is looked for, and what is between is not read. */
  readonly brief?: boolean;
  /** Told up to where it was read: without kept spikes a week takes minutes. */
  readonly onSecond?: (takenAtMs: number) => void;
}

const nobody: RecordedHost = { hostname: "unknown host", os: "", kernel: "", arch: "" };

/** Opens it. @throws ReplayProblem that says what is wrong, and what was expected */
export async function openReplay(options: OpenReplayOptions): Promise<Opened> {
  const { where, signal } = options;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(where) ? parseHttpUrl(where) : undefined;
  if (url === undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(where)) throw new ReplayProblem("expected a path, or an http or https URL");
  const name = url === undefined ? where : shownUrl(url);
  try {
    const path = url === undefined ? where : await fetchFile({ ...options, url });
    const facts = await stat(path);
    if (facts.isDirectory()) return await openDirectory(path, options);
    if (!facts.isFile()) throw new ReplayProblem("it is neither a file nor a directory");
    return await openFile(path, basename(url === undefined ? where : url.hostname), options);
  } catch (error) {
    signal.throwIfAborted();
    throw new ReplayProblem(`cannot replay ${name}: ${error instanceof ReplayProblem ? error.message : fileReasonOf(error)}`);
  }
}

async function openDirectory(path: string, options: OpenReplayOptions): Promise<Opened> {
  const found = await findRecording(path);
  if (found === undefined) {
    const into = await segmentsDirectory(options);
    return openArchive(await readArchiveDirectory(path, into, options.limits), into, options);
  }
  const { directory, host, culprit, notes } = found;
  return openSegments({ directory, host, culprit, notes, kind: "recording" }, options);
}

async function openFile(path: string, name: string, options: OpenReplayOptions): Promise<Opened> {
  const { limits } = options;
  const notes: string[] = [];
  const onTorn = (problem: string) => void notes.push(`the packed file is torn or damaged (${problem}); what could be unpacked is shown`);
  const lines = () => numberedLines(readContent({ path, mostBytes: limits.mostBytes, onTorn }));
  const found = kindOf(await readBeginning(path, beginningBytes));
  if (found.kind === "table") return openTable(await readTable(lines()), { ...nobody, hostname: name }, notes);
  const into = await segmentsDirectory(options);
  if (found.kind === "archive") {
    const unpacked = await unpackArchive(path, into, limits.mostBytes);
    const archive = await describeArchive(path, unpacked.facts.id);
    return { ...(await openArchive(unpacked, into, options)), archive: { archive, path } };
  }
  const { host, culprit } = found.kind === "segment" ? found : { host: { ...nobody, hostname: name }, culprit: "" };
  const unpacked = await unpackLines(skipHeader(lines(), found.kind === "segment"), into, host, culprit);
  if (unpacked.lines === 0)
    throw new ReplayProblem(`there is no whole second in it; expected a line {"takenAtMs":... behind its first line`);
  const known = { directory: into, host, notes: [...notes, ...unpacked.notes], kind: "recording" as const };
  return openSegments(culprit === "" ? known : { ...known, culprit }, options);
}

async function openArchive({ facts, notes }: UnpackedArchive, directory: string, options: OpenReplayOptions): Promise<Opened> {
  const { host, culprit, verdict, spikes, events } = facts;
  const opened = await openSegments({ directory, host, culprit, notes, kind: "archive" }, options);
  const all = mergedSpikes(spikes, opened.spikes, opened.toMs);
  return defined({ ...opened, spikes: all, events: events ?? opened.events, verdict: verdict?.sentence });
}

async function openSegments(
  known: Pick<Opened, "host" | "culprit" | "notes" | "kind"> & { readonly directory: string },
  { log, signal, onSecond, brief = false }: OpenReplayOptions,
): Promise<Opened> {
  const { directory, ...facts } = known;
  const recording = new ReadOnlyRecording({
    directory,
    hostname: known.host.hostname,
    say: (segment, reason) => log.warn("replay: a segment is not complete", { segment, reason }),
  });
  const stored = await readStoredSpikes(directory);
  const survey = brief
    ? await surveyEnds(recording, directory, signal)
    : stored === undefined
      ? await surveyAll(recording, signal, onSecond)
      : await surveyQuickly(recording, directory, signal);
  if (survey === undefined) throw new ReplayProblem("there is no second in it that can be read; expected at least one");
  const { badLines, ...seen } = survey;
  const events = (await readStoredEvents(directory)) ?? survey.events ?? [];
  const notes = [...facts.notes, ...badLinesNote(badLines)];
  const spikes = { spikes: stored ?? survey.spikes ?? [], areSpikesKept: stored !== undefined };
  return { ...facts, ...seen, notes, recording, lookBack: recording.lookBack, ...spikes, events };
}

function badLinesNote({ count, firstMs }: BadLines): readonly string[] {
  if (firstMs === undefined) return [];
  const those = count === 1 ? "1 line is" : `${count} lines are`;
  return [`${those} no second that can be (the first at ${new Date(firstMs).toISOString()}), and left out`];
}

function openTable(table: Awaited<ReturnType<typeof readTable>>, host: RecordedHost, notes: readonly string[]): Opened {
  const { rows, stepMs } = table;
  const missing =
    "a table holds the machine's figures and the process that led in CPU: other processes, their memory and I/O, and spikes are not in it";
  const step = stepMs === undefined || stepMs <= 1000 ? [] : [`a row of it stands for ${stepMs / 1000} s`];
  return {
    kind: "table",
    host,
    lookBack: new TableLookBack(table, host.hostname),
    fromMs: rows[0]?.firstMs ?? 0,
    toMs: rows.at(-1)?.lastMs ?? 0,
    seconds: rows.reduce((sum, { seconds }) => sum + seconds, 0),
    spikes: [],
    areSpikesKept: true,
    events: [],
    notes: [...notes, ...table.notes, missing, ...step],
  };
}

async function* skipHeader(lines: ReturnType<typeof numberedLines>, skip: boolean): ReturnType<typeof numberedLines> {
  for await (const line of lines) if (!skip || line.number > 1) yield line;
}

async function segmentsDirectory({ directory }: OpenReplayOptions): Promise<string> {
  const path = join(directory, "segments");
  await mkdir(path, { mode: 0o700 });
  return path;
}
