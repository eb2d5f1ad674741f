/** The storage as a whole: whether its path can be one, and who looks after what lies in it. */
import { join } from "node:path";
import type { CaptureService } from "../capture/captureService.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { codeOf, reasonOf } from "../model/errors.ts";
import { makeDirectory, refusesToWrite } from "../spool/durable.ts";
import type { PushSinks } from "./push.ts";
import type { RecordedPast } from "./recordedPast.ts";
import type { FleetRelay } from "./relay.ts";
import type { StorageClaim } from "./storageClaim.ts";
import { type StorageKeeper, StorageWatch } from "./storageWatch.ts";
import type { Telling } from "./telling.ts";

/**
 * Makes the directory. A disk that takes nothing keeps nobody from starting, nor does a directory that may only be read.
 * @throws a sentence when the path is wrong: it can never be one, or may not be made
 */
export async function openStorage(directory: string, log: Log): Promise<void> {
  try {
    await makeDirectory(directory);
  } catch (error) {
    const code = codeOf(error);
    const isDenied = code === "EACCES" || code === "EPERM";
    const reason = reasonOf(error);
    if (!refusesToWrite(error) || isDenied) {
      throw new Error(`the storage ${directory} cannot be used, expected a directory that can be written (--storage.path): ${reason}`, {
        cause: error,
      });
    }
    log.warn("storage: its directory cannot be made now", { directory, reason });
  }
}

/** The parts of Culprit that keep something there. */
export interface StorageParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly past: Pick<RecordedPast, "recorder" | "store" | "events">;
  readonly capture: Pick<CaptureService, "checkQueue" | "archives">;
  readonly telling: Pick<Telling, "check">;
  readonly relay: Pick<FleetRelay, "check">;
  readonly push: Pick<PushSinks, "check" | "figures">;
  readonly tokens: { check(): Promise<void> };
  readonly sessions: { check(): Promise<void> };
  readonly claim: Pick<StorageClaim, "check" | "path"> | undefined;
}

/** Who looks after all of it. */
export function watchStorage({ storage, archives }: Config, parts: StorageParts): StorageWatch {
  const { log, clock, past, capture, telling, relay, push, tokens, sessions, claim } = parts;
  const keepers: readonly StorageKeeper[] = [
    ...(claim === undefined ? [] : [claim]),
    { path: join(storage.path, "tokens", "index.json"), check: () => tokens.check() },
    { path: storage.path, check: () => sessions.check() },
    { path: join(storage.path, "recording"), check: () => past.store.check() },
    { path: join(storage.path, "recording"), check: () => past.events.check() },
    { path: join(storage.path, "captures"), check: () => capture.checkQueue() },
    { path: archives.path, check: () => capture.archives.check() },
    { path: join(storage.path, "notifications", "queue"), check: () => telling.check() },
    { path: join(storage.path, "relay"), check: () => relay.check() },
    {
      // where nothing is pushed there is no such folder
      get path() {
        return push.figures().length > 0 ? join(storage.path, "push") : storage.path;
      },
      check: () => push.check(),
    },
  ];
  return new StorageWatch({ directory: storage.path, keepers, isSuspect: () => past.recorder.isFailing, clock, log });
}
