/** Puts the metrics together: Culprit's own, and node_exporter's families by the same route. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { createScrapeCollectors } from "../collectors/scrape.ts";
import { Scraper } from "../collectors/scraper.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { catalogue } from "../metrics/catalogue/allFamilies.ts";
import type { Events } from "../metrics/events.ts";
import { negotiateFormat } from "../metrics/format.ts";
import { KeptTexts } from "../metrics/keptTexts.ts";
import { createNodeMetrics, NodeCollectorError } from "../metrics/node/nodeMetrics.ts";

import { MetricsRegistry, type PointFamily, type Rendered, renderFamilies } from "../metrics/registry.ts";

import type { MetricsView } from "../metrics/view.ts";
import type { Clock } from "../model/clock.ts";
import type { KernelFiles } from "../procfs/kernelFiles.ts";
import type { KernelUnits } from "../procfs/units.ts";
import type { Redactor } from "../redact/redactor.ts";
import type { Sampling } from "../sampler/sampling.ts";
import type { SlowReads } from "../slowReads/slowReads.ts";

/** What they are put together of. */
interface MetricsSurroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly units: KernelUnits;
  readonly version: string;
  readonly sampling: Sampling;
  readonly reads: SlowReads;
  readonly files: KernelFiles;
  readonly redactor: Redactor;
}

/** What a client asks for. */
interface Scrape {
  readonly accept: string;
  readonly collect: readonly string[];
  readonly exclude: readonly string[];
}

interface Metrics {
  readonly events: Events;
  /** `view` is the picture that a scrape shows. @throws NodeCollectorError when `collect` names a collector that there is not */
  render(scrape: Scrape, view: () => Promise<MetricsView>): Promise<Rendered>;
  /** The same series without their text: Culprit's own, and those that `collect` adds. @throws NodeCollectorError as `render` does */
  families(collect: readonly string[], view: () => Promise<MetricsView>): Promise<readonly (PointFamily & { readonly isNode?: boolean })[]>;
}

/** Makes them. */
export function createMetrics(
  config: Config,
  { log, clock, units, version, sampling, reads, files, redactor }: MetricsSurroundings,
): Metrics {
  const registry = new MetricsRegistry(catalogue);
  const { textfileDirectories, disabled } = config.collectors;
  const collectors = createScrapeCollectors({
    files,
    units,
    clock,
    log,
    reads,
    textfileDirectories,
    hide: redactor.text,
  });
  const scraper = new Scraper({ collectors, source: "procfs", clock, outcomeLog: sampling.sampler.outcomeLog });
  const nodeMetrics = createNodeMetrics({
    newest: () => (sampling.stale ? undefined : sampling.newestSample),
    scrape: (parts) => scraper.read(parts),
    build: { version, nodeVersion: process.version, platform: process.platform, arch: process.arch },
    log,
    disabled: new Set(disabled),
  });
  const kept = { text: new KeptTexts(), openmetrics: new KeptTexts() };
  const nodeFamilies = async (collect: readonly string[], exclude: readonly string[]) => {
    // modes and columns that the system does not tell would come out as 0
    if (config.source === "portable") throw new NodeCollectorError("node_exporter's families need --source=procfs, on Linux");
    const requested = nodeMetrics.requested(collect, exclude);
    await scraper.prepare(nodeMetrics.parts(requested));
    return nodeMetrics.familiesInTurns(requested);
  };
  return {
    events: registry.events,
    async families(collect, view) {
      await nextTurn();
      const own = await registry.families(await view());
      if (collect.length === 0) return own;
      const node = [...(await nodeFamilies(collect, []))];
      return [...own, ...node.map(({ name, help, type, points }) => ({ name, help, type, points, isNode: true }))];
    },
    async render({ accept, collect, exclude }, view) {
      const format = negotiateFormat(accept);
      if (collect.length === 0 && exclude.length === 0) {
        // the picture takes some milliseconds where there is much of everything: neither a step of the tick nor its first text shares them
        await nextTurn();
        const picture = await view();
        await nextTurn();
        return registry.render(format, picture);
      }
      return renderFamilies(await nodeFamilies(collect, exclude), format, kept);
    },
  };
}
