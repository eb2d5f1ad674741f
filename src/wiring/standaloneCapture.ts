/** One archive without a server: for a machine on which no Culprit runs. The storage must have been claimed. */
import { arch, hostname, type as readOsType, release } from "node:os";
import { join } from "node:path";
import { type Config, readVersion } from "../config.ts";
import type { Log } from "../log.ts";
import type { Archive } from "../model/capture.ts";
import type { Clock } from "../model/clock.ts";
import type { NotificationFigures } from "../model/notification.ts";
import type { Spike } from "../model/spike.ts";
import { openSpikeStore } from "../recorder/spikeStore.ts";
import { createRedactor } from "../redact/redactor.ts";
import { NewestFigures } from "../triggers/newestFigures.ts";
import { auditCapture, openAuditIn } from "./audit.ts";
import type { Look } from "./look.ts";
import { openMachineCapture } from "./machineCapture.ts";

/** What a capture is made with. */
export interface StandaloneCapture {
  readonly log: Log;
  readonly clock: Clock;
  /** What has been seen of the machine so far; it goes on meanwhile. */
  readonly look: Look;
  readonly reason?: string | undefined;
  /** Finish with what there is. */
  readonly hurry: Promise<unknown>;
  /** Told before the work begins: so many requests that a Culprit before has left come first. */
  readonly onWaiting: (requests: number) => void;
}

/** What came of it: the archive and its file; or why there is none yet. */
export type StandaloneResult =
  | { readonly id: string; readonly archive: Archive; readonly path: string }
  | { readonly id: string; readonly problem: string };

/** Makes it. What could not be made stays in the queue of the storage, where the next Culprit finds it. */
export async function captureAlone(config: Config, wanted: StandaloneCapture): Promise<StandaloneResult> {
  const { log, clock, look, reason, hurry, onWaiting } = wanted;
  const audit = await openAuditIn(config, { clock, log, figures: () => figuresOf(look) });
  const store = await openSpikeStore({ directory: join(config.storage.path, "recording"), clock, log });
  const ends = new Map<string, string>();
  let tell: () => void = () => undefined;
  const end = (id: string, problem: string) => {
    ends.set(id, problem);
    tell();
  };
  const capture = await openMachineCapture(config, {
    log,
    clock,
    units: look.units,
    host: { hostname: config.identity.hostname ?? hostname(), os: readOsType(), kernel: release(), arch: arch() },
    version: readVersion(),
    recording: look.recording,
    spikes: {
      overlapping: (fromMs, toMs) => [...seenIn(look, fromMs, toMs), ...store.overlapping(fromMs, toMs)],
      active: () => look.spikes.active(),
    },
    recentSnapshots: look.recentSnapshots,
    containerName: look.containerName,
    reads: look.reads,
    redactor: createRedactor(config.redact),
    onCaptured(ended) {
      auditCapture(audit, ended);
      end(ended.request.id, ended.reason ?? "");
    },
    onFailedAttempt: ({ id }, problem) => end(id, problem),
  });
  try {
    const { length } = capture.queue.pending();
    if (length > 0) onWaiting(length);
    capture.start();
    const { id } = await capture.queue.request(reason === undefined ? {} : { reason });
    const ended = new Promise<void>((done) => {
      tell = () => void (ends.has(id) && done());
      tell();
    });
    await Promise.race([ended, hurry]);
    await capture.stop();
    const stored = capture.archives.find(id);
    if (stored !== undefined) return { id, ...stored };
    return { id, problem: ends.get(id) ?? "it was interrupted" };
  } finally {
    await capture.stop();
    await store.close();
    await audit.close();
  }
}

/** The machine as it is now. */
function figuresOf(look: Look): NotificationFigures {
  const newest = look.recentSnapshots().at(-1);
  const figures = new NewestFigures();
  if (newest !== undefined) figures.take(newest);
  return figures.figures;
}

function seenIn({ spikes }: Look, fromMs: number, toMs: number): readonly Spike[] {
  return [...spikes.active(), ...spikes.recent()].filter(
    ({ startMs, endMs = Number.POSITIVE_INFINITY }) => startMs <= toMs && endMs >= fromMs,
  );
}
