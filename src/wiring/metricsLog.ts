/** A line of JSON a minute about the machine, in a file of its own: for companies that keep figures where they keep logs. Off unless it is asked for. */
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { metricsLine } from "../logs/metricsLine.ts";
import { RotatingFile } from "../logs/rotatingFile.ts";
import type { Clock } from "../model/clock.ts";
import { Fold } from "../recorder/format/fold.ts";
import { rollupOf } from "../recorder/format/rollup.ts";
import { minuteMs } from "../recorder/format/summary.ts";
import type { ShownTick } from "../sampler/sampling.ts";
import type { Spikes } from "../spikes/contract.ts";

interface MetricsLogSurroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly hostname: string;
  readonly version: string;
  readonly past: { readonly spikes: Pick<Spikes, "active"> };
}

/** The file of a running Culprit. */
export interface MetricsLog {
  /** Takes the next tick in, and writes the minute that it ends. */
  take(tick: Pick<ShownTick, "snapshot" | "shown">): void;
  /** Lines that wait for the disk, and lines that were lost. */
  figures(): { readonly length: number; readonly dropped: number };
  /** Writes what there is of the minute that runs. */
  close(): Promise<void>;
}

/** Opens it where it is wanted. @throws when its file cannot be one */
export async function openMetricsLog(config: Config, around: MetricsLogSurroundings): Promise<MetricsLog | undefined> {
  const path = config.logs.metricsFile;
  if (path === undefined) return undefined;
  const { log, clock, hostname, version, past } = around;
  const { maxBytes, maxFiles } = config.log;
  const file = await RotatingFile.open({
    ...{ path, maxBytes, maxFiles, clock },
    onFailure: (reason) => log.error("metrics log: the file cannot be written; the newest lines wait", { path, reason }),
    onRecovery: (lost) => log.warn("metrics log: the file is written again", { path, lost }),
  });
  let startMs: number | undefined;
  let fold = new Fold(0);
  const write = () => {
    const minute = fold.result();
    if (minute !== undefined) file.write(`${JSON.stringify(metricsLine({ hostname, version, minute, spikes: past.spikes.active() }))}\n`);
  };
  return {
    take({ snapshot, shown }) {
      const beginsMs = Math.floor(snapshot.takenAtMs / minuteMs) * minuteMs;
      if (beginsMs !== startMs) {
        write();
        startMs = beginsMs;
        fold = new Fold(beginsMs);
      }
      fold.add(rollupOf({ ...snapshot, groups: shown }));
    },
    figures: () => file.figures,
    close() {
      write();
      return file.close();
    },
  };
}
