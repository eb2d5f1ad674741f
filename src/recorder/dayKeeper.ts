/** Keeps the minutes of each day for a year: in a file of its own, made of the summaries of its segments before these are deleted. */
import { rm, stat, writeFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { Spike } from "../model/spike.ts";
import { type Day, dayOf, dayPath, dayPieces, decodeDaySpikes, encodeDay, hoursIn } from "./format/dayFile.ts";
import type { Rollup } from "./format/rollup.ts";
import { decodeRollups } from "./format/rollupColumns.ts";
import type { Segment } from "./format/segmentNames.ts";
import { summarise } from "./format/summary.ts";
import { packPieces } from "./packPieces.ts";
import { PiecesFile } from "./reading/pieces.ts";
import { listDays } from "./reading/readDay.ts";
import { readSummary } from "./reading/readSummary.ts";
import { listSegments } from "./reading/segmentFiles.ts";
import { linesOf } from "./reading/span.ts";
import { daysToDelete, type RecordingLimits } from "./retention.ts";
import { writeWhole } from "./writeWhole.ts";

interface DayKeeperOptions {
  readonly directory: string;
  /** The first line of files. */
  readonly header: string;
  readonly limits: RecordingLimits;
  readonly clock: Clock;
  readonly log: Log;
  /** The spikes that lasted in some moment of a time. */
  readonly spikesOf: (fromMs: number, toMs: number) => readonly Spike[];
}

/** A file that is to be made. */
interface WantedDay {
  readonly day: Day;
  readonly segments: readonly Segment[];
  /** Up to here they have all there is. */
  readonly untilMs: number;
  /** A file that reaches up to here will do. */
  readonly neededMs?: number;
}

/** So much may come late: the last segment of a day is packed when the next one has begun. */
const patienceMs = 3_600_000;

/** Makes the files, and deletes the oldest. */
export class DayKeeper {
  readonly #options: DayKeeperOptions;

  constructor(options: DayKeeperOptions) {
    this.#options = options;
  }

  /** Makes the files of days that are over, and lets go of what is too old or too much. `signal` says that there is no time for it. */
  async keep(signal: AbortSignal): Promise<void> {
    const { directory, clock } = this.#options;
    const segments = await listSegments(directory);
    const days = new Map(segments.map(({ startMs }) => dayOf(startMs)).map((day) => [day.name, day]));
    for (const day of days.values()) {
      const isOver = clock.wallMs() >= day.endMs + patienceMs && segments.every((one) => one.packed || !isOfDay(one, day));
      if (isOver && !signal.aborted) await this.#make({ day, segments, untilMs: day.endMs }, signal);
    }
    await this.#dropOldest();
  }

  /** Called before a segment is deleted: where its day has not kept it, all is kept now that the day has up to now. */
  async keepBefore({ startMs, endMs }: Segment, segments: readonly Segment[]): Promise<void> {
    const day = dayOf(startMs);
    const packed = segments.filter((one) => one.packed && isOfDay(one, day));
    const untilMs = packed.reduce((latest, one) => Math.max(latest, one.endMs), endMs);
    await this.#make({ day, segments: packed, untilMs, neededMs: endMs });
  }

  async #make(wanted: WantedDay, signal?: AbortSignal): Promise<void> {
    const { day, neededMs = wanted.untilMs } = wanted;
    const { directory } = this.#options;
    const before = await PiecesFile.open(dayPath(directory, day));
    // what is not ours is not touched
    if (before === "foreign") return;
    try {
      const hasAll = before !== "absent" && (before.head.untilMs ?? 0) >= neededMs;
      if (!hasAll) await this.#write(wanted, before === "absent" ? undefined : before, signal);
    } finally {
      if (before !== "absent") await before.close();
    }
  }

  async #write({ day, segments, untilMs }: WantedDay, before: PiecesFile | undefined, signal?: AbortSignal): Promise<void> {
    const { directory, header, log, spikesOf } = this.#options;
    const fresh: Rollup[] = [];
    for (const segment of segments.filter((one) => isOfDay(one, day))) {
      signal?.throwIfAborted();
      fresh.push(...(await this.#minutesOf(segment)).filter(({ atMs }) => atMs >= day.startMs && atMs < day.endMs));
      await nextTurn();
    }
    const told = new Set(fresh.map(({ atMs }) => atMs));
    const kept: Rollup[] = [];
    for (const hour of before === undefined ? [] : hoursIn(day, { fromMs: day.startMs, toMs: day.endMs })) {
      const minutes = decodeRollups((await before?.text(dayPieces.minutesOf(hour))) ?? "");
      kept.push(...minutes.filter(({ atMs }) => !told.has(atMs)));
      await nextTurn();
    }
    if (fresh.length + kept.length === 0) return;
    const known = before === undefined ? [] : decodeDaySpikes(await before.text(dayPieces.spikes));
    const texts: string[] = [];
    for (const text of encodeDay(day, [...kept, ...fresh], merged(known, spikesOf(day.startMs, day.endMs), day))) {
      if (text !== undefined) texts.push(text);
      await nextTurn();
    }
    const bytes = await packPieces(header, texts, { untilMs });
    await writeWhole(dayPath(directory, day), (path) => writeFile(path, bytes, { mode: 0o600 }));
    log.debug("recording: the minutes of a day are kept", { day: day.name, bytes: bytes.length });
  }

  async #minutesOf(segment: Segment): Promise<readonly Rollup[]> {
    const { directory } = this.#options;
    const summary = segment.summarised ? await readSummary(directory, segment, "minutes") : undefined;
    if (summary !== undefined) return summary;
    return (await summarise(linesOf({ directory, say: () => undefined }, segment)))?.minutes ?? [];
  }

  async #dropOldest(): Promise<void> {
    const { directory, limits, log } = this.#options;
    const days = await listDays(directory);
    const sized = await Promise.all(
      days.map(async (day) => ({
        ...day,
        bytes: await stat(dayPath(directory, day)).then(
          ({ size }) => size,
          () => 0,
        ),
      })),
    );
    for (const day of daysToDelete(sized, limits, this.#options.clock.wallMs())) {
      const file = await PiecesFile.open(dayPath(directory, day));
      // what a newer Culprit or somebody else has written is not ours to delete
      if (!(file instanceof PiecesFile)) continue;
      await file.close();
      log.debug("recording: the minutes of a day are deleted", { day: day.name, bytes: day.bytes });
      await rm(dayPath(directory, day), { force: true });
    }
  }
}

function isOfDay({ startMs }: Segment, day: Day): boolean {
  return startMs >= day.startMs && startMs < day.endMs;
}

/** Those that began on the day; what is known of one now wins over what was known. */
function merged(before: readonly Spike[], now: readonly Spike[], { startMs, endMs }: Day): readonly Spike[] {
  const all = new Map([...before, ...now].map((spike) => [spike.id, spike]));
  return [...all.values()].filter((spike) => spike.startMs >= startMs && spike.startMs < endMs).sort((a, b) => a.startMs - b.startMs);
}
