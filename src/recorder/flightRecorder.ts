/** The flight recorder: every Snapshot becomes a line, in memory and on disk; both are looked back on together. */
import { rm, stat } from "node:fs/promises";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { GroupUsage } from "../model/group.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import { atOnce, type Steps } from "../model/steps.ts";
import { DayKeeper } from "./dayKeeper.ts";
import { encodeInSteps, encodeSnapshot, LineTexts } from "./format/encodeLine.ts";
import { encodeHeader, type RecordedHost } from "./format/header.ts";
import { encodeNamedMinute } from "./format/names.ts";
import type { RecordedSpan, Recording } from "./format/recording.ts";
import { type Segment, segmentFiles, segmentPath } from "./format/segmentNames.ts";
import { LineWriter, type WriterFigures } from "./lineWriter.ts";
import { NamesOfMinute } from "./namesOfMinute.ts";
import { Packer } from "./pack.ts";
import { LookBack } from "./reading/lookBack.ts";
import { listSegments } from "./reading/segmentFiles.ts";
import { OpenSegment } from "./reading/segmentReader.ts";
import { openSpan, type RecordingSources } from "./reading/span.ts";
import { repairRecording } from "./repair.ts";
import { type RecordingLimits, type SizedSegment, segmentsToDelete } from "./retention.ts";
import type { Ring } from "./ring.ts";

/** What a flight recorder is made with. */
export interface FlightRecorderOptions {
  readonly directory: string;
  readonly ring: Ring;
  readonly host: RecordedHost;
  readonly version: string;
  readonly limits: RecordingLimits;
  /** How much of the minutes is kept, when the seconds are gone. */
  readonly minuteLimits?: RecordingLimits;
  /** The spikes that lasted in some moment of a time: they are kept with its minutes. */
  readonly spikesOf?: (fromMs: number, toMs: number) => readonly Spike[];
  readonly clock: Clock;
  readonly log: Log;
  /** How long a line waits for fdatasync at most. */
  readonly syncSeconds?: number;
  /** So much of the disk is left to others. */
  readonly leastFreeBytes?: number;
  /** Told how many lines have been acknowledged: they survive a power cut. */
  readonly onAcknowledged?: (lines: number) => void;
}

/** A power cut may cost a quiet machine so much; where something is wrong each second is urgent. */
const defaultSyncSeconds = 10;
const noLimits: RecordingLimits = { maxBytes: Number.POSITIVE_INFINITY, maxAgeSeconds: Number.POSITIVE_INFINITY };
const defaultLeastFreeBytes = 64 * 1024 * 1024;

/** Records, and looks back. */
export class FlightRecorder implements Recording {
  /** Ranges of the recording, for charts and tables. */
  readonly lookBack: LookBack;
  readonly #options: FlightRecorderOptions;
  readonly #sources: RecordingSources;
  readonly #writer: LineWriter;
  readonly #packer: Packer;
  readonly #days: DayKeeper;
  readonly #said = new Set<string>();
  readonly #texts = new LineTexts();
  readonly #names = new NamesOfMinute();
  #previous: Snapshot | undefined;

