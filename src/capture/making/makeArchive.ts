/**
 * One capture, from the request to the archive.
 *
 * What is closest to the trouble comes first: the processes, the kernel's files and the commands of right now. Then the seconds after
 * the trouble are waited for, and the recorded ones are written: from before the onset until now.
 */
import type { Archive, CaptureRequest, JoinedAlert } from "../../model/capture.ts";
import { reasonOf } from "../../model/errors.ts";
import type { RecordedLines } from "../../recorder/format/line.ts";
import { alertDelayMs, subjectOf } from "../../spikes/subject.ts";
import { writeArchive } from "../archives/archiveWriter.ts";
import { isDiskFull } from "../archives/freeSpace.ts";
import { archiveOf, type Manifest } from "../archives/manifest.ts";
import { type ArchiveVerdict, archiveVerdict, judgedAlerts, withOnset } from "../report/archiveVerdict.ts";
import { digestSpan, type SpanDigest } from "../report/digest.ts";
import { makeReport } from "../report/makeReport.ts";
import type { Late } from "../requests/late.ts";
import type { ArchiveTools, CaptureSignals } from "./archiveTools.ts";
import { askedSpan, newestLines } from "./askedSpan.ts";
import { type CaptureFacts, composeArchive, manifestFile } from "./compose.ts";
import { type Effort, effortNotes, effortOf, isIncluded, piecesOf, smallEffort, truncationNotes, withLeftOut } from "./effort.ts";
import type { NowContext, Span } from "./part.ts";
import { ancestorsIn, type ProcessList } from "./processList.ts";
import { type FinishedFile, runParts } from "./runParts.ts";
import { waitFor } from "./waitFor.ts";

/** Makes the archive and lists it. Rejects when none could be made; nothing is left behind then. */
export async function makeArchive(
  request: CaptureRequest,
  late: Late | undefined,
  tools: ArchiveTools,
  signals: CaptureSignals,
): Promise<Archive> {
  return new ArchiveMaker(request, late, tools, signals).run();
}

/** A person waits for it: whatever has not answered by then is left out. */
const patienceSeconds = 14;
/** Besides the parts: the digest, the report, the archive itself. */
const furtherPieces = 3;

class ArchiveMaker {
  readonly #request: CaptureRequest;
  /** As it was asked, with the onset that it told. */
  readonly #asked: CaptureRequest;
  readonly #late: Late | undefined;
  readonly #tools: ArchiveTools;
  readonly #signals: CaptureSignals;
  readonly #startedAtMs: number;
  readonly #context: NowContext;
  #processes: Promise<ProcessList> | undefined;
  #early: ArchiveVerdict | undefined;

  constructor(request: CaptureRequest, late: Late | undefined, tools: ArchiveTools, signals: CaptureSignals) {
    this.#asked = request;
    this.#request = withOnset(request, tools.spikes);
    this.#late = late;
    this.#tools = tools;
    this.#signals = signals;
    this.#startedAtMs = tools.clock.wallMs();
    this.#context = {
      request: this.#request,
      processList: () => (this.#processes ??= tools.readProcessList()),
      onPiece: () => tools.standing.advance(),
    };
  }

