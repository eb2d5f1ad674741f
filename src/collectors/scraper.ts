/** Takes the readings that are made only when somebody scrapes them. */
import type { Clock } from "../model/clock.ts";
import type { Sample, SourceName } from "../model/sample.ts";
import type { Collector, PartName } from "./collector.ts";
import { collectSample } from "./collectSample.ts";
import type { OutcomeLog } from "./outcomeLog.ts";

/** What a scraper needs. */
export interface ScraperOptions {
  readonly collectors: readonly Collector[];
  readonly source: SourceName;
  readonly clock: Clock;
  /** Takes what becomes of them; the sampler's, so that all is counted and said in one place. */
  readonly outcomeLog: OutcomeLog;
}

/** Runs collectors when asked, and only those that are asked for. */
export class Scraper {
  readonly #options: ScraperOptions;

  constructor(options: ScraperOptions) {
    this.#options = options;
  }

  /** A Sample that holds these parts, as far as the machine has them and this scraper knows them. */
  read(parts: ReadonlySet<PartName>): Sample {
    const { collectors, source, clock } = this.#options;
    const wanted = collectors.filter((collector) => parts.has(collector.part));
    const sample = collectSample(wanted, source, clock);
    this.#options.outcomeLog.note(sample.outcomes);
    return sample;
  }

  /** Gives the descriptors back. */
  close(): void {
    for (const collector of this.#options.collectors) collector.close?.();
  }
}
