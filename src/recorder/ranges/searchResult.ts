/** What a search found, and how much of the recording it could look into. Pure. */
import { defined } from "../../model/defined.ts";
import { utcText } from "../../text.ts";
import type { NamesIndex } from "../format/names.ts";
import { minuteMs } from "../format/summary.ts";
import type { Found, Match } from "./matches.ts";
import { MinuteSet } from "./minuteSet.ts";
import type { Range } from "./range.ts";

/** How much was looked into. */
interface Coverage {
  /** From the first recorded minute of the range to the end of the last; undefined where nothing is recorded. */
  readonly covered?: { readonly fromMs: number; readonly toMs: number };
  /** What must be known of the answer: sentences without a full stop. */
  readonly notes: readonly string[];
}

/** The answer to a search. */
export interface SearchResult extends Coverage {
  /** How many groups were found, of which `matches` are those that did most. */
  readonly total: number;
  readonly hasMore: boolean;
  readonly leftOut: number;
  readonly matches: readonly Match[];
  /** All that were found as if they were one; undefined where there is none. */
  readonly all: Found | undefined;
}

/** Remembers of which minutes the index knows, and of which only those who led are known. */
export class SearchCoverage {
  readonly #range: Range;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #leftOut = 0;
  readonly #partly: MinuteSet;
  #partlyFromMs = Number.POSITIVE_INFINITY;
  #partlyToMs = 0;

  constructor(range: Range) {
    this.#range = range;
    this.#partly = new MinuteSet(Math.floor(range.fromMs / minuteMs) * minuteMs, range.toMs);
  }

  add({ minutes }: Pick<NamesIndex, "minutes">): void {
    for (const { atMs, seconds, fromLines, leftOut = 0 } of minutes) {
      if (atMs + minuteMs <= this.#range.fromMs || atMs >= this.#range.toMs) continue;
      this.#firstMs = Math.min(this.#firstMs, atMs);
      this.#lastMs = Math.max(this.#lastMs, atMs + minuteMs);
      this.#leftOut += leftOut;
      if (fromLines !== true) continue;
      // of days that are long gone an hour may stand for its minutes
      for (let minute = 0; minute < Math.max(1, Math.round(seconds / 60)); minute++) this.#partly.add(atMs + minute * minuteMs);
      this.#partlyFromMs = Math.min(this.#partlyFromMs, atMs);
      this.#partlyToMs = Math.max(this.#partlyToMs, atMs + minuteMs);
    }
  }

  result(): Coverage {
    const covered = this.#lastMs > this.#firstMs ? { fromMs: this.#firstMs, toMs: this.#lastMs } : undefined;
    return defined({ covered, notes: [...this.#partlyNote(), ...this.#leftOutNote()] });
  }

  #partlyNote(): readonly string[] {
    const { size } = this.#partly;
    if (size === 0) return [];
    const minutes = size === 1 ? "1 minute has" : `${size} minutes have`;
    const when = `${utcText(this.#partlyFromMs)} to ${utcText(this.#partlyToMs)}`;
    return [`${minutes} no index of names (${when}): of them only those are known who led in some resource`];
  }

  #leftOutNote(): readonly string[] {
    if (this.#leftOut === 0) return [];
    return [`some minutes had more names than the index keeps: ${this.#leftOut} that did least are left out`];
  }
}
