/** Waiting that has an end. */
import type { Clock } from "./clock.ts";

/** Waits for a promise that never rejects, but not for longer than so; the work behind it goes on. */
export function withinLimit(clock: Clock, seconds: number, asked: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(seconds, resolve);
    void asked.then(() => {
      cancel();
      resolve();
    });
  });
}
