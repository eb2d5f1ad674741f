/** Places for work that takes much: few at once, few that wait, and the rest is told to come again. */
import { HttpProblem } from "./problem.ts";

/** How many there are, and of what. */
interface WorkPlacesOptions {
  /** For the refusal. */
  readonly what: string;
  readonly atOnce: number;
  readonly mostWaiting: number;
}

const retrySeconds = 5;

/** Hands out the places. */
export class WorkPlaces {
  readonly #options: WorkPlacesOptions;
  readonly #waiting = new Set<() => void>();
  #working = 0;

  constructor(options: WorkPlacesOptions) {
    this.#options = options;
  }

  /** Works when there is a place. @throws HttpProblem 503 when too many wait, and the signal's reason when it is aborted first */
  async run<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    await this.#enter(signal);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** Takes a place until the signal is aborted. @throws as above */
  async enterUntil(signal: AbortSignal): Promise<void> {
    await this.#enter(signal);
    if (signal.aborted) this.#leave();
    else signal.addEventListener("abort", () => this.#leave(), { once: true });
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#working >= this.#options.atOnce) await this.#wait(signal);
    else this.#working++;
  }

  #leave(): void {
    const [next] = this.#waiting;
    // the place is handed over to the next one that waits
    if (next === undefined) this.#working--;
    else next();
  }

  #wait(signal: AbortSignal): Promise<void> {
    const { what, atOnce, mostWaiting } = this.#options;
    if (this.#waiting.size >= mostWaiting) {
      const waiting = mostWaiting === 0 ? "" : `, ${mostWaiting} wait`;
      const reason = `too many ask for ${what} (${atOnce} at work${waiting}): try again later`;
      return Promise.reject(new HttpProblem(503, reason, { headers: { "Retry-After": String(retrySeconds) } }));
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(onPlace);
        reject(signal.reason);
      };
      const onPlace = (): void => {
        this.#waiting.delete(onPlace);
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      this.#waiting.add(onPlace);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}
