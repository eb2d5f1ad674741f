/** A collector whose part takes its time: it is read in `prepare`, and what was read last is shown by `collect`. */
import type { Clock } from "../model/clock.ts";
import type { SampleParts } from "../model/sample.ts";
import { Skips } from "../procfs/skips.ts";
import type { Collector, PartName } from "./collector.ts";

/** `make` gives a function that reads the part, or throws; who asks while it reads gets the result of that read. */
export function preparedCollector<Part extends PartName>(
  part: Part,
  make: (skips: Skips) => (clock: Clock) => Promise<SampleParts[Part] | undefined>,
  skips = new Skips(),
): Collector<Part> {
  const read = make(skips);
  let result: SampleParts[Part] | undefined;
  let failure: unknown = new Error("it has not been read yet");
  let reading: Promise<void> | undefined;

  async function readOnce(clock: Clock): Promise<void> {
    try {
      result = await read(clock);
      failure = undefined;
    } catch (error) {
      failure = error;
    }
  }

  return {
    part,
    skips,
    async prepare(clock) {
      reading ??= readOnce(clock).finally(() => {
        reading = undefined;
      });
      await reading;
    },
    collect() {
      if (failure !== undefined) throw failure;
      return result;
    },
  };
}
