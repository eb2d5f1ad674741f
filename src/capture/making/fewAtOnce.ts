/** Works through a list a few at a time, so that a slow one does not keep the fast ones waiting. */
import type { Clock } from "../../model/clock.ts";

interface Pace {
  readonly clock: Clock;
  /** How many that have begun only just now. */
  readonly atOnce: number;
  /** One that has run for so long no longer keeps the next from starting: it hangs, or it waits more than it works. */
  readonly slowAfterSeconds: number;
  /** With those that made room. */
  readonly atMost: number;
}

/** Begins in the order of the items; the results stand in the same order. `work` must not reject. */
export function fewAtOnce<Item, Result>(
  items: readonly Item[],
  pace: Pace,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const { clock, atOnce, slowAfterSeconds, atMost } = pace;
  const results: Result[] = [];
  const waiting = [...items.entries()];
  let fresh = 0;
  let running = 0;
  return new Promise((resolve) => {
    const begin = ([index, item]: readonly [number, Item]) => {
      let isFresh = true;
      const makeRoom = () => {
        if (isFresh) fresh--;
        isFresh = false;
      };
      const cancel = clock.after(slowAfterSeconds, () => {
        makeRoom();
        beginNext();
      });
      fresh++;
      running++;
      void work(item).then((result) => {
        results[index] = result;
        cancel();
        makeRoom();
        running--;
        beginNext();
      });
    };
    const beginNext = () => {
      while (fresh < atOnce && running < atMost) {
        const next = waiting.shift();
        if (next === undefined) break;
        begin(next);
      }
      if (running === 0) resolve(results);
    };
    beginNext();
  });
}
