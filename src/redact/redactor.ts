/** What cuts secrets out, as the settings want it. */
import { type RedactedArguments, type RedactedCommandLine, redactArguments } from "./commandLine.ts";
import { cutText, mayHoldSecrets, type PatternFinder, type Rulebook } from "./rules.ts";

/**
 * How much is cut: what the tables know, that and whatever looks generated, or of a command line everything but the names of programs
 * and their sub-commands.
 */
type RedactLevel = "known" | "careful" | "names";

/** The settings. */
export interface RedactSettings {
  readonly level: RedactLevel;
  /** One's own patterns, beside all rules. */
  readonly patterns: readonly PatternFinder[];
}

/** Cuts secrets out of whatever is about to be kept or shown. */
export interface Redactor {
  readonly level: RedactLevel;
  /** Another number whenever the rules are others; absent where they stay. */
  readonly version?: number;
  /** A text without its secrets, line by line; everything else stays as it is. Doing it twice changes nothing more. */
  readonly text: (text: string) => string;
  /**
   * A process's arguments as one printable line of at most 2 KiB without secrets. `secrets` are the values that were cut, for removing
   * them from other programs' output about the same process.
   */
  readonly commandLine: (argv: readonly string[]) => RedactedCommandLine;
  /**
   * The same, and beside the line the arguments one by one, as printable and as free of secrets: at most 256 of them, each cut at 512
   * characters, 8192 together.
   */
  readonly argumentList: (argv: readonly string[]) => RedactedArguments;
}

/** Makes one. */
export function createRedactor({ level, patterns }: RedactSettings): Redactor {
  const rulebook: Rulebook = { net: level !== "known", namesOnly: level === "names", patterns };
  return {
    level,
    text: (text) => (mayHoldSecrets(text, rulebook) ? cutText(text, rulebook).text : text),
    commandLine: (argv) => {
      const { text, secrets } = redactArguments(argv, rulebook);
      return { text, secrets };
    },
    argumentList: (argv) => redactArguments(argv, rulebook),
  };
}

/** The usual one, for what is said before there are settings. */
export const carefulRedactor: Redactor = createRedactor({ level: "careful", patterns: [] });
