/** What the flight recorder gives to those who look back. */

/** One second: a Snapshot as one line of JSON. */
export interface RecordedLine {
  readonly takenAtMs: number;
  readonly line: string;
}

/** Lines, oldest first; they can be gone through as often as is wanted, and say the same every time. */
export type RecordedLines = Iterable<RecordedLine> | AsyncIterable<RecordedLine>;

/** A stretch of the recording, held: retention, packing and new lines do not change it. */
export interface RecordedSpan extends AsyncIterable<RecordedLine> {
  /** Lets go of the files. */
  close(): Promise<void>;
}

/** Everything that is recorded, on disk and in memory. */
export interface Recording {
  /** The lines taken from `fromMs` to `toMs`, both included, each once. */
  between(fromMs: number, toMs: number): Promise<RecordedSpan>;
}
