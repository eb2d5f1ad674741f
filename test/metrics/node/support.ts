import type { Collector } from "../../../src/collectors/collector.ts";
import { collectSample } from "../../../src/collectors/collectSample.ts";
import { createLinuxCollectors } from "../../../src/collectors/linux.ts";
import { OutcomeLog } from "../../../src/collectors/outcomeLog.ts";
import { createScrapeCollectors } from "../../../src/collectors/scrape.ts";
import { Scraper } from "../../../src/collectors/scraper.ts";
import type { RunProgram } from "../../../src/collectors/seldomProgram.ts";
import { type Log, silentLog } from "../../../src/log.ts";
import type { NodeFamily } from "../../../src/metrics/node/family.ts";
import { createNodeMetrics, type NodeMetrics, type NodeMetricsOptions } from "../../../src/metrics/node/nodeMetrics.ts";
import type { Clock } from "../../../src/model/clock.ts";
import type { Sample } from "../../../src/model/sample.ts";
import { KernelFiles } from "../../../src/procfs/kernelFiles.ts";
import type { ProcRoot } from "../../../src/procfs/root.ts";
import { type KernelUnits, readKernelUnits } from "../../../src/procfs/units.ts";
import { directReads } from "../../support/playedHelper.ts";

/** What a real machine's node metrics are put together from. */
export interface NodeMachineOptions {
  readonly root: ProcRoot;
  readonly clock: Clock;
  readonly units?: KernelUnits;
  readonly textfileDirectories?: readonly string[];
  readonly log?: Log;
  /** Runs programs; there are none unless the test gives some. */
  readonly run?: RunProgram;
  /** Collectors that stand in for those of the same part. */
  readonly instead?: readonly Collector[];
}

/** node_* of a machine, wired as the app wires it, but with a Sample of the tick taken when the test says so. */
export class NodeMachine {
  readonly metrics: NodeMetrics;
  readonly #tick: readonly Collector[];
  readonly #scraper: Scraper;
  readonly #clock: Clock;
  readonly #files: KernelFiles;
  #newest: Sample | undefined;

  constructor({
    root,
    clock,
    units = readKernelUnits(),
    textfileDirectories = [],
    log = silentLog,
    run = noProgram,
    instead = [],
  }: NodeMachineOptions) {
    const replace = (collectors: readonly Collector[]) =>
      collectors.map((collector) => instead.find((other) => other.part === collector.part) ?? collector);
    this.#clock = clock;
    this.#files = new KernelFiles(root);
    const files = this.#files;
    this.#tick = replace(createLinuxCollectors({ reads: directReads(), files, units, clock, mostProcessDescriptors: 100 }));
    const collectors = replace(
      createScrapeCollectors({
        files,
        units,
        clock,
        log,
        reads: directReads(),
        textfileDirectories,
        machine: "x86_64",
        run,
      }),
    );
    this.#scraper = new Scraper({ collectors, source: "procfs", clock, outcomeLog: new OutcomeLog(log) });
    const build = { version: "1.2.3", nodeVersion: "v20.0.0", platform: "linux", arch: "x64" };
    this.metrics = createNodeMetrics({ newest: () => this.#newest, scrape: (parts) => this.#scraper.read(parts), build, log });
  }

  /** Takes a Sample as the sampler does every second; waits until file systems are known the first time. */
  async tick(): Promise<void> {
    if (this.#newest === undefined) {
      for (const collector of this.#tick) if ("refresh" in collector) await (collector.refresh as () => Promise<void>)();
    }
    this.#newest = collectSample(this.#tick, "procfs", this.#clock);
    await this.#scraper.prepare(this.metrics.parts(["node"]));
  }

  /** The families of these collectors. */
  families(...requested: readonly string[]): readonly NodeFamily[] {
    return this.metrics.families(requested);
  }

  close(): void {
    for (const collector of this.#tick) collector.close?.();
    this.#files.close();
  }
}

const noProgram: RunProgram = async () => undefined;

/** Node metrics of made-up Samples. */
export function nodeMetricsOf(newest: Partial<Sample>, scraped: Partial<Sample> = {}, more: Partial<NodeMetricsOptions> = {}): NodeMetrics {
  const whole = (parts: Partial<Sample>): Sample => ({
    takenAtMs: 1_790_000_000_500,
    monotonicSeconds: 1,
    source: "procfs",
    outcomes: [],
    ...parts,
  });
  const build = { version: "1.2.3", nodeVersion: "v20.0.0", platform: "linux", arch: "arm64" };
  const scrape: NodeMetricsOptions["scrape"] = function* () {
    yield;
    return whole(scraped);
  };
  return createNodeMetrics({ newest: () => whole(newest), scrape, build, log: silentLog, ...more });
}

/** `name{label="value"} 5` of every point, for those families whose name the pattern fits. */
export function seriesOf(families: readonly NodeFamily[], pattern: RegExp): string[] {
  return families
    .filter((family) => pattern.test(family.name))
    .flatMap(({ name, points }) =>
      points.map(({ metricName = name, labels, value }) => {
        const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
        return `${metricName}${pairs.length > 0 ? `{${pairs.join()}}` : ""} ${value}`;
      }),
    );
}
