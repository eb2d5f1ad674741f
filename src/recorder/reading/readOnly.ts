/** A recording that somebody else writes to, or nobody any more: it is looked back on, and nothing in its directory is changed. */

import type { RecordedSpan, Recording } from "../format/recording.ts";
import { LookBack } from "./lookBack.ts";
import type { Say } from "./segmentReader.ts";
import { openSpan, type RecordingSources, readLines } from "./span.ts";

interface ReadOnlyOptions {
  readonly directory: string;
  /** The machine that it is of. */
  readonly hostname: string;
  /** Told what cannot be read, once for each problem of a segment. */
  readonly say: Say;
}

/** A recording that is only read. */
export class ReadOnlyRecording implements Recording {
  /** Ranges of it, for charts and tables. */
  readonly lookBack: LookBack;
  readonly #sources: RecordingSources;

  constructor({ directory, hostname, say }: ReadOnlyOptions) {
    const said = new Set<string>();
    const sayOnce: Say = (stem, problem) => {
      const both = `${stem} ${problem}`;
      if (said.has(both)) return;
      said.add(both);
      say(stem, problem);
    };
    this.#sources = { directory, ring: { between: () => [] }, say: sayOnce };
    this.lookBack = new LookBack(this.#sources, hostname);
  }

  async between(fromMs: number, toMs: number): Promise<RecordedSpan> {
    return openSpan(this.#sources, fromMs, toMs);
  }

  /** Goes once through the lines of a time, with no more than a file or two open: for all of it. */
  through(fromMs: number, toMs: number): ReturnType<typeof readLines> {
    return readLines(this.#sources, fromMs, toMs);
  }
}
