import type { Family } from "../family.ts";
import type { MetricsView } from "../view.ts";

type Hub = NonNullable<MetricsView["hub"]>;

function ofHub(type: "gauge" | "counter", name: string, help: string, value: (hub: Hub) => number): Family {
  return {
    ...{ name, help, type, labels: [] },
    *points({ hub }) {
      if (hub !== undefined) yield { labels: {}, value: value(hub) };
    },
  };
}

function ofHosts(name: string, help: string, momentMs: (host: Hub["hosts"][number]) => number | undefined): Family {
  return {
    ...{ name, help, type: "gauge", labels: ["host"] },
    *points({ hub }) {
      for (const host of hub?.hosts ?? []) {
        const ms = momentMs(host);
        if (ms !== undefined) yield { labels: { host: host.host }, value: ms / 1000 };
      }
    },
  };
}

const rejected: Family = {
  name: "culprit_ingest_rejected_total",
  help: "What other hosts have pushed here and was refused, by why: items of a payload, or whole requests where nothing could be read.",
  type: "counter",
  labels: ["reason"],
  *points({ hub }) {
    for (const [reason, value] of hub?.rejected ?? []) yield { labels: { reason }, value };
  },
};

/** What other hosts push here. */
export const ingestFamilies: readonly Family[] = [
  ofHub(
    "counter",
    "culprit_ingest_accepted_total",
    "Seconds, spikes and firings that other hosts have pushed here and that are kept.",
    (hub) => hub.samples,
  ),
  ofHub(
    "counter",
    "culprit_ingest_repeated_total",
    "Seconds that other hosts have pushed here once more: they were here already.",
    (hub) => hub.repeated,
  ),
  rejected,
  ofHub("gauge", "culprit_ingest_hosts", "Hosts that have pushed something here.", (hub) => hub.hosts.length),
  ofHub("gauge", "culprit_ingest_recording_bytes", "Bytes that the recordings of hosts take that push here.", (hub) => hub.bytes),
  ofHub(
    "gauge",
    "culprit_ingest_recording_limit_bytes",
    "Bytes that the recordings of all hosts that push here may take.",
    (hub) => hub.maxBytes,
  ),
  ofHosts(
    "culprit_ingest_recorded_from_timestamp_seconds",
    "How far back the recording of a host that pushes here reaches.",
    (host) => host.recordedFromMs,
  ),
  ofHosts(
    "culprit_ingest_newest_sample_timestamp_seconds",
    "When the newest second was taken that a host has pushed here.",
    (host) => host.newestMs,
  ),
];
