/** Which words of a command line are names of programs and of sub-commands: all that is kept at the level `names`. */
import { argumentCommands } from "./commands.ts";
import { baseName, hasSubCommands } from "./programs/tables.ts";
import type { Word } from "./words.ts";

const subCommand = /^[a-z][a-z:_-]{1,24}$/;

/** The indexes of those words. */
export function keptNames(words: readonly Word[]): ReadonlySet<number> {
  const { programs } = argumentCommands(words.map(({ text }) => text).join(" "), words);
  const starts = new Set(programs.map(({ start }) => start));
  const kept = new Set<number>();
  for (const [index, word] of words.entries()) {
    if (!starts.has(word.start) || /[\s@=]|:\/\//.test(word.text)) continue;
    kept.add(index);
    const next = words[index + 1]?.text ?? "";
    if (hasSubCommands(baseName(word.text)) && subCommand.test(next)) kept.add(index + 1);
  }
  return kept;
}
