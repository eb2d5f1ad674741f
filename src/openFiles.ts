/** How many files this process may have open at once. Loading Culprit takes more than a hundred: with fewer it cannot even say so. */
import { readFileSync } from "node:fs";

/** With so many it starts, samples and serves a few clients. */
const leastOpenFiles = 256;

/** Why Culprit cannot be started, from the text of /proc/self/limits; undefined where there are enough, or nobody knows. */
function tooFewFiles(limits: string): string | undefined {
  const soft = /^Max open files +(\d+) /m.exec(limits)?.[1];
  if (soft === undefined || Number(soft) >= leastOpenFiles) return undefined;
  return `culprit: only ${soft} files may be open at once (ulimit -n); expected at least ${leastOpenFiles}, better 1024\n`;
}

/** The same of this process. */
export function readTooFewFiles(path = "/proc/self/limits"): string | undefined {
  try {
    return tooFewFiles(readFileSync(path, "utf8"));
  } catch {
    // no /proc: the system's usual limits are enough
    return undefined;
  }
}
