/** A wait that may be cut short. */
import type { Clock } from "../../model/clock.ts";

/** Waits by the monotonic clock; comes back at once when told to hurry. */
export function waitFor(seconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (!(seconds > 0) || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      cancel();
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const cancel = clock.after(seconds, finish);
    signal.addEventListener("abort", finish, { once: true });
  });
}
