/** How it stands with Culprit itself: whether it is ready, and what the page says at its top. */
import type { Config } from "../config.ts";
import type { Sampling } from "../sampler/sampling.ts";
import type { StorageWatch } from "./storageWatch.ts";

interface HealthSources {
  readonly sampling: Pick<Sampling, "stale">;
  readonly storage: Pick<StorageWatch, "problem">;
  /** What is never seen here, in sentences. */
  readonly hidden: readonly string[];
}

/** Asked whenever somebody wants to know. */
interface Health {
  /** Ready is who samples, and would keep what it is told. */
  readiness(): { readonly ready: boolean; readonly reasons: readonly string[] };
  /** What the page says at its top. */
  notes(): readonly string[];
}

/** Makes both of the same facts. */
export function createHealth(config: Config, { sampling, storage, hidden }: HealthSources): Health {
  return {
    readiness() {
      const { problem } = storage;
      const reasons = [
        ...(sampling.stale ? ["no sample of the machine is recent"] : []),
        ...(problem === undefined ? [] : [`the storage takes nothing: ${problem}`]),
      ];
      return { ready: reasons.length === 0, reasons };
    },
    notes() {
      const { problem } = storage;
      const lost = `the storage ${config.storage.path} takes nothing (${problem}); the newest past is kept in memory`;
      return problem === undefined ? hidden : [lost, ...hidden];
    },
  };
}
