import { namedIn } from "../../model/culprit.ts";
import { groupLabelNames, labelsOf } from "../../model/group.ts";
import type { Spike } from "../../model/spike.ts";
import { spikeResources } from "../../model/spikeResource.ts";
import type { Family } from "../family.ts";
import type { MetricsView } from "../view.ts";

const mostCulprits = 3;
/** A culprit can be asked for so long after its spike: an alert and who reads it come later. */
const keptAfterMs = 300_000;

const active: Family = {
  name: "culprit_spike_active",
  help: "1 while the resource is away from its own baseline, else 0.",
  type: "gauge",
  labels: ["resource"],
  *points({ spikes, snapshot }) {
    if (spikes === undefined || snapshot === undefined) return;
    for (const resource of spikeResources) {
      const isActive = spikes.newest.some((spike) => spike.resource === resource && spike.endMs === undefined);
      yield { labels: { resource }, value: isActive ? 1 : 0 };
    }
  },
};

const total: Family = {
  name: "culprit_spikes_total",
  help: "Spikes that have begun since Culprit was started.",
  type: "counter",
  labels: ["resource"],
  *points({ spikes }) {
    if (spikes === undefined) return;
    for (const resource of spikeResources) yield { labels: { resource }, value: spikes.totals[resource] };
  },
};

const start: Family = {
  name: "culprit_spike_start_timestamp_seconds",
  help: "When the newest spike of the resource began, in seconds since 1970; absent until there is one.",
  type: "gauge",
  labels: ["resource"],
  *points({ spikes }) {
    for (const { resource, startMs } of spikes?.newest ?? []) yield { labels: { resource }, value: startMs / 1000 };
  },
};

const share: Family = {
  name: "culprit_spike_culprit_share_ratio",
  help: "Share of the spike's rise that the line has caused, 0 to 1: the first three, until 5 minutes after the end.",
  type: "gauge",
  labels: ["resource", ...groupLabelNames],
  *points(view) {
    for (const spike of view.spikes?.newest ?? []) {
      if (!isTold(spike, view)) continue;
      const shares = spike.verdict?.shares.filter((one) => one.share > 0).slice(0, mostCulprits) ?? [];
      for (const { group, share: value } of shares) yield { labels: { resource: spike.resource, ...labelsOf(group) }, value };
    }
  },
};

const culprit: Family = {
  name: "culprit_spike_culprit_info",
  help: "1 for each line that the verdict names as the one who did it, two at most; none where no single one did. Until 5 minutes after the end.",
  type: "gauge",
  labels: ["resource", ...groupLabelNames],
  *points(view) {
    for (const spike of view.spikes?.newest ?? []) {
      if (spike.verdict === undefined || !isTold(spike, view)) continue;
      for (const { group } of namedIn(spike.verdict)) yield { labels: { resource: spike.resource, ...labelsOf(group) }, value: 1 };
    }
  },
};

function isTold({ endMs }: Spike, { sampling }: MetricsView): boolean {
  return endMs === undefined || (sampling.lastSampleMs ?? 0) - endMs <= keptAfterMs;
}

/** Spikes and who made them. */
export const spikeFamilies: readonly Family[] = [active, total, start, share, culprit];
