/**
 * Takes lines without ever making anybody wait, and brings them to the disk one batch after the other.
 *
 * What the disk cannot take is counted and given up: the minutes in memory have it. Trouble is told once, and once more when it is over.
 */
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { reasonOf } from "../model/errors.ts";
import { slotOf } from "./format/segmentNames.ts";
import { LineQueue, mostQueuedLines, type Queued } from "./lineQueue.ts";
import { SegmentFile, type SegmentFileOptions } from "./segmentFile.ts";

interface LineWriterOptions extends SegmentFileOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** How long a written line waits for fdatasync at most. */
  readonly syncSeconds: number;
  /** Told of each segment that is complete. */
  readonly onComplete: (stem: string) => void;
  /** Told how many lines are acknowledged by now. */
  readonly onAcknowledged?: ((lines: number) => void) | undefined;
}

/** How the writing goes. */
export interface WriterFigures {
  /** Lines that wait for the disk. */
  readonly queued: number;
  /** Lines that the disk could not take. */
  readonly lost: number;
  readonly acknowledged: number;
}

/** After a failure the disk is left alone for so long. */
const retrySeconds = 10;
/** A disk that hangs does not keep Culprit from ending. */
const longestStopSeconds = 5;

/** The writing half of a recording. */
export class LineWriter {
  readonly #options: LineWriterOptions;
  readonly #queue = new LineQueue();
  #lastMs: number | undefined;
  /** The line before the next one was lost. */
  #afterLoss = false;
  #file: SegmentFile | undefined;
  #writing: Promise<void> | undefined;
  #unsyncedLines = 0;
  #syncedAtSeconds = Number.NEGATIVE_INFINITY;
  #cancelSync: Cancel | undefined;
  /** The newest line must not wait. */
  #isUrgent = false;
  #isFlushWanted = false;
  #retryAtSeconds = Number.NEGATIVE_INFINITY;
  #complaint: string | undefined;
  #lost = 0;
  #acknowledged = 0;
  #closed = false;

  constructor(options: LineWriterOptions) {
    this.#options = options;
  }

  get figures(): WriterFigures {
    return { queued: this.#queue.seconds, lost: this.#lost, acknowledged: this.#acknowledged };
  }

  /** The disk takes no seconds now. */
  get isFailing(): boolean {
    return this.#complaint !== undefined;
  }

  /** Whether the next line must say everything, because a reader will not know the line before. */
  wantsWhole(takenAtMs: number): boolean {
    return this.#afterLoss || this.#begins(takenAtMs);
  }

  /** Takes a line; it must be a whole one when `wantsWhole` says so. An urgent one is brought to the disk before the next. */
  append(takenAtMs: number, line: string, isUrgent = false): void {
    if (this.#closed) return;
    this.#isUrgent = isUrgent;
    const bytes = Buffer.from(`${line}\n`);
    const waits = this.#options.clock.monotonicSeconds() < this.#retryAtSeconds;
    const full = !this.#queue.hasRoomFor(bytes);
    if (waits || full) {
      if (full) this.#complain("the disk is too slow");
      this.#lose([{ kind: "second" }]);
      return;
    }
    const begins = this.#begins(takenAtMs);
    this.#push({ kind: "second", takenAtMs, bytes, begins });
    this.#lastMs = takenAtMs;
    this.#afterLoss = false;
  }

  /** Takes a minute of the index of names, whose last second was the newest line. What is not kept of it the lines still tell in part. */
  appendNames(line: string): void {
    const waits = this.#options.clock.monotonicSeconds() < this.#retryAtSeconds;
    const bytes = Buffer.from(line);
    if (this.#closed || waits || this.#lastMs === undefined || !this.#queue.hasRoomFor(bytes)) return;
    this.#push({ kind: "names", takenAtMs: this.#lastMs, bytes, begins: false });
  }

  /** Takes no more lines, and comes back when those that it has are on the disk or lost. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelSync?.();
    let cancel: Cancel = () => undefined;
    const overdue = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(longestStopSeconds, resolve);
    });
    await Promise.race([this.#finish(), overdue]);
    cancel();
  }

  async #finish(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    await this.#completeFile().catch((error: unknown) => this.#fail(error));
  }

  #push(queued: Queued): void {
    this.#queue.push(queued);
    this.#wake();
  }

  #begins(takenAtMs: number): boolean {
    return this.#lastMs === undefined || takenAtMs <= this.#lastMs || slotOf(takenAtMs) !== slotOf(this.#lastMs);
  }

  /** Brings what is there to the disk now, however long it might wait still. */
  flush(): void {
    this.#isFlushWanted = true;
    this.#wake();
  }

  #wake(): void {
    this.#writing ??= this.#work().finally(() => {
      this.#writing = undefined;
      if (this.#queue.length > 0) this.#wake();
      else if (this.#unsyncedLines > 0 && !this.#closed) this.#planSync();
    });
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0 || this.#syncIsDue()) {
      const batch = this.#queue.takeBatch();
      try {
        if (batch.length > 0) await this.#write(batch);
        if (this.#syncIsDue()) await this.#sync();
        this.#recover();
      } catch (error) {
        this.#lose(batch);
        await this.#fail(error);
      }
    }
  }

  #syncIsDue(): boolean {
    if (this.#unsyncedLines === 0) return false;
    return (
      this.#isUrgent || this.#isFlushWanted || this.#options.clock.monotonicSeconds() - this.#syncedAtSeconds >= this.#options.syncSeconds
    );
  }

  #planSync(): void {
    this.#cancelSync?.();
    const waitSeconds = this.#syncedAtSeconds + this.#options.syncSeconds - this.#options.clock.monotonicSeconds();
    this.#cancelSync = this.#options.clock.after(Math.max(0, waitSeconds), () => this.#wake());
  }

  async #write(batch: readonly Queued[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    if (first.kind === "names") return this.#writeNames(batch);
    if (first.begins) await this.#completeFile();
    this.#file ??= await SegmentFile.create(first.takenAtMs, this.#options);
    await this.#file.append(batch.length === 1 ? first.bytes : Buffer.concat(batch.map(({ bytes }) => bytes)));
    this.#unsyncedLines += batch.length;
  }

