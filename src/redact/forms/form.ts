/** A form of lines, as data. */

/** Each holds its secret in its first group. */
export interface Form {
  /** Says in what the line is written. */
  readonly of: string;
  /** One of these, parted by `|`, stands in every such line, in whatever case. `|` alone is itself. */
  readonly needs: string;
  readonly pattern: RegExp;
  /** There is a blank in every such line, so that most arguments need not be looked at. */
  readonly spaced?: boolean;
  /** Cut only what looks random, or made up as a password: the form alone is not enough. */
  readonly random?: boolean;
  /** The second group must be the name of a secret. */
  readonly named?: boolean;
}
