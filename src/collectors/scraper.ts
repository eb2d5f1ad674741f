/** Takes the readings that are made only when somebody scrapes them. */
import type { Clock } from "../model/clock.ts";
import type { Sample, SourceName } from "../model/sample.ts";
import type { Steps } from "../model/steps.ts";
import { withinLimit } from "../model/withinLimit.ts";
import type { Collector, PartName } from "./collector.ts";
import { collectOneByOne, prepareSample } from "./collectSample.ts";
import type { OutcomeLog } from "./outcomeLog.ts";

/** A scrape waits so long for what may never answer; then it shows what was known before. */
const patienceSeconds = 0.8;
/** When nothing was known before: each device and each server has had its time then. */
const firstPatienceSeconds = 3;

interface ScraperOptions {
  readonly collectors: readonly Collector[];
  readonly source: SourceName;
  readonly clock: Clock;
  /** Takes what becomes of them; the sampler's, so that all is counted and said in one place. */
  readonly outcomeLog: OutcomeLog;
}

/** Runs collectors when asked, and only those that are asked for. */
export class Scraper {
  readonly #options: ScraperOptions;
  /** How long what takes long took. */
  readonly #preparedSeconds = new Map<Collector, number>();

  constructor(options: ScraperOptions) {
    this.#options = options;
  }

  /** Reads what cannot be read within a turn: some files may never answer, and are asked by a helper. What takes longer goes on behind it. */
  async prepare(parts: ReadonlySet<PartName>): Promise<void> {
    const { clock } = this.#options;
    const wanted = this.#options.collectors.filter((collector) => parts.has(collector.part));
    const isFirst = wanted.some((collector) => collector.prepare !== undefined && !this.#preparedSeconds.has(collector));
    const preparing = wanted.map(async (collector) => {
      for (const [one, seconds] of await prepareSample([collector], clock)) this.#preparedSeconds.set(one, seconds);
    });
    await withinLimit(clock, isFirst ? firstPatienceSeconds : patienceSeconds, Promise.all(preparing));
  }

  /** A Sample that holds these parts, as far as the machine has them and this scraper knows them. In steps. */
  *read(parts: ReadonlySet<PartName>): Steps<Sample> {
    const { collectors, source, clock } = this.#options;
    const wanted = collectors.filter((collector) => parts.has(collector.part));
    const sample = yield* collectOneByOne(wanted, source, clock, this.#preparedSeconds);
    this.#options.outcomeLog.note(sample.outcomes);
    return sample;
  }
}
