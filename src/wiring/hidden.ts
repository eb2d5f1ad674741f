/** Whether this system hides processes from Culprit: what is to be said of it, at the start, on the page and in the terminal. */
import type { Config } from "../config.ts";
import { hiddenProcessesText, readHiddenProcesses } from "../procfs/hidepid.ts";

/** A sentence without a full stop; none where all processes can be seen. */
export function hiddenNotes({ source, paths }: Config): readonly string[] {
  const hidden = source === "procfs" ? readHiddenProcesses(paths.procfs) : undefined;
  return hidden === undefined ? [] : [hiddenProcessesText(hidden)];
}
