/** What the recorded seconds say of single processes: of each second only the busiest are recorded. */
import { defined } from "../../model/defined.ts";
import type { ProcessKey } from "../../model/processes.ts";
import type { RecordedSnapshot } from "../../recorder/format/line.ts";

/** One process over the span. */
export interface ProcessDigest {
  readonly key: ProcessKey;
  readonly pid: number;
  readonly process: string;
  readonly commandLine: string;
  /** Mean cores since the onset, over all of that time: seconds in which it was not among the busiest count as nothing. */
  readonly coresSince: number;
  readonly peakCores: number;
  readonly residentBytes?: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
}

interface Sums {
  readonly key: ProcessKey;
  readonly pid: number;
  process: string;
  commandLine: string;
  coreSeconds: number;
  peakCores: number;
  residentBytes: number | undefined;
  readBytes: number;
  writtenBytes: number;
}

/** Where thousands of short-lived ones come and go, only those that used something are kept. */
const mostKept = 4000;
const keptAtLeast = 1000;

/** Adds the seconds since the onset up. */
export class ProcessSums {
  readonly #sinceMs: number;
  #seconds = 0;
  #sums = new Map<ProcessKey, Sums>();

  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  add({ takenAtMs, elapsedSeconds = 0, processes = [] }: RecordedSnapshot): void {
    if (takenAtMs < this.#sinceMs) return;
    this.#seconds += elapsedSeconds;
    for (const { key, pid, process, commandLine, usage } of processes) {
      const sums = this.#sums.get(key) ?? empty(key, pid);
      this.#sums.set(key, sums);
      sums.process = process;
      sums.commandLine = commandLine;
      sums.coreSeconds += (usage.cpuCores ?? 0) * elapsedSeconds;
      sums.peakCores = Math.max(sums.peakCores, usage.cpuCores ?? 0);
      sums.residentBytes = usage.residentBytes ?? sums.residentBytes;
      sums.readBytes += (usage.readBytesPerSecond ?? 0) * elapsedSeconds;
      sums.writtenBytes += (usage.writtenBytesPerSecond ?? 0) * elapsedSeconds;
    }
    if (this.#sums.size > mostKept)
      this.#sums = new Map(
        this.#sorted()
          .slice(0, keptAtLeast)
          .map((sums) => [sums.key, sums]),
      );
  }

  /** Most CPU first. */
  result(): readonly ProcessDigest[] {
    return this.#sorted().map(({ coreSeconds, residentBytes, ...sums }) =>
      defined({
        ...sums,
        coresSince: this.#seconds > 0 ? coreSeconds / this.#seconds : 0,
        residentBytes,
      }),
    );
  }

  #sorted(): readonly Sums[] {
    return [...this.#sums.values()].sort((a, b) => b.coreSeconds - a.coreSeconds);
  }
}

function empty(key: ProcessKey, pid: number): Sums {
  return { key, pid, process: "", commandLine: "", coreSeconds: 0, peakCores: 0, residentBytes: undefined, readBytes: 0, writtenBytes: 0 };
}
