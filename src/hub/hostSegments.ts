/**
 * The recording of one host on the hub: a folder of segments as the flight recorder's are, so that everything that looks back reads them.
 *
 * A line is in its file before its sender is told so: it survives the end of the hub, however sudden, and reaches the disk when the kernel
 * brings it there. No file stays open: a thousand hosts would need a thousand descriptors.
 */
import { appendFile, rm, stat, writeFile } from "node:fs/promises";
import { codeOf } from "../model/errors.ts";
import { encodeHeader, type RecordedHost } from "../recorder/format/header.ts";
import { type Segment, segmentFiles, segmentPath, slotMs, slotOf, stemAt } from "../recorder/format/segmentNames.ts";
import { listSegments } from "../recorder/reading/segmentFiles.ts";
import { linesOf, segmentsIn } from "../recorder/reading/span.ts";
import { makeDirectory } from "../spool/durable.ts";
import type { StoredSegment } from "./budget.ts";

/** A line and its time. */
interface DatedLine {
  readonly takenAtMs: number;
  readonly line: string;
}

/** What became of the lines of one request. */
interface Kept {
  readonly stored: readonly DatedLine[];
  /** Those that were there already. */
  readonly repeated: number;
}

interface HostSegmentsOptions {
  readonly directory: string;
  readonly version: string;
  /** Told of each segment that is complete. */
  readonly onComplete: (stem: string) => void;
}

interface Writing {
  readonly stem: string;
  readonly slot: number;
  lastMs: number;
}

/** Times of so many stretches of ten minutes are held, to know a line that comes again. */
const mostKnownSlots = 3;

