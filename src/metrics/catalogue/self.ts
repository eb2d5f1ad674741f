import { counter, type Family, gauge } from "../family.ts";

const build: Family = {
  name: "culprit_build_info",
  help: "Version of Culprit and of Node; always 1.",
  type: "gauge",
  labels: ["version", "nodeversion"],
  points: ({ self }) => [{ labels: { version: self.version, nodeversion: self.nodeVersion }, value: 1 }],
};

const collectorDuration: Family = {
  name: "culprit_collector_duration_seconds",
  help: "How long the collector took in the newest sample.",
  type: "gauge",
  labels: ["collector"],
  *points({ sampling }) {
    for (const { collector, durationSeconds } of sampling.outcomes) yield { labels: { collector }, value: durationSeconds };
  },
};

const collectorSuccess: Family = {
  name: "culprit_collector_success",
  help: "1 when the collector worked in the newest sample, 0 when it failed; absent where the machine has nothing for it.",
  type: "gauge",
  labels: ["collector"],
  *points({ sampling }) {
    for (const { collector, result } of sampling.outcomes)
      if (result !== "absent") yield { labels: { collector }, value: result === "ok" ? 1 : 0 };
  },
};

const collectorSkipped: Family = {
  name: "culprit_collector_skipped_total",
  help: "Lines, files and processes that the collector left out because it could not understand them, once for every reading.",
  type: "counter",
  labels: ["collector"],
  *points({ sampling }) {
    for (const [collector, value] of sampling.skipped) yield { labels: { collector }, value };
  },
};

/** Culprit itself, and how its sampling fares. */
export const selfFamilies: readonly Family[] = [
  build,
  gauge("culprit_last_sample_timestamp_seconds", "When the newest sample was taken, in seconds since 1970.", ({ sampling }) =>
    sampling.lastSampleMs === undefined ? undefined : sampling.lastSampleMs / 1000,
  ),
  counter("culprit_samples_total", "Samples taken.", (view) => view.sampling.taken),
  counter("culprit_samples_missed_total", "Samples that could not be taken in time.", (view) => view.sampling.missed),
  collectorDuration,
  collectorSuccess,
  collectorSkipped,
  counter(
    "culprit_process_labels_dropped_total",
    "Process groups not shown by name because too many were new within an hour.",
    (view) => view.sampling.labelsDropped,
  ),
  gauge(
    "culprit_scrape_gap_seconds",
    "Time between two scrapes of the client that scrapes least often; above the window, seconds go unseen between them.",
    (view) => view.scrapeGapSeconds,
  ),
  gauge(
    "culprit_config_last_reload_successful",
    "1 when the configuration could be read, last time that was tried; 0 when what held before holds.",
    (view) => (view.reload === undefined ? undefined : Number(view.reload.successful)),
  ),
  gauge(
    "culprit_config_last_reload_success_timestamp_seconds",
    "When the configuration was last read without a mistake, in seconds since 1970.",
    (view) => view.reload?.succeededAtSeconds,
  ),
  counter("process_cpu_seconds_total", "User and system CPU time that Culprit has used.", (view) => view.self.cpuSeconds),
  gauge("process_resident_memory_bytes", "Resident memory of Culprit.", (view) => view.self.residentBytes),
  gauge("process_open_fds", "Open file descriptors of Culprit.", (view) => view.self.openDescriptors),
  gauge("process_max_fds", "How many file descriptors Culprit may open.", (view) => view.self.mostDescriptors),
  gauge("process_start_time_seconds", "When Culprit was started, in seconds since 1970.", (view) => view.self.startTimeSeconds),
  gauge("nodejs_heap_size_used_bytes", "JavaScript heap in use.", (view) => view.self.heapUsedBytes),
];
