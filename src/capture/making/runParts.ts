/** Runs parts so that none can hurt another: each with its own time, its own failure, its own line in the manifest. */
import type { Clock } from "../../model/clock.ts";
import { reasonOf } from "../../model/errors.ts";
import type { PartFile } from "./part.ts";

/** A part with its context already given. */
interface ReadyPart {
  readonly name: string;
  run(signal: AbortSignal): Promise<readonly PartFile[]>;
}

/** What a part made, with a duration for each file. */
export type FinishedFile = PartFile & { readonly durationSeconds: number };

/** Twice what all commands together may take, for what they say must be cleaned as well; nothing waits for a part for ever. */
const timeLimitSeconds = 60;

/** How parts are run. */
interface RunOptions {
  /** For each of them. */
  readonly limitSeconds?: number;
  /** Called for each that is done. */
  readonly onDone?: () => void;
}

/** Runs all of them at once; the files in the order of the parts. Never rejects. */
export async function runParts(
  parts: readonly ReadyPart[],
  clock: Clock,
  signal: AbortSignal,
  { limitSeconds = timeLimitSeconds, onDone }: RunOptions = {},
): Promise<readonly FinishedFile[]> {
  const files = await Promise.all(parts.map((part) => runPart(part, clock, signal, limitSeconds).finally(onDone)));
  return files.flat();
}

async function runPart(part: ReadyPart, clock: Clock, signal: AbortSignal, limitSeconds: number): Promise<readonly FinishedFile[]> {
  const startedSeconds = clock.monotonicSeconds();
  const limit = new AbortController();
  const cancel = clock.after(limitSeconds, () => limit.abort(new Error(`not done within ${limitSeconds} s`)));
  const either = AbortSignal.any([signal, limit.signal]);
  const durationSeconds = () => clock.monotonicSeconds() - startedSeconds;
  try {
    const files = await Promise.race([part.run(either), rejectionOn(either)]);
    return files.map((file) => ({ durationSeconds: durationSeconds(), ...file }));
  } catch (error) {
    const reason = reasonOf(error);
    return [{ name: part.name, result: "failed", reason, durationSeconds: durationSeconds() }];
  } finally {
    cancel();
  }
}

/** Not every part listens to its signal, least of all one that hangs. */
function rejectionOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
