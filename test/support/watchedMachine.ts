import type { Collector } from "../../src/collectors/collector.ts";
import { createLinuxCollectors } from "../../src/collectors/linux.ts";
import { createScrapeCollectors } from "../../src/collectors/scrape.ts";
import { Scraper } from "../../src/collectors/scraper.ts";
import { catalogue } from "../../src/metrics/catalogue/allFamilies.ts";
import { look, type Surroundings } from "../../src/metrics/look.ts";
import { createNodeMetrics } from "../../src/metrics/node/nodeMetrics.ts";
import { MetricsRegistry, renderFamilies } from "../../src/metrics/registry.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import type { TriggerMetric } from "../../src/model/trigger.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { commonUnits } from "../../src/procfs/units.ts";
import { Sampling } from "../../src/sampler/sampling.ts";
import type { Spikes } from "../../src/spikes/contract.ts";
import { createSpikes } from "../../src/spikes/spikes.ts";
import { watchedMetrics } from "../../src/triggers/metrics.ts";
import type { MadeMachine } from "./madeMachine.ts";
import { ManualClock, settle } from "./manualClock.ts";
import { directReads } from "./playedHelper.ts";
import { recordedLog } from "./recordedLog.ts";

const surroundings: Surroundings = {
  host: { hostname: "made", os: "linux", kernel: "6.1", arch: "x64" },
  self: { version: "0", nodeVersion: "v20", cpuSeconds: 0, residentBytes: 0, heapUsedBytes: 0, startTimeSeconds: 0 },
  archives: { count: 0, bytes: 0, limitBytes: 1, latest: [] },
  queues: [],
  triggers: [],
};

/** Labels that a series must have. */
type Labels = Readonly<Record<string, string>>;

/** A made machine with all of Culprit's reading on it, from the files to the text of /metrics; its clock moves when a test says so. */
export class WatchedMachine {
  readonly machine: MadeMachine;
  readonly clock = new ManualClock();
  readonly sampling: Sampling;
  readonly spikes: Spikes = createSpikes();
  /** One a tick, oldest first. */
  readonly snapshots: Snapshot[] = [];
  readonly #log = recordedLog();
  readonly #registry: MetricsRegistry;
  readonly #scraper: Scraper;
  readonly #files: KernelFiles;
  readonly #node: ReturnType<typeof createNodeMetrics>;

  /** `change` may replace a collector, such as that of file systems: they are this system's otherwise. */
  constructor(machine: MadeMachine, change: (collector: Collector) => readonly Collector[] = withoutFilesystems) {
    this.machine = machine;
    const files = new KernelFiles(machine.root);
    this.#files = files;
    const { clock } = this;
    const { log } = this.#log;
    const collectors = createLinuxCollectors({
      reads: directReads(),
      files,
      units: commonUnits,
      clock,
      mostProcessDescriptors: 1000,
    }).flatMap(change);
    this.sampling = new Sampling({ collectors, source: "procfs", intervalSeconds: 1, clock, log, random: () => 0.5 }, 60);
    this.sampling.subscribe(({ snapshot, shown }) => {
      this.snapshots.push(snapshot);
      this.spikes.take(snapshot, shown);
    });
    this.#registry = new MetricsRegistry(catalogue);
    const scraped = createScrapeCollectors({
      files,
      units: commonUnits,
      clock,
      log,
      reads: directReads(),
      textfileDirectories: [],
      machine: "x86_64",
    });
    this.#scraper = new Scraper({ collectors: scraped, source: "procfs", clock, outcomeLog: this.sampling.sampler.outcomeLog });
    this.#node = createNodeMetrics({
      newest: () => this.sampling.newestSample,
      scrape: (parts) => this.#scraper.read(parts),
      build: { version: "0", nodeVersion: "v20", platform: "linux", arch: "x64" },
      log,
    });
  }

  /** Takes the first Sample. */
  async start(): Promise<void> {
    this.sampling.sampler.start();
    await settle();
  }

  /** So many seconds pass, each with a Sample at its end; `step` is what the machine does in each (a tenth busy, if nothing is said). */
  async pass(seconds: number, step: (second: number) => void = () => this.machine.pass(1)): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      step(second);
      await this.clock.advance(1);
    }
  }

  /** The newest Snapshot. */
  get newest(): Snapshot {
    const newest = this.snapshots.at(-1);
    if (newest === undefined) throw new Error("no Sample was taken yet");
    return newest;
  }

  /** What a trigger on this metric has seen, second by second; undefined where it saw nothing. */
  seenByTriggers(metric: TriggerMetric): readonly (number | undefined)[] {
    return this.snapshots.map((snapshot) => watchedMetrics[metric].read(snapshot, [])?.get(""));
  }

  /** The text of /metrics, or with `collect` that of /metrics?collect[]=... */
  async metrics(...collect: string[]): Promise<string> {
    if (collect.length === 0) {
      const view = look(this.sampling, await this.sampling.lookBack(), { ...surroundings, spikes: this.spikes.figures() });
      return (await this.#registry.render("text", view)).body;
    }
    await this.#scraper.prepare(this.#node.parts(collect));
    return (await renderFamilies(this.#node.families(collect), "text")).body;
  }

  /** The values of a family whose labels hold these, as /metrics says them now. */
  async values(name: string, labels: Labels = {}, ...collect: string[]): Promise<number[]> {
    return seriesIn(await this.metrics(...collect), name)
      .filter((series) => Object.entries(labels).every(([key, value]) => series.labels[key] === value))
      .map(({ value }) => value);
  }

  /** The one value of a family; undefined where it is absent. */
  async value(name: string, labels: Labels = {}, ...collect: string[]): Promise<number | undefined> {
    return (await this.values(name, labels, ...collect))[0];
  }

  /** What the log holds, as JSON, of the lines of a level. */
  logged(level: "info" | "warn" | "error"): readonly Readonly<Record<string, unknown>>[] {
    return this.#log.lines().filter((line) => line.level === level);
  }

  /** Takes no more Samples and takes the machine away. */
  async stop(): Promise<void> {
    await this.sampling.sampler.stop();
    this.#files.close();
    this.machine.remove();
  }
}

function withoutFilesystems(collector: Collector): readonly Collector[] {
  return collector.part === "filesystems" ? [] : [collector];
}

function seriesIn(text: string, name: string): { readonly labels: Labels; readonly value: number }[] {
  return text.split("\n").flatMap((line) => {
    const [, found, labels = "", value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (found !== name) return [];
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", of = ""]) => [key, of]);
    return [{ labels: Object.fromEntries(pairs) as Labels, value: Number(value) }];
  });
}
