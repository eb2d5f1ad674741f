/** How a program takes its secrets, as data. */

/** One program or several that are alike. Every list is written as words with spaces between them. */
export interface Program {
  /** Base names; a `*` at the end stands for any rest. */
  readonly names: string;
  /** Counts only behind one of these sub-commands: `login`, `registry login`. Parted by `|`. */
  readonly sub?: string;
  /** Flags whose secret is glued to them and nowhere else: `-psecret`. */
  readonly glued?: string;
  /** Flags whose secret is glued, behind `=`, or the next argument: `-p secret`. */
  readonly value?: string;
  /** Flags whose secret is the next argument or stands behind `=`; glued, they are another flag (`-pw`, `-passin`). */
  readonly next?: string;
  /** Flags whose value is a user and a secret: `-u user:secret`. The user stays readable. */
  readonly pair?: string;
  /** What parts the two; `:` unless told. */
  readonly by?: string;
  /** Flags whose value is `name=secret`, whatever the name: `--from-literal`. */
  readonly named?: string;
  /**
   * Where secrets stand among the arguments that are no flags. `_` is any argument, `#` a secret, `_:#` a pair, `_=#` a named secret,
   * `$` a secret's name, `$=#` a secret behind its name, `...` repeats the one before; other words stand for themselves, `a|b` for either, `\\\\*` for any that begins so.
   */
  readonly places?: readonly string[];
  /** The places count only where this flag is there, or this letter among the short flags: `--secret`, `b`. */
  readonly needs?: string;
  /** The places may begin at any argument, not only at the first. */
  readonly anywhere?: boolean;
  /** Flags that take a value of their own, so that it is not counted among the places. */
  readonly takes?: string;
  /** Single letters may be bundled, and the last may take the value: `-sSu user:secret`. */
  readonly bundles?: boolean;
  /** Arguments that begin so, whatever their case: `/p:`. */
  readonly slash?: string;
  /** Flags whose value is harmless though their names say otherwise. */
  readonly harmless?: string;
  /** It reads a secret from standard input when this flag (or `*`: always) is there: `sudo -S`. */
  readonly stdin?: string;
  /** What is read there is `user:secret`. */
  readonly stdinPair?: boolean;
}
