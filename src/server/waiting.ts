/** Holding a request until something has happened. */
import type { ServerResponse } from "node:http";
import type { Clock } from "../model/clock.ts";

/** What is waited for, and what ends the waiting early. */
interface Wait {
  readonly seconds: number;
  readonly clock: Clock;
  /** Whether there is nothing to wait for any more. */
  done(): boolean;
  /** Tells when `done` is worth asking again. */
  onChange(callback: () => void): () => void;
  readonly response: ServerResponse;
  readonly closing: AbortSignal;
}

/** Resolves when it is done, when the time is up, when the client has gone away, or when the server closes. */
export function waitUntilDone(wait: Wait): Promise<void> {
  const pointless = (): boolean => wait.done() || wait.closing.aborted || wait.response.destroyed;
  if (wait.seconds <= 0 || pointless()) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      cancelTimer();
      cancelChange();
      wait.response.off("close", finish);
      wait.closing.removeEventListener("abort", finish);
      resolve();
    };
    const cancelTimer = wait.clock.after(wait.seconds, finish);
    const cancelChange = wait.onChange(() => {
      if (wait.done()) finish();
    });
    wait.response.once("close", finish);
    wait.closing.addEventListener("abort", finish, { once: true });
  });
}
