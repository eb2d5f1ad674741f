/** How much more every line used than before, by what a spike is about. */
import type { GroupLabels } from "../model/group.ts";
import type { SpikeUnit } from "../model/spikeResource.ts";
import type { LineFigures, Signal } from "./figures.ts";
import type { Past } from "./past.ts";
import type { ProcessSums } from "./processTally.ts";
import type { Tally } from "./tally.ts";

/** One line, held against its own past. */
export interface WeighedLine {
  readonly id: string;
  readonly labels: GroupLabels;
  readonly before: LineFigures;
  /** Means of the time that is judged; what was written includes what the disk did of the time before. */
  readonly during: LineFigures;
  /** Its part of what is shared out. */
  weight: number;
  /** Of `weight` as it was found: the part that is tasks in uninterruptible sleep. */
  readonly waitingTasks: number;
  waiting: boolean;
  helping: boolean;
}

/** What a spike is measured by at the lines. */
export interface Measure {
  readonly unit: SpikeUnit;
  readonly of: (figures: LineFigures) => number;
  /** Less than this, all lines together, puts no machine under pressure: a disk that turns does some 400 kB/s when it is at its limit. */
  readonly leastCause: number;
  /** The processes of a line are ranked by this. */
  readonly ofProcess: (sums: ProcessSums) => number;
}

const cpu: Measure = { unit: "cores", leastCause: 0.1, of: ({ cpuCores }) => cpuCores, ofProcess: ({ cpuSeconds }) => cpuSeconds };
const runnable: Measure = {
  unit: "tasks",
  leastCause: 0.1,
  of: ({ runningTasks }) => runningTasks,
  ofProcess: ({ runningSeconds, cpuSeconds }) => runningSeconds + cpuSeconds / 1000,
};
const load: Measure = {
  unit: "tasks",
  leastCause: 0.1,
  of: ({ runningTasks, uninterruptibleTasks }) => runningTasks + uninterruptibleTasks,
  ofProcess: ({ runningSeconds, waitingSeconds, cpuSeconds }) => runningSeconds + waitingSeconds + cpuSeconds / 1000,
};
const memory: Measure = {
  unit: "bytes",
  leastCause: 8e6,
  of: ({ residentBytes }) => residentBytes,
  ofProcess: ({ residentBytes }) => residentBytes,
};
const reads: Measure = {
  unit: "bytes_per_second",
  leastCause: 100_000,
  of: ({ readBytesPerSecond }) => readBytesPerSecond,
  ofProcess: ({ readBytes }) => readBytes,
};
const writes: Measure = {
  unit: "bytes_per_second",
  leastCause: 100_000,
  of: ({ writtenBytesPerSecond }) => writtenBytesPerSecond,
  ofProcess: ({ writtenBytes }) => writtenBytes,
};
const io: Measure = {
  unit: "bytes_per_second",
  leastCause: 100_000,
  of: ({ readBytesPerSecond, writtenBytesPerSecond }) => readBytesPerSecond + writtenBytesPerSecond,
  ofProcess: ({ readBytes, writtenBytes }) => readBytes + writtenBytes,
};

/** What the lines are measured by: `wanted` says that it is demand that counts, for nothing can rise. */
export function measureFor({ resource, aspect }: Pick<Signal, "resource" | "aspect">, wanted = false): Measure {
  switch (resource) {
    case "cpu":
      return wanted ? runnable : cpu;
    case "load":
      return load;
    case "memory":
      return memory;
    case "io":
      return aspect === "reads" ? reads : writes;
    case "pressure":
      if (aspect === "cpu") return runnable;
      return aspect === "memory" ? memory : io;
  }
}

/** Every line with its rise over its own past. */
export function weighLines(tally: Tally, past: Past, measure: Measure): WeighedLine[] {
  const lines: WeighedLine[] = [];
  for (const [id, { labels }] of tally.lines) {
    const before = past.of(id);
    const during = { ...tally.line(id), writtenBytesPerSecond: writtenPerSecond(tally, id, before) };
    const rise = measure.of(during) - measure.of(before);
    const waitingTasks = measure === load ? Math.max(0, during.uninterruptibleTasks - before.uninterruptibleTasks) : 0;
    lines.push({ id, labels, before, during, weight: Math.max(0, rise), waitingTasks, waiting: false, helping: false });
  }
  return lines;
}

/**
 * Bytes per second written, those of the time before included as far as they are more than usual: the disk does them now.
 */
function writtenPerSecond(tally: Tally, id: string, before: LineFigures): number {
  const line = tally.lines.get(id);
  if (line === undefined || tally.seconds === 0) return 0;
  const earlier = Math.max(0, line.earlierWrittenBytes - before.writtenBytesPerSecond * tally.earlierSeconds);
  return (line.sums.writtenBytesPerSecond + earlier) / tally.seconds;
}

/** Rise of what a line reads and writes. */
export function ioRise({ before, during }: WeighedLine): number {
  return Math.max(0, io.of(during) - io.of(before));
}

/** Rise of what a line writes. */
export function writeRise({ before, during }: WeighedLine): number {
  return Math.max(0, during.writtenBytesPerSecond - before.writtenBytesPerSecond);
}

/** Rise of a line's memory. */
export function memoryRise({ before, during }: WeighedLine): number {
  return Math.max(0, during.residentBytes - before.residentBytes);
}