  constructor(options: FlightRecorderOptions) {
    const { directory, ring, host, version, clock, log } = options;
    const header = encodeHeader(host, version);
    this.#options = options;
    this.#sources = { directory, ring, say: (stem, problem) => this.#say(stem, problem), names: () => this.#names.current() };
    const { minuteLimits = noLimits, spikesOf = () => [] } = options;
    this.#days = new DayKeeper({ directory, header, limits: minuteLimits, clock, log, spikesOf });
    this.#packer = new Packer({
      directory,
      header,
      log,
      onPacked: async (signal) => {
        await this.#dropOldest();
        await this.#days.keep(signal);
      },
    });
    this.#writer = new LineWriter({
      directory,
      header,
      clock,
      log,
      syncSeconds: options.syncSeconds ?? defaultSyncSeconds,
      leastFreeBytes: options.leastFreeBytes ?? defaultLeastFreeBytes,
      onComplete: (stem) => this.#packer.add(stem),
      onAcknowledged: options.onAcknowledged,
    });
    this.lookBack = new LookBack(this.#sources, host.hostname);
  }

  get figures(): WriterFigures {
    return this.#writer.figures;
  }

  /** The disk takes no seconds now. */
  get isFailing(): boolean {
    return this.#writer.isFailing;
  }

  /**
   * Puts in order what the run before has left. Call it before the first `record`, and when it is sure that no other Culprit writes here.
   * What cannot be repaired is said: it keeps nobody from recording.
   */
  async open(): Promise<void> {
    const { directory, log } = this.#options;
    try {
      for (const { stem } of await repairRecording(directory, log)) this.#packer.add(stem);
      await this.#dropOldest();
    } catch (error) {
      log.warn("recording: what the run before has left could not be put in order", { directory, reason: String(error) });
    }
  }

  /**
   * Keeps a Snapshot with the groups that are shown of it; gives back its line. Never waits, never throws for the disk's sake. An urgent
   * second is on the disk before the next one.
   */
  record(snapshot: Snapshot, shown: readonly GroupUsage[], isUrgent = false): string {
    return atOnce(this.recordInSteps(snapshot, shown, isUrgent));
  }

  /** The same in steps. One Snapshot after the other: the next is begun when all steps of this one are taken. */
  *recordInSteps(snapshot: Snapshot, shown: readonly GroupUsage[], isUrgent = false): Steps<string> {
    const { takenAtMs } = snapshot;
    const finished = yield* this.#names.take(snapshot);
    if (finished !== undefined) this.#writer.appendNames(yield* encodeNamedMinute(finished));
    const before = this.#writer.wantsWhole(takenAtMs) ? undefined : this.#previous;
    let line = yield* encodeInSteps(snapshot, shown, before, this.#texts);
    // a line may have been lost between two of the steps
    if (before !== undefined && this.#writer.wantsWhole(takenAtMs)) line = encodeSnapshot(snapshot, shown, undefined, this.#texts);
    this.#previous = snapshot;
    this.#options.ring.push(takenAtMs, line);
    this.#writer.append(takenAtMs, line, isUrgent);
    return line;
  }

  /** Somebody has trouble, whatever the machine itself shows: what is recorded until now goes to the disk at once. */
  flush(): void {
    this.#writer.flush();
  }

  async between(fromMs: number, toMs: number): Promise<RecordedSpan> {
    return openSpan(this.#sources, fromMs, toMs);
  }

  /** Brings what there is to the disk. Packing is left to the next start, unless it is waited for. */
  async close({ pack = false }: { readonly pack?: boolean } = {}): Promise<void> {
    const unfinished = atOnce(this.#names.finish());
    if (unfinished !== undefined) this.#writer.appendNames(atOnce(encodeNamedMinute(unfinished)));
    await this.#writer.close();
    if (pack) await this.#packer.idle();
    else await this.#packer.stop();
  }

  async #dropOldest(): Promise<void> {
    const { directory, limits, clock, log } = this.#options;
    const sized: (Segment & SizedSegment)[] = [];
    for (const segment of await listSegments(directory)) sized.push({ ...segment, bytes: await bytesOf(directory, segment) });
    for (const segment of segmentsToDelete(sized, limits, clock.wallMs())) {
      if (!segment.packed || !(await this.#isOurs(segment))) continue;
      await this.#days.keepBefore(segment, sized);
      log.debug("recording: a segment is deleted", { segment: segment.stem, bytes: segment.bytes });
      for (const file of segmentFiles) if (file !== "plain") await rm(segmentPath(directory, segment.stem, file), { force: true });
    }
  }

  /** What a newer Culprit or somebody else has written is not ours to delete. */
  async #isOurs(segment: Segment): Promise<boolean> {
    const open = await OpenSegment.open(this.#options.directory, segment, this.#sources.say);
    try {
      return open !== undefined && (await open.isOurs());
    } finally {
      await open?.close();
    }
  }

  #say(stem: string, problem: string): void {
    const both = `${stem} ${problem}`;
    if (this.#said.has(both) || this.#said.size >= 1000) return;
    this.#said.add(both);
    this.#options.log.warn("recording: a segment is not complete", { segment: stem, reason: problem });
  }
}

async function bytesOf(directory: string, { stem }: Segment): Promise<number> {
  let bytes = 0;
  for (const file of segmentFiles) {
    bytes += await stat(segmentPath(directory, stem, file)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return bytes;
}
