import type { PushFigures } from "../../model/push.ts";
import type { Family } from "../family.ts";

function ofSinks(type: "gauge" | "counter", name: string, help: string, value: (sink: PushFigures) => number | undefined): Family {
  return {
    ...{ name, help, type, labels: ["sink"] },
    *points({ push = [] }) {
      for (const one of push) {
        const figure = value(one);
        if (figure !== undefined) yield { labels: { sink: one.sink }, value: figure };
      }
    },
  };
}

/** How the sinks of push fare; none without push. */
export const pushFamilies: readonly Family[] = [
  ofSinks("gauge", "culprit_push_pending_batches", "Batches that wait on disk for the sink.", (one) => one.pendingBatches),
  ofSinks("gauge", "culprit_push_pending_bytes", "Bytes of the batches that wait on disk for the sink.", (one) => one.pendingBytes),
  ofSinks(
    "gauge",
    "culprit_push_lag_seconds",
    "How old the oldest batch is that waits for the sink; 0 when none waits.",
    (one) => one.lagSeconds,
  ),
  ofSinks("counter", "culprit_push_sent_batches_total", "Batches that the sink has taken.", (one) => one.sentBatches),
  ofSinks("counter", "culprit_push_sent_samples_total", "Samples in the batches that the sink has taken.", (one) => one.sentSamples),
  ofSinks(
    "counter",
    "culprit_push_dropped_batches_total",
    "Batches given up because there was no room for them, or because they could not be kept.",
    (one) => one.droppedBatches,
  ),
  ofSinks(
    "counter",
    "culprit_push_refused_batches_total",
    "Batches given up because the sink refused them for good.",
    (one) => one.refusedBatches,
  ),
  ofSinks("counter", "culprit_push_failed_attempts_total", "Requests to the sink that did not succeed.", (one) => one.failedAttempts),
  ofSinks(
    "gauge",
    "culprit_push_last_success_timestamp_seconds",
    "When the sink has taken something last, in seconds since 1970.",
    (one) => (one.lastSuccessMs === undefined ? undefined : one.lastSuccessMs / 1000),
  ),
  ofSinks("gauge", "culprit_push_duration_seconds", "How long the newest request to the sink took.", (one) => one.lastDurationSeconds),
];
