import { type Family, gauge } from "../family.ts";

const created: Family = {
  name: "culprit_archive_created_timestamp_seconds",
  help: "When an archive was finished, in seconds since 1970 (the latest 20).",
  type: "gauge",
  labels: ["id", "origin", "name", "process"],
  *points({ archives }) {
    for (const { id, origin, name, process, createdAtMs } of archives.latest) {
      yield { labels: { id, origin, name, process: process ?? "" }, value: createdAtMs / 1000 };
    }
  },
};

const queueLength: Family = {
  name: "culprit_queue_length",
  help: "Entries of the durable queue that wait for their turn.",
  type: "gauge",
  labels: ["queue"],
  *points({ queues }) {
    for (const { queue, length } of queues) yield { labels: { queue }, value: length };
  },
};

const queueDropped: Family = {
  name: "culprit_queue_dropped_total",
  help: "Entries that a full queue had to drop, the oldest first.",
  type: "counter",
  labels: ["queue"],
  *points({ queues }) {
    for (const { queue, dropped } of queues) yield { labels: { queue }, value: dropped };
  },
};

/** Archives and the queues before them. */
export const captureFamilies: readonly Family[] = [
  gauge("culprit_archives", "Archives that are kept.", (view) => view.archives.count),
  gauge("culprit_archives_bytes", "Size of all archives that are kept.", (view) => view.archives.bytes),
  gauge("culprit_archives_limit_bytes", "Size at which the oldest archives are removed.", (view) => view.archives.limitBytes),
  gauge("culprit_storage_writable", "1 while the disk takes what is to be kept, 0 while it does not and alerts are refused.", (view) =>
    view.storageWritable === undefined ? undefined : Number(view.storageWritable),
  ),
  created,
  queueLength,
  queueDropped,
];
