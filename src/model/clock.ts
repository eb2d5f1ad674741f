/** Time, passed in: tests wind it by hand. */
export interface Clock {
  /** Milliseconds since 1970, as a person's watch says; may jump. */
  wallMs(): number;
  /** Seconds on a clock that never jumps; its zero means nothing. */
  monotonicSeconds(): number;
  /** Calls back once after `seconds`, unless cancelled first. */
  after(seconds: number, callback: () => void): Cancel;
}

/** Takes back what `after` promised; harmless when it has already happened. */
export type Cancel = () => void;
