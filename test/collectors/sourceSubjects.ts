/** Sources as the contract drives them. */
import type { Collector } from "../../src/collectors/collector.ts";
import { collectSample, prepareSample } from "../../src/collectors/collectSample.ts";
import { createPortableSource, type PortableSystem } from "../../src/collectors/portable.ts";
import { silentLog } from "../../src/log.ts";
import type { Clock } from "../../src/model/clock.ts";
import type { Sample } from "../../src/model/sample.ts";
import type { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import type { Subject } from "./sourceContract.ts";

/** The next Sample of the kernel's own files. */
export async function takeProcfs(collectors: readonly Collector[], clock: Clock): Promise<Sample> {
  return collectSample(collectors, "procfs", clock, await prepareSample(collectors, clock));
}

/** Closes what such a source has open. */
export function close(collectors: readonly Collector[], files: KernelFiles): void {
  for (const collector of collectors) collector.close?.();
  files.close();
}

/** Takes a Sample whenever the source is ready for one; `move` brings the machine on. */
export function portableSubject(
  system: PortableSystem,
  clock: Clock,
  intervalSeconds: number,
  move: (sample: number) => Promise<void>,
): Subject {
  const source = createPortableSource({ system, clock, log: silentLog, intervalSeconds, random: () => 0.5 });
  let ready: (() => void) | undefined;
  let samples = 0;
  return {
    async next() {
      const reading = new Promise<void>((resolve) => {
        ready = resolve;
      });
      if (samples === 0) source.start(() => ready?.());
      await move(samples++);
      await reading;
      return collectSample(source.collectors, "portable", clock);
    },
    close: () => source.stop(),
  };
}
