/** `snapshots.jsonl` and `snapshots.csv`: the recorded seconds, whole and as a table of the host's figures. */
import type { RecordedLine } from "../../recorder/recording.ts";
import { inTurns, measuredContent } from "../content.ts";
import { csvLine } from "../csv.ts";
import type { AfterPart } from "../part.ts";
import { hostFigures, parseRecorded, type RecordedGroup } from "../recorded.ts";

const head = [
  "time",
  "elapsed_seconds",
  "cpu_usage_ratio",
  "load1",
  "load5",
  "load15",
  "memory_usage_ratio",
  "swap_used_bytes",
  "disk_read_bytes_per_second",
  "disk_written_bytes_per_second",
  "network_receive_bytes_per_second",
  "network_transmit_bytes_per_second",
  "running_tasks",
  "uninterruptible_tasks",
  "top_process",
  "top_process_cpu_cores",
];

/** The recorder's lines as they are, and one CSV record for each second. */
export const snapshotsPart: AfterPart = {
  name: "snapshots",
  when: "after",
  async run({ recorded }, signal) {
    const lines = await measuredContent(() => inTurns(recorded, ({ line }) => `${line}\n`), signal);
    const table = await measuredContent(() => tableOf(recorded), signal);
    return [
      { name: "snapshots.jsonl", content: lines },
      { name: "snapshots.csv", content: table },
    ];
  },
};

async function* tableOf(recorded: readonly RecordedLine[]): AsyncIterable<string> {
  yield csvLine(head);
  yield* inTurns(recorded, recordOf);
}

function recordOf(line: RecordedLine): string {
  const snapshot = parseRecorded(line);
  if (snapshot === undefined) return "";
  const figures = hostFigures(snapshot.host);
  const top = busiest(snapshot.groups);
  return csvLine([
    new Date(snapshot.takenAtMs).toISOString(),
    snapshot.elapsedSeconds,
    figures.cpuUsageRatio,
    figures.load1,
    figures.load5,
    figures.load15,
    figures.memoryUsageRatio,
    figures.swapUsedBytes,
    figures.diskReadBytesPerSecond,
    figures.diskWrittenBytesPerSecond,
    figures.networkReceiveBytesPerSecond,
    figures.networkTransmitBytesPerSecond,
    figures.runningTasks,
    figures.uninterruptibleTasks,
    top?.process,
    top?.usage.cpuCores,
  ]);
}

function busiest(groups: readonly RecordedGroup[]): RecordedGroup | undefined {
  let top: RecordedGroup | undefined;
  for (const group of groups) {
    if (group.kind === "process" && (group.usage.cpuCores ?? 0) > (top?.usage.cpuCores ?? 0)) top = group;
  }
  return top;
}