  async run(): Promise<Archive> {
    const effort = await this.#effortToBegin();
    const { standing, parts } = this.#tools;
    standing.begin(this.#request.id, piecesOf(parts, effort) + furtherPieces);
    const [files] = await Promise.all([this.#runNowParts(effort), this.#judgeEarly(effort)]);
    standing.enter("Waiting for the seconds after");
    await this.#waitForTheSecondsAfter();
    try {
      return await this.#finish(effort, files);
    } catch (error) {
      if (effort.size === "small" || !isDiskFull(error)) throw error;
      this.#tools.log.warn("capture: the disk became full, a small archive is made instead", { id: this.#request.id });
      await this.#tools.freeSpace.giveUpReserve();
      return this.#finish(smallEffort(this.#shortage()), files);
    }
  }

  async #effortToBegin(): Promise<Effort> {
    const { freeSpace } = this.#tools;
    const isShort = await freeSpace.isShort();
    if (isShort) await freeSpace.giveUpReserve();
    return effortOf(this.#triesBefore, isShort ? this.#shortage() : undefined);
  }

  get #triesBefore(): number {
    return this.#late?.attemptsBefore ?? 0;
  }

  #runNowParts(effort: Effort): Promise<readonly FinishedFile[]> {
    const { parts, clock } = this.#tools;
    const { hurry, stop } = this.#signals;
    const ready = parts.flatMap((part) => {
      if (part.when !== "now" || !isIncluded(part, effort)) return [];
      const run = (signal: AbortSignal) => part.run(this.#context, part.external ? AbortSignal.any([signal, hurry]) : signal);
      return [{ name: part.name, run }];
    });
    const { standing } = this.#tools;
    const onDone = () => standing.advance();
    return runParts(ready, clock, stop, this.#isForPerson ? { limitSeconds: patienceSeconds, onDone } : { onDone });
  }

  /** A person is told at once who it is, and the archive says the same: what follows while it is made is not what was asked about. */
  async #judgeEarly(effort: Effort): Promise<void> {
    if (!this.#isForPerson || effort.size === "small") return;
    const { recording, spikes, clock, standing, log } = this.#tools;
    const { fromMs, toMs } = askedSpan(this.#request, this.#triesBefore, this.#tools, clock.wallMs());
    try {
      const recorded = await recording.between(fromMs, toMs);
      try {
        const { judgement } = await this.#digest(recorded, await this.#rows());
        this.#early = archiveVerdict(this.#asked, spikes, judgement);
      } finally {
        await recorded.close();
      }
      if (this.#early !== undefined) standing.judge(this.#early.verdict.sentence);
    } catch (error) {
      // it is judged again at the end
      log.debug("capture: who it is could not be told at once", { id: this.#request.id, reason: reasonOf(error) });
    }
  }

  get #isForPerson(): boolean {
    return this.#request.origin === "manual";
  }

  #digest(recorded: RecordedLines, rows: ProcessList["rows"] | undefined): Promise<SpanDigest> {
    const request = this.#request;
    return digestSpan(recorded, request.onsetMs, {
      signal: this.#signals.stop,
      ancestorsOf: ancestorsIn(rows ?? []),
      resource: subjectOf(request)?.resource,
      before: request.origin === "crash" ? "memory" : undefined,
      delayMs: request.origin === "alert" ? alertDelayMs : 0,
    });
  }

  async #waitForTheSecondsAfter(): Promise<void> {
    const { clock, afterSeconds } = this.#tools;
    const { requestedAtMs } = this.#request;
    // a request that has crashed Culprit twice is finished without waiting, before it can happen again
    if (this.#isForPerson || this.#request.origin === "crash" || this.#triesBefore > 1) return;
    const waitSeconds = Math.min(afterSeconds, requestedAtMs / 1000 + afterSeconds - clock.wallMs() / 1000);
    await waitFor(waitSeconds, clock, AbortSignal.any([this.#signals.hurry, this.#signals.stop]));
  }

  async #finish(effort: Effort, nowFiles: readonly FinishedFile[]): Promise<Archive> {
    const { clock, recording } = this.#tools;
    this.#signals.stop.throwIfAborted();
    const asked = askedSpan(this.#request, this.#triesBefore, this.#tools, clock.wallMs());
    if (effort.parts === "none") return this.#write(effort, nowFiles, asked, []);
    const found = await recording.between(asked.fromMs, asked.toMs);
    try {
      return await this.#write(effort, nowFiles, asked, effort.size === "small" ? await newestLines(found) : found);
    } finally {
      await found.close();
    }
  }

  async #write(effort: Effort, nowFiles: readonly FinishedFile[], asked: Span, recorded: RecordedLines): Promise<Archive> {
    const { clock, parts, host, version, archives, standing } = this.#tools;
    const { stop } = this.#signals;
    const request = this.#request;
    const context = { ...this.#context, asked, recorded };
    const ready = parts.flatMap((part) =>
      part.when === "after" && isIncluded(part, effort) ? [{ name: part.name, run: part.run.bind(part, context) }] : [],
    );
    standing.enter("Reading the recording");
    const afterFiles = await runParts(ready, clock, stop, { onDone: () => standing.advance() });
    const rows = effort.parts === "none" ? undefined : await this.#rows();
    const digest = await this.#digest(recorded, rows);
    const verdict = this.#early ?? archiveVerdict(this.#asked, this.#tools.spikes, digest.judgement);
    standing.advance();
    if (verdict !== undefined) standing.judge(verdict.verdict.sentence);
    const joined = await this.#tools.closeFor(request);
    const facts: CaptureFacts = {
      request,
      host,
      version,
      joined: judgedAlerts(joined.slice(0, mostJoined), this.#tools.spikes),
      late: this.#late,
      size: effort.size,
      startedAtMs: this.#startedAtMs,
      finishedAtMs: clock.wallMs(),
      asked,
      digest,
      verdict,
      rows,
      notes: [...this.#notes(effort), ...leftOutNotes(joined)],
      files: withLeftOut([...nowFiles, ...afterFiles], parts, effort),
    };
    const report = await makeReport(facts, recorded, clock, stop);
    standing.advance();
    standing.enter("Writing the archive");
    const composition = composeArchive({ ...facts, files: [...report, ...facts.files] });
    let manifest: Manifest | undefined;
    const written = await writeArchive(
      {
        path: archives.pathOf(request.id),
        folder: request.id,
        files: composition.files,
        lastFile: (hashes) => {
          manifest = composition.manifest(hashes);
          return manifestFile(manifest);
        },
        modifiedAtMs: clock.wallMs(),
      },
      stop,
    );
    if (manifest === undefined) throw new Error("the archive was written without its manifest");
    const archive = archiveOf(manifest, written);
    await archives.add(archive);
    this.#tools.abandoned.told(facts.notes);
    return archive;
  }

  #rows(): Promise<ProcessList["rows"] | undefined> {
    return this.#context.processList().then(
      ({ rows }) => rows,
      () => undefined,
    );
  }

  #notes(effort: Effort): readonly string[] {
    return [
      ...effortNotes(effort),
      ...(this.#signals.hurry.aborted ? ["Culprit was being stopped: nothing more was waited for"] : []),
      ...truncationNotes(this.#request),
      ...this.#tools.abandoned.notes(),
    ];
  }

  #shortage(): string {
    return `less than ${this.#tools.freeSpace.leastFreeBytes / 1024 / 1024} MiB were free on the disk`;
  }
}

/** So many alerts beside its own are listed. */
const mostJoined = 500;

function leftOutNotes({ length }: readonly JoinedAlert[]): readonly string[] {
  return length > mostJoined ? [`${length - mostJoined} more alerts have this archive: see the audit`] : [];
}