/** Writes the segments of one host, one request after the other. */
export class HostSegments {
  readonly #options: HostSegmentsOptions;
  readonly #segments = new Map<string, StoredSegment>();
  readonly #times = new Map<number, Set<number>>();
  #writing: Writing | undefined;
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: HostSegmentsOptions) {
    this.#options = options;
  }

  /** In the order of their times. */
  get segments(): readonly StoredSegment[] {
    return [...this.#segments.values()].sort((a, b) => a.startMs - b.startMs || (a.stem < b.stem ? -1 : 1));
  }

  /** The segment that is being written, which nobody else may touch. */
  get openStem(): string | undefined {
    return this.#writing?.stem;
  }

  /** Looks at what there is. */
  async open(): Promise<void> {
    for (const segment of await listSegments(this.#options.directory)) await this.#measure(segment);
  }

  /** Keeps lines in whatever order they come. Rejects when the disk does not take them: those that it took are known when they come again. */
  keep(host: RecordedHost, lines: readonly DatedLine[]): Promise<Kept> {
    return this.#inTurn(() =>
      this.#keep(
        host,
        [...lines].sort((a, b) => a.takenAtMs - b.takenAtMs),
      ),
    );
  }

  /** Ends the segment that is being written, when its time is over by `nowMs`. */
  completeBefore(nowMs: number): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#writing !== undefined && this.#writing.slot < slotOf(nowMs)) this.#complete();
    });
  }

  /** Looks at a segment again, after it was packed. */
  async measured(stem: string): Promise<void> {
    const known = this.#segments.get(stem);
    if (known !== undefined) await this.#measure(known);
  }

  /** Deletes a segment. */
  async drop(stem: string): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#writing?.stem === stem) this.#writing = undefined;
      this.#segments.delete(stem);
      for (const file of segmentFiles) await rm(segmentPath(this.#options.directory, stem, file), { force: true });
    });
  }

  /** Comes back when nothing is being written. */
  async idle(): Promise<void> {
    await this.#work;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#work.then(work);
    this.#work = turn.catch(() => undefined);
    return turn;
  }

  async #keep(host: RecordedHost, lines: readonly DatedLine[]): Promise<Kept> {
    const stored: DatedLine[] = [];
    for (let at = 0; at < lines.length; ) {
      const slot = slotOf((lines[at] as DatedLine).takenAtMs);
      let end = at;
      while (end < lines.length && slotOf((lines[end] as DatedLine).takenAtMs) === slot) end++;
      stored.push(...(await this.#keepOf(slot, host, lines.slice(at, end))));
      at = end;
    }
    return { stored, repeated: lines.length - stored.length };
  }

  async #keepOf(slot: number, host: RecordedHost, lines: readonly DatedLine[]): Promise<readonly DatedLine[]> {
    const known = await this.#timesOf(slot);
    const fresh: DatedLine[] = [];
    let lastMs: number | undefined;
    for (const line of lines) {
      if (known.has(line.takenAtMs) || line.takenAtMs === lastMs) continue;
      fresh.push(line);
      lastMs = line.takenAtMs;
    }
    const [first] = fresh;
    if (first === undefined || lastMs === undefined) return [];
    const writing = this.#writing;
    const text = fresh.map(({ line }) => `${line}\n`).join("");
    try {
      if (writing !== undefined && writing.slot === slot && first.takenAtMs > writing.lastMs) await this.#append(writing, text, lastMs);
      else await this.#begin(slot, first.takenAtMs, lastMs, `${encodeHeader(host, this.#options.version)}${text}`);
    } catch (error) {
      // a piece of a line may be there: the next one begins a file of its own
      this.#complete();
      this.#times.delete(slot);
      throw error;
    }
    for (const { takenAtMs } of fresh) known.add(takenAtMs);
    return fresh;
  }

  async #append(writing: Writing, text: string, lastMs: number): Promise<void> {
    const path = segmentPath(this.#options.directory, writing.stem, "plain");
    await appendFile(path, text, { mode: 0o600 });
    writing.lastMs = lastMs;
    const known = this.#segments.get(writing.stem);
    if (known !== undefined) this.#segments.set(writing.stem, { ...known, bytes: known.bytes + Buffer.byteLength(text) });
  }

  async #begin(slot: number, firstMs: number, lastMs: number, text: string): Promise<void> {
    const { directory } = this.#options;
    this.#complete();
    await makeDirectory(directory);
    for (let again = 0; ; again++) {
      const stem = stemAt(firstMs, again);
      if (this.#segments.has(stem)) continue;
      try {
        await writeFile(segmentPath(directory, stem, "plain"), text, { flag: "wx", mode: 0o600 });
      } catch (error) {
        if (codeOf(error) === "EEXIST") continue;
        // what of it is there is put in order with the others
        this.#segments.set(stem, { stem, startMs: firstMs, endMs: (slot + 1) * slotMs, bytes: 0 });
        throw error;
      }
      this.#segments.set(stem, { stem, startMs: firstMs, endMs: (slot + 1) * slotMs, bytes: Buffer.byteLength(text) });
      this.#writing = { stem, slot, lastMs };
      return;
    }
  }

  #complete(): void {
    const writing = this.#writing;
    this.#writing = undefined;
    if (writing !== undefined) this.#options.onComplete(writing.stem);
  }

  /** What is there already of ten minutes: known from writing them, else read. */
  async #timesOf(slot: number): Promise<Set<number>> {
    const known = this.#times.get(slot) ?? (await this.#readTimes(slot));
    this.#times.delete(slot);
    this.#times.set(slot, known);
    const [oldest] = this.#times.keys();
    if (this.#times.size > mostKnownSlots && oldest !== undefined) this.#times.delete(oldest);
    return known;
  }

  async #readTimes(slot: number): Promise<Set<number>> {
    const { directory } = this.#options;
    const times = new Set<number>();
    const [fromMs, toMs] = [slot * slotMs, (slot + 1) * slotMs - 1];
    if (![...this.#segments.values()].some(({ startMs, endMs }) => startMs <= toMs && endMs > fromMs)) return times;
    for (const segment of segmentsIn(await listSegments(directory), fromMs, toMs)) {
      for await (const { takenAtMs } of linesOf({ directory, say: () => undefined }, segment)) times.add(takenAtMs);
    }
    return times;
  }

  async #measure({ stem, startMs, endMs }: Pick<Segment, "stem" | "startMs" | "endMs">): Promise<void> {
    let bytes = 0;
    for (const file of segmentFiles) {
      bytes += await stat(segmentPath(this.#options.directory, stem, file)).then(
        ({ size }) => size,
        () => 0,
      );
    }
    this.#segments.set(stem, { stem, startMs, endMs, bytes });
  }
}
