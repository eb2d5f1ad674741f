/** Culprit's engine as the app puts it together, without what stands around it: the one place where tests and bench make it. */

import { createLinuxCollectors } from "../../src/collectors/linux.ts";
import { createLog } from "../../src/log.ts";
import { readDescriptorLimit } from "../../src/metrics/self.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { readKernelUnits } from "../../src/procfs/units.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { Sampling } from "../../src/sampler/sampling.ts";
import { HelperReads } from "../../src/slowReads/helperReads.ts";
import type { SlowReads } from "../../src/slowReads/slowReads.ts";
import { directReads } from "../support/playedHelper.ts";

interface EngineOptions {
  readonly ungated?: boolean;
  readonly direct?: boolean;
  readonly rootfs?: string;
  /** For whoever outlives the engine, and must end its helper. */
  readonly reads?: SlowReads;
}

/** An engine over this machine that ticks once a second and complains on stderr. Ungated it reads everybody in every tick; direct
 * it makes all reads itself, as a measure for its helper. Another root file system hides what lies in this one's /dev. */
export function createEngine(options: EngineOptions = {}): Sampling {
  const log = createLog({ level: "warn", format: "text", stream: process.stderr });
  const clock = systemClock;
  const collectors = createLinuxCollectors({
    reads: options.reads ?? (options.direct ? directReads() : new HelperReads({ clock, log })),
    files: new KernelFiles({ procfs: "/proc", sysfs: "/sys", rootfs: options.rootfs ?? "/" }),
    units: readKernelUnits(),
    clock,
    mostProcessDescriptors: Math.max(0, (readDescriptorLimit() ?? 1024) - 512),
    ungated: options.ungated ?? false,
  });
  return new Sampling({ collectors, source: "procfs", intervalSeconds: 1, clock, log, random: Math.random }, 60);
}
