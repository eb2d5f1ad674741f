/** Asks a machine questions that may never be answered (`df` on a dead mount, a PowerShell that is stuck). */
import type { Cancel, Clock } from "../../model/clock.ts";

/** How a part asks. Rejects when there is no answer in time; the call itself goes on and still does what it does when it ends. */
export type Ask = <Value>(name: string, call: () => Promise<Value>) => Promise<Value>;

interface QuestionOptions {
  readonly clock: Clock;
  /** How long a question may stay without an answer. */
  readonly limitSeconds: number;
  /** Gives up on what still hangs, where that is possible: after it a question may be asked again. */
  readonly renew?: (() => Promise<void>) | undefined;
}

/** Every question has its limit, and is not asked again while the last one of its name is still open. */
export class Questions {
  readonly #options: QuestionOptions;
  readonly #openSinceSeconds = new Map<string, number>();
  readonly #giveUps = new Set<() => void>();

  constructor(options: QuestionOptions) {
    this.#options = options;
  }

  readonly ask: Ask = async (name, call) => {
    const { clock, limitSeconds, renew } = this.#options;
    const open = this.#openSinceSeconds.get(name);
    if (open !== undefined) throw this.#unanswered(name, open);
    const since = clock.monotonicSeconds();
    this.#openSinceSeconds.set(name, since);
    let cancel: Cancel = () => undefined;
    const limit = new Promise<"limit">((resolve) => {
      const giveUp = () => resolve("limit");
      const cancelLimit = clock.after(limitSeconds, giveUp);
      this.#giveUps.add(giveUp);
      cancel = () => {
        cancelLimit();
        this.#giveUps.delete(giveUp);
      };
    });
    const answered = callAsync(call).finally(() => {
      cancel();
      if (this.#openSinceSeconds.get(name) === since) this.#openSinceSeconds.delete(name);
    });
    // the answer that comes second is ignored
    answered.catch(() => undefined);
    const first = await Promise.race([answered.then((value) => ({ value })), limit]);
    cancel();
    if (first !== "limit") return first.value;
    if (renew !== undefined) {
      await renew();
      this.#openSinceSeconds.clear();
    }
    throw this.#unanswered(name, since);
  };

  /** Waits for nothing any more. */
  abandon(): void {
    for (const giveUp of this.#giveUps) giveUp();
  }

  #unanswered(name: string, sinceSeconds: number): Error {
    // without the seconds: a reason that changes with every round would be logged with every round
    const limit = this.#options.limitSeconds;
    const late = this.#options.clock.monotonicSeconds() - sinceSeconds >= limit;
    return new Error(`systeminformation's ${name} did not answer ${late ? `within ${limit} s` : "yet"}`);
  }
}

/** What is thrown at once becomes a rejection. */
async function callAsync<Value>(call: () => Promise<Value>): Promise<Value> {
  return call();
}
