/** One pass over the recorded seconds: downsampled for the charts, summed up before and since the onset, process by process. */
import type { FilesystemReading } from "../../model/devices.ts";
import type { ProcessKey } from "../../model/processes.ts";
import { Fold } from "../../recorder/format/fold.ts";
import type { RecordedLines, RecordedProcess, RecordedSnapshot } from "../../recorder/format/line.ts";
import { parseRecorded } from "../../recorder/format/parseLine.ts";
import { type Rollup, rollupOf, stepsOf } from "../../recorder/format/rollup.ts";
import { type Downsampled, Downsampler, type Grid } from "../../recorder/ranges/downsample.ts";
import { Ranks } from "../../recorder/ranges/ranks.ts";
import { UsageTallies, type UsageTally } from "../../recorder/ranges/usageTallies.ts";
import { nextTurn } from "../making/content.ts";
import type { Span } from "../making/part.ts";

/** What the report is drawn from. */
export interface ReportSeries {
  readonly grid: Grid;
  readonly downsampled: Downsampled;
  /** Absent where nothing is recorded of that side. */
  readonly before?: Rollup | undefined;
  readonly since?: Rollup | undefined;
  /** Since the onset, over all of that time: of each second only the busiest are recorded. */
  readonly processes: readonly UsageTally<RecordedProcess>[];
  readonly cores?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** As they were first and last told of. */
  readonly filesystems?: { readonly first: readonly FilesystemReading[]; readonly last: readonly FilesystemReading[] } | undefined;
}

/** What is drawn, and where "since" begins. */
interface ReportSpan extends Span {
  readonly sinceMs: number;
}

const mostPoints = 400;
const niceStepSeconds = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600];
const linesPerTurn = 40;
/** Where thousands of short-lived processes come and go, those that used something are kept. */
const mostProcesses = 4000;

/** The finest steps that make no more than some hundreds of points. */
export function gridOf({ fromMs, toMs }: Span): Grid {
  const seconds = Math.max(1, (toMs - fromMs) / 1000);
  const stepMs = (niceStepSeconds.find((step) => seconds / step <= mostPoints) ?? Math.ceil(seconds / mostPoints)) * 1000;
  const start = Math.floor(fromMs / stepMs) * stepMs;
  return { fromMs: start, stepMs, points: Math.floor((toMs - start) / stepMs) + 1 };
}

/** Works through the lines in turns of the event loop. */
export async function foldSeries(lines: RecordedLines, span: ReportSpan, signal?: AbortSignal): Promise<ReportSeries> {
  const fold = new SeriesFold(span);
  let count = 0;
  for await (const line of lines) {
    const snapshot = parseRecorded(line);
    if (snapshot !== undefined) fold.add(snapshot);
    if (++count % linesPerTurn === 0) await nextTurn();
    signal?.throwIfAborted();
  }
  return fold.result();
}

class SeriesFold {
  readonly #grid: Grid;
  readonly #sinceMs: number;
  readonly #before: Fold;
  readonly #since: Fold;
  readonly #steps: Rollup[] = [];
  readonly #processes = new UsageTallies<ProcessKey, RecordedProcess>(mostProcesses);
  /** In which processes were looked at. */
  #processSeconds = 0;
  #step: { readonly startMs: number; readonly fold: Fold } | undefined;
  #cores: number | undefined;
  #memoryBytes: number | undefined;
  #firstFilesystems: readonly FilesystemReading[] | undefined;
  #lastFilesystems: readonly FilesystemReading[] | undefined;

  constructor({ sinceMs, ...span }: ReportSpan) {
    this.#grid = gridOf(span);
    this.#sinceMs = sinceMs;
    this.#before = new Fold(span.fromMs);
    this.#since = new Fold(sinceMs);
  }

  add(snapshot: RecordedSnapshot): void {
    const { host, gap, takenAtMs } = snapshot;
    const rollup = rollupOf(snapshot);
    this.#addToSteps(rollup);
    const isSince = takenAtMs >= this.#sinceMs;
    // a gap says nothing of what was usual; since the onset it counts, for the trouble itself may have stalled the machine
    if (isSince) this.#since.add(rollup);
    else if (!gap) this.#before.add(rollup);
    if (isSince && !gap) this.#addProcesses(snapshot);
    this.#cores = host.cpu?.cores ?? this.#cores;
    this.#memoryBytes = host.memory?.totalBytes ?? this.#memoryBytes;
    this.#firstFilesystems ??= host.filesystems;
    this.#lastFilesystems = host.filesystems ?? this.#lastFilesystems;
  }

  #addProcesses({ elapsedSeconds = 0, processes = [] }: RecordedSnapshot): void {
    this.#processSeconds += elapsedSeconds;
    for (const process of processes) this.#processes.add(process.key, process, elapsedSeconds);
  }

  #addToSteps(rollup: Rollup): void {
    const { stepMs } = this.#grid;
    const starts = stepsOf(rollup, { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY, stepMs });
    for (const [index, startMs] of starts.entries()) {
      if (this.#step?.startMs !== startMs) {
        this.#finishStep();
        this.#step = { startMs, fold: new Fold(startMs) };
      }
      this.#step.fold.add(index === starts.length - 1 ? rollup : { ...rollup, seconds: stepMs / 1000 });
    }
  }

  #finishStep(): void {
    const done = this.#step?.fold.result();
    if (done !== undefined) this.#steps.push(done);
    this.#step = undefined;
  }

  result(): ReportSeries {
    this.#finishStep();
    const ranks = new Ranks();
    for (const step of this.#steps) ranks.add(step);
    const downsampler = new Downsampler(this.#grid, ranks.shown());
    for (const step of this.#steps) downsampler.add(step);
    const before = this.#before.result();
    const since = this.#since.result();
    const [first, last] = [this.#firstFilesystems, this.#lastFilesystems];
    return {
      grid: this.#grid,
      downsampled: downsampler.result(),
      before,
      since,
      processes: this.#processes.all(this.#processSeconds),
      cores: this.#cores,
      memoryBytes: this.#memoryBytes,
      filesystems: first === undefined || last === undefined ? undefined : { first, last },
    };
  }
}
