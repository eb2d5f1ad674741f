/** What the flight recorder gives to those who look back. */

/** One second: a Snapshot as one line of JSON. */
export interface RecordedLine {
  readonly takenAtMs: number;
  readonly line: string;
}

/** The seconds that are kept. */
export interface Recording {
  /** Lines taken from `fromMs` to `toMs`, both included, oldest first. */
  between(fromMs: number, toMs: number): readonly RecordedLine[];
}
