/** What the flight recorder gives to those who look back. */
import type { RecordedLine } from "./line.ts";

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
