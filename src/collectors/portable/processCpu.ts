/**
 * CPU seconds out of percentages: systeminformation keeps the counters of processes() to itself and gives shares alone.
 *
 * - Linux and Windows: `cpuu` and `cpus` are percent of what all CPUs could have done since the call before; for a process that was
 *   not in the list of that call, since the machine was started. So they are exact again when they are multiplied by that time.
 *   (A second caller of processes() in the same process would move "the call before": there must be none.)
 * - elsewhere (macOS, BSD): `cpu` is what ps shows, percent of one CPU as an average over the last seconds. It follows a burst late
 *   and forgets it late, so all processes together are held to what the machine was busy.
 */
import type { ListedProcess } from "./system.ts";

/** CPU seconds. Where only their sum is known, all of it is user time. */
interface BurntSeconds {
  readonly userSeconds: number;
  readonly systemSeconds: number;
}

/** The time that a call of processes() speaks of. */
interface SpokenTime {
  /** Since the call before; undefined for the first. */
  readonly elapsedSeconds?: number | undefined;
  readonly uptimeSeconds: number;
  readonly cores: number;
  /** What the machine was busy since the call before, as far as that is known. */
  readonly busySeconds?: number | undefined;
}

/** How far the CPU time of every process rose: of new ones since their start, of all others since the call before. */
export function burntSince(
  list: readonly ListedProcess[],
  isNew: (process: ListedProcess) => boolean,
  ageSeconds: (process: ListedProcess) => number | undefined,
  time: SpokenTime,
  platform: NodeJS.Platform,
): readonly BurntSeconds[] {
  if (platform === "linux" || platform === "win32") return list.map((process) => ofAllCpus(process, isNew(process), time));
  const rises = list.map((process) => ofOneCpu(process, isNew(process) ? ageSeconds(process) : undefined, time));
  const total = rises.reduce((sum, rise) => sum + rise, 0);
  const fit = time.busySeconds !== undefined && total > time.busySeconds ? time.busySeconds / total : 1;
  return rises.map((rise) => ({ userSeconds: rise * fit, systemSeconds: 0 }));
}

function ofAllCpus({ cpuu, cpus }: ListedProcess, isNew: boolean, time: SpokenTime): BurntSeconds {
  const seconds = (isNew ? time.uptimeSeconds : (time.elapsedSeconds ?? 0)) * time.cores;
  return { userSeconds: (share(cpuu) / 100) * seconds, systemSeconds: (share(cpus) / 100) * seconds };
}

/** What ran before the first call has a past that ps does not tell. */
function ofOneCpu({ cpu }: ListedProcess, age: number | undefined, { elapsedSeconds }: SpokenTime): number {
  if (elapsedSeconds === undefined) return 0;
  return (share(cpu) / 100) * Math.min(elapsedSeconds, age ?? elapsedSeconds);
}

function share(percent: number): number {
  return percent > 0 && Number.isFinite(percent) ? percent : 0;
}
