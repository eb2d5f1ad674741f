/** Where a secret stands among a program's arguments, written as `change_password _ #` or `set $=#`. */

/** One argument of such a place. */
export interface PlacePart {
  readonly kind: "any" | "word" | "name" | "secret";
  /** The words that it may be, in small letters. */
  readonly words: ReadonlySet<string>;
  /** In front of the secret in the same argument: `userid=`; or what a word begins with. */
  readonly prefix: string;
  /** What parts the secret from the user or the name in front of it; empty when there is none. */
  readonly separator: string;
  /** What ends the secret, when it is there: the last `@` of `scott/secret@db`, the next comma of `p=secret,D=shop`. */
  readonly terminator: string;
  /** What stands in front of the separator must be a secret's name. */
  readonly named: boolean;
  /** All arguments from here on are alike. */
  readonly repeats: boolean;
}

/** A whole place. */
export type Place = readonly PlacePart[];

const secret = /^([^_$#]*)(?:([_$])([^#]{1,2}))?#([@,])?(\.\.\.)?$/;

/** Takes a place apart. */
export function parsePlace(written: string): Place {
  return written.split(" ").map(parsePart);
}

function parsePart(written: string): PlacePart {
  const part = { words: new Set<string>(), prefix: "", separator: "", terminator: "", named: false, repeats: false };
  if (written === "_") return { ...part, kind: "any" };
  if (written === "$") return { ...part, kind: "name" };
  if (written.length > 1 && written.endsWith("*")) return { ...part, kind: "word", prefix: written.slice(0, -1) };
  const match = secret.exec(written);
  if (match === null) return { ...part, kind: "word", words: new Set(written.toLowerCase().split("|")) };
  const [, prefix = "", before, separator = "", terminator = "", repeats] = match;
  return { ...part, kind: "secret", prefix, separator, terminator, named: before === "$", repeats: repeats !== undefined };
}