  /** An index that cannot be written costs itself. */
  async #writeNames(batch: readonly Queued[]): Promise<void> {
    try {
      await this.#file?.names.append(Buffer.concat(batch.map(({ bytes }) => bytes)));
    } catch (error) {
      this.#options.log.debug("recording: a minute of the index of names could not be written", { reason: reasonOf(error) });
    }
  }

  async #sync(): Promise<void> {
    const lines = this.#unsyncedLines;
    this.#isFlushWanted = false;
    await this.#file?.sync();
    this.#syncedAtSeconds = this.#options.clock.monotonicSeconds();
    this.#unsyncedLines -= lines;
    this.#acknowledged += lines;
    this.#options.onAcknowledged?.(this.#acknowledged);
  }

  async #completeFile(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    if (this.#unsyncedLines > 0) await this.#sync();
    this.#file = undefined;
    await file.close();
    this.#options.onComplete(file.stem);
  }

  /** The segment is given up where it is whole; after a while another one is begun. */
  async #fail(error: unknown): Promise<void> {
    const { clock, onComplete } = this.#options;
    const file = this.#file;
    this.#file = undefined;
    this.#unsyncedLines = 0;
    this.#retryAtSeconds = clock.monotonicSeconds() + retrySeconds;
    this.#lose(this.#queue.takeAll());
    this.#complain(reasonOf(error));
    await file?.abandon();
    if (file !== undefined) onComplete(file.stem);
  }

  #lose(queued: readonly Pick<Queued, "kind">[]): void {
    const seconds = queued.filter(({ kind }) => kind === "second").length;
    this.#lost += seconds;
    this.#afterLoss ||= seconds > 0;
  }

  #complain(reason: string): void {
    if (reason === this.#complaint) return;
    this.#complaint = reason;
    this.#options.log.warn("recording: the disk does not take the seconds; the newest minutes are kept in memory", { reason });
  }

  #recover(): void {
    if (this.#complaint === undefined || this.#queue.seconds > mostQueuedLines / 2) return;
    this.#complaint = undefined;
    this.#options.log.info("recording: the disk takes the seconds again", { lostLines: this.#lost });
  }
}
