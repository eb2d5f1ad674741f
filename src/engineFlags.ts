/** How V8 is told to take little. */
import { setFlagsFromString } from "node:v8";

/**
 * A young generation that stays at 1 MB, a heap that grows slowly, and an optimising compiler that waits for what is really hot: at one
 * tick a second it takes more than it gives. Here and not in a script's command line, so that every way to start takes as little.
 */
const flags = ["--semi-space-growth-factor=1", "--optimize-for-size", "--heap-growing-percent=10", "--interrupt-budget=500000"];

/** Sets the flags; to be called before the bulk of the program is loaded. */
export function saveMemory(): void {
  for (const flag of flags) setFlagsFromString(flag);
}
