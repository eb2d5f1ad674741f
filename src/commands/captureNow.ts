/** A capture right now: by the Culprit that runs on this machine, or without one. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { reasonOf } from "../model/errors.ts";
import type { Look } from "../wiring/look.ts";
import type { StorageClaim } from "../wiring/storageClaim.ts";
import { exitCodes } from "./exitCodes.ts";
import { askForCapture, InstanceProblem, instanceUrls, type Promised, waitForArchive } from "./runningInstance.ts";

interface CaptureNowOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly reason?: string | undefined;
  /** Ends the waiting. */
  readonly stopRequested: Promise<void>;
  /** A look that is under way, or one that is begun when it turns out that no Culprit runs. */
  readonly look: () => Promise<Look>;
  /** What happens, for somebody who waits. */
  readonly progress: (sentence: string) => void;
}

/** An archive that is there. */
export interface CaptureResult {
  readonly id: string;
  /** Where its file is; absent when that cannot be seen from here. */
  readonly path?: string;
  readonly url?: string;
  readonly sizeBytes?: number;
  readonly verdict?: string;
}

/** No archive; the message says why. */
export class CaptureProblem extends Error {
  override readonly name = "CaptureProblem";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Another command that captures is waited for so long. */
const patienceSeconds = 120;
const lookAgainSeconds = 0.5;

/** Makes it. @throws CaptureProblem */
export async function captureNow(config: Config, options: CaptureNowOptions): Promise<CaptureResult> {
  try {
    return (await captureThere(config, options)) ?? (await captureHere(config, options));
  } catch (error) {
    if (error instanceof InstanceProblem) throw new CaptureProblem(error.message);
    throw error;
  }
}

/** By the running Culprit; undefined when none runs. */
async function captureThere(
  config: Config,
  { clock, reason, stopRequested, progress }: CaptureNowOptions,
): Promise<CaptureResult | undefined> {
  const { readStorageHolder } = await import("../wiring/storageClaim.ts");
  const holder = await readStorageHolder(config.storage.path).catch(() => undefined);
  const stop = new AbortController();
  const asking = { clock, signal: stop.signal };
  let promised: Promised | undefined;
  void stopRequested.then(() => stop.abort());
  try {
    for (const base of instanceUrls(config, holder)) {
      promised = await askForCapture(base, config, reason, asking);
      if (promised === undefined) continue;
      progress(`The Culprit at ${base.origin} makes the archive ${promised.id}`);
      await waitForArchive(base, promised, config, asking);
      return { id: promised.id, url: promised.url, ...(await fileOf(config, promised.id)) };
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    const kept = promised === undefined ? "" : `; the archive is still being made, and will be at ${promised.url}`;
    throw new CaptureProblem(`interrupted${kept}`, exitCodes.interrupted);
  }
  if (holder?.command !== "serve") return undefined;
  const where = holder.urls.length === 0 ? "is starting or stopping" : `does not answer at ${holder.urls.join(" ")}`;
  throw new CaptureProblem(`a Culprit (pid ${holder.pid}) works in ${config.storage.path} and ${where}; try again`);
}

async function fileOf({ archives }: Config, id: string): Promise<Pick<CaptureResult, "path" | "sizeBytes">> {
  const path = join(archives.path, `${id}.tar.gz`);
  return stat(path).then(
    ({ size }) => ({ path, sizeBytes: size }),
    () => ({}),
  );
}

/** Without a server, in a storage that is ours meanwhile. */
async function captureHere(config: Config, options: CaptureNowOptions): Promise<CaptureResult> {
  const { clock, log, reason, stopRequested, progress } = options;
  const { captureAlone } = await import("../wiring/standaloneCapture.ts");
  let stopped = false;
  void stopRequested.then(() => {
    stopped = true;
  });
  const claim = await claimPatiently(config, clock, () => stopped);
  try {
    const look = await options.look();
    if (stopped) throw new CaptureProblem("interrupted; nothing was captured", exitCodes.interrupted);
    progress("No Culprit runs here: the archive is made without one");
    const made = await captureAlone(config, {
      log,
      clock,
      look,
      reason,
      hurry: stopRequested,
      onWaiting: (requests) =>
        progress(`${requests} ${requests === 1 ? "capture that was" : "captures that were"} asked for earlier come first`),
    });
    if ("problem" in made)
      throw new CaptureProblem(`no archive yet: ${made.problem}. ${made.id} is asked for, and made by the next Culprit`);
    const { archive, path, id } = made;
    return defined({ id, path, sizeBytes: archive.sizeBytes, verdict: archive.verdict?.sentence });
  } catch (error) {
    throw unusable(error, config);
  } finally {
    await claim.release();
  }
}

async function claimPatiently(config: Config, clock: Clock, isStopped: () => boolean): Promise<StorageClaim> {
  const { claimStorage, StorageTaken } = await import("../wiring/storageClaim.ts");
  const untilSeconds = clock.monotonicSeconds() + patienceSeconds;
  for (;;) {
    try {
      return await claimStorage(config.storage.path, "capture");
    } catch (error) {
      if (!(error instanceof StorageTaken)) throw unusable(error, config);
      if (isStopped()) throw new CaptureProblem("interrupted; nothing was captured", exitCodes.interrupted);
      if (error.holder.command === "serve" || clock.monotonicSeconds() > untilSeconds) throw new CaptureProblem(error.message);
    }
    await new Promise<void>((resolve) => void clock.after(lookAgainSeconds, resolve));
  }
}

/** What the system says of a storage that cannot be used, with the storage in it. */
function unusable(error: unknown, { storage }: Config): Error {
  if (error instanceof CaptureProblem) return error;
  const reason = reasonOf(error);
  return new CaptureProblem(`cannot capture into ${storage.path} (--storage.path): ${reason}`);
}
