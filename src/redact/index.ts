/** The one place where secrets are cut out: of command lines, and of any other text that is about to be kept or shown. */
import { type RedactedArguments, type RedactedCommandLine, redactArguments } from "./commandLine.ts";
import { cutText, mayHoldSecrets } from "./rules.ts";

export type { RedactedArguments, RedactedCommandLine } from "./commandLine.ts";

/** Cuts the secrets out of a text, line by line; everything else stays as it is. Doing it twice changes nothing more. */
export function redactText(text: string): string {
  return mayHoldSecrets(text) ? cutText(text).text : text;
}

/**
 * Cuts the secrets out of a process's arguments and joins them to one printable line of at most 2 KiB.
 * `secrets` are the values that were cut, for removing them from other programs' output about the same process.
 */
export function redactCommandLine(argv: readonly string[]): RedactedCommandLine {
  const { text, secrets } = redactArguments(argv);
  return { text, secrets };
}

/**
 * The same, and beside the line the arguments one by one, as printable and as free of secrets: at most 256 of them, each cut at 512
 * characters, 8192 together.
 */
export function redactArgumentList(argv: readonly string[]): RedactedArguments {
  return redactArguments(argv);
}
