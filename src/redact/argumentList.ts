/** A process's arguments one by one, without secrets and not longer than a name needs. */
import { mask } from "./spans.ts";

const mostArguments = 256;
const longestArgument = 512;
const longestTogether = 8192;
const shortestPart = 4;

/** The first arguments, each cut where it is long: what follows a class path of many kilobytes is still to be seen. */
export function boundedArguments(args: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let length = 0;
  for (const argument of args) {
    const text = argument.length <= longestArgument ? argument : detached(argument.slice(0, longestArgument));
    length += text.length;
    if (kept.length === mostArguments || length > longestTogether) break;
    kept.push(text);
  }
  return kept;
}

/**
 * Masks in every argument what was found only when all stood side by side. Such a find may reach over several arguments, so each of
 * its words goes, wherever it stands.
 */
export function hideWords(args: readonly string[], found: readonly string[]): readonly string[] {
  const words = new Set(found.flatMap((text) => text.split(/\s+/)).filter((word) => word !== "" && word !== mask));
  if (words.size === 0) return args;
  const inside = [...words].filter((word) => word.length >= shortestPart);
  return args.map((argument) =>
    words.has(argument) ? mask : inside.reduce((text, word) => (text.includes(word) ? text.replaceAll(word, mask) : text), argument),
  );
}

/** A copy of its own: a slice would keep the whole long text in memory. Half a character at the end becomes U+FFFD. */
function detached(text: string): string {
  return Buffer.from(text).toString();
}
