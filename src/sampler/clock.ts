/** The real clock. */
import type { Clock } from "../model/clock.ts";

/** Wall time, the monotonic clock, and timers. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicSeconds: () => performance.now() / 1000,
  after(seconds, callback) {
    const timer = setTimeout(callback, seconds * 1000);
    return () => clearTimeout(timer);
  },
};
