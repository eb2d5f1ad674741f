/** A signal that ends something after a while, or when somebody else has enough of it. */
import type { Clock } from "../model/clock.ts";

/** A running time limit. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** True when it was the time that ended it. */
  readonly isOver: () => boolean;
  /** To be called when the work is done, whatever came of it. */
  done(): void;
}

/** Starts a time limit; `parent` ends it early. */
export function startDeadline(clock: Clock, seconds: number, parent: AbortSignal): Deadline {
  const controller = new AbortController();
  let over = false;
  const cancel = clock.after(seconds, () => {
    over = true;
    controller.abort();
  });
  const follow = () => controller.abort();
  if (parent.aborted) follow();
  else parent.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    isOver: () => over,
    done() {
      cancel();
      parent.removeEventListener("abort", follow);
    },
  };
}
