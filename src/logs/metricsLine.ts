/**
 * A minute of the machine as one flat object, for whoever keeps logs centrally and has no Prometheus. Names are those of the Elastic Common
 * Schema where it has one (https://www.elastic.co/docs/reference/ecs), else they begin with `culprit.`; lists hold small flat objects. Pure.
 */
import { culpritName, wholeVerdict } from "../model/culprit.ts";
import { defined } from "../model/defined.ts";
import { recordedFigures } from "../model/hostFigures.ts";
import type { Spike } from "../model/spike.ts";
import { columnOf, resourceKeys } from "../model/usage.ts";
import { usedRatio } from "../recorder/format/mounts.ts";
import { type GroupRollup, meanOf, peakOf, type Rollup } from "../recorder/format/rollup.ts";
import { rounded } from "../recorder/format/rounding.ts";

/** A minute that is over, and what lasted at its end. */
interface MinuteFacts {
  readonly hostname: string;
  readonly version: string;
  readonly minute: Rollup;
  readonly spikes: readonly Spike[];
}

/** So many groups are told, those first that used most CPU. */
const mostGroups = 5;

type Flat = Readonly<Record<string, unknown>>;

/** The object; what is unknown is absent. Ratios are 0..1, sizes are in bytes. */
export function metricsLine({ hostname, version, minute, spikes }: MinuteFacts): Flat {
  const { figures, groups, mounts, seconds } = minute;
  return defined({
    "@timestamp": new Date(minute.atMs).toISOString(),
    "event.kind": "metric",
    "event.dataset": "culprit.metrics",
    "ecs.version": "8.11.0",
    "agent.type": "culprit",
    "agent.version": version,
    "host.name": hostname,
    "host.cpu.usage": figures.cpuUsageRatio && rounded(meanOf(figures.cpuUsageRatio)),
    // bytes of the whole minute, as the schema has them
    "host.disk.read.bytes": inAll(figures.diskReadBytesPerSecond, seconds),
    "host.disk.write.bytes": inAll(figures.diskWrittenBytesPerSecond, seconds),
    "host.network.ingress.bytes": inAll(figures.networkReceiveBytesPerSecond, seconds),
    "host.network.egress.bytes": inAll(figures.networkTransmitBytesPerSecond, seconds),
    "culprit.recorded_seconds": rounded(seconds),
    ...hostFigures(figures),
    "culprit.mounts": mounts?.map((mount) => ({
      mountpoint: mount.mountpoint,
      size_bytes: mount.sizeBytes,
      available_bytes: rounded(mount.availableBytes),
      used_ratio: rounded(usedRatio(mount)),
    })),
    "culprit.groups": busiest(groups).map(groupOf),
    "culprit.spikes": spikes.map(spikeOf),
  });
}

function hostFigures(figures: Rollup["figures"]): Flat {
  const columns: Record<string, number> = {};
  for (const { name, column } of recordedFigures) {
    const stat = figures[name];
    if (stat === undefined) continue;
    columns[`culprit.${column}`] = rounded(meanOf(stat));
    const peak = peakOf(stat);
    if (peak !== undefined) columns[`culprit.${column}_peak`] = rounded(peak);
  }
  return columns;
}

function busiest(groups: readonly GroupRollup[]): readonly GroupRollup[] {
  const cores = ({ usage: { cpuCores = 0 } }: GroupRollup) => meanOf(cpuCores);
  return groups
    .filter(({ kind }) => kind === "process" || kind === "short_lived")
    .sort((a, b) => cores(b) - cores(a))
    .slice(0, mostGroups);
}

function groupOf({ kind, process, unit, container, user, usage }: GroupRollup): Flat {
  const used: Record<string, number> = {};
  for (const key of resourceKeys) {
    const stat = usage[key];
    if (stat !== undefined) used[columnOf(key)] = rounded(meanOf(stat));
  }
  const { cpuCores } = usage;
  const peak = cpuCores === undefined ? undefined : peakOf(cpuCores);
  return defined({ kind, process, unit, container, user, ...used, cpu_cores_peak: peak === undefined ? undefined : rounded(peak) });
}

function spikeOf(spike: Spike): Flat {
  const verdict = wholeVerdict(spike);
  return defined({
    id: spike.id,
    resource: spike.resource,
    started: new Date(spike.startMs).toISOString(),
    culprit: verdict && culpritName(verdict),
    sentence: verdict?.sentence,
  });
}

function inAll(perSecond: Rollup["figures"]["diskReadBytesPerSecond"], seconds: number): number | undefined {
  return perSecond === undefined ? undefined : Math.round(meanOf(perSecond) * seconds);
}
