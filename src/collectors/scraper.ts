/** Takes the readings that are made only when somebody scrapes them. */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { Sample, SourceName } from "../model/sample.ts";
import type { Collector, PartName } from "./collector.ts";
import { collectSample } from "./collectSample.ts";
import { OutcomeLog } from "./outcomeLog.ts";

/** What a scraper needs. */
export interface ScraperOptions {
  readonly collectors: readonly Collector[];
  readonly source: SourceName;
  readonly clock: Clock;
  readonly log: Log;
}

/** Runs collectors when asked, and only those that are asked for. */
export class Scraper {
  readonly #options: ScraperOptions;
  readonly #outcomes: OutcomeLog;

  constructor(options: ScraperOptions) {
    this.#options = options;
    this.#outcomes = new OutcomeLog(options.log);
  }

  /** A Sample that holds these parts, as far as the machine has them and this scraper knows them. */
  read(parts: ReadonlySet<PartName>): Sample {
    const { collectors, source, clock } = this.#options;
    const wanted = collectors.filter((collector) => parts.has(collector.part));
    const sample = collectSample(wanted, source, clock);
    this.#outcomes.note(sample.outcomes);
    return sample;
  }

  /** Gives the descriptors back. */
  close(): void {
    for (const collector of this.#options.collectors) collector.close?.();
  }
}
