/** What the environment says of the terminal. */
import type { Environment } from "./file.ts";

/** Where something is to be shown. */
interface TerminalFacts {
  /** Somebody is looking directly. */
  readonly isTerminal: boolean;
  /** Left out: that of this process. */
  readonly env?: Environment;
}

/** Whether colours are welcome: only on a terminal that has them, and not where NO_COLOR says anything at all (no-color.org). */
export function wantsColour({ isTerminal, env = process.env }: TerminalFacts): boolean {
  const { NO_COLOR: refused = "", TERM: terminal } = env;
  return isTerminal && refused === "" && terminal !== "dumb";
}
