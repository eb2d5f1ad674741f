/**
 * How often an address has shown something wrong lately. Beyond a limit its guesses are not looked at; what is known to be right, a token
 * or a password that was compared before, is let in all the same: nobody can lock the owner out.
 */
import type { Clock } from "../../model/clock.ts";

const mostFailures = 10;
const overSeconds = 60;
const mostAddresses = 1000;

interface Failures {
  readonly sinceSeconds: number;
  readonly times: number;
}

/** Counts by address. */
export class FailedLogins {
  readonly #clock: Clock;
  readonly #byAddress = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(address: string): void {
    const nowSeconds = this.#clock.monotonicSeconds();
    const { sinceSeconds, times } = this.#of(address) ?? { sinceSeconds: nowSeconds, times: 0 };
    this.#byAddress.delete(address);
    this.#byAddress.set(address, { sinceSeconds, times: times + 1 });
    for (const oldest of this.#byAddress.keys()) {
      if (this.#byAddress.size <= mostAddresses) break;
      this.#byAddress.delete(oldest);
    }
  }

  /** After how many seconds the next guess is looked at; undefined: now. */
  waitSeconds(address: string): number | undefined {
    const failures = this.#of(address);
    if (failures === undefined || failures.times < mostFailures) return undefined;
    return Math.max(1, Math.ceil(failures.sinceSeconds + overSeconds - this.#clock.monotonicSeconds()));
  }

  #of(address: string): Failures | undefined {
    const failures = this.#byAddress.get(address);
    return failures !== undefined && this.#clock.monotonicSeconds() - failures.sinceSeconds < overSeconds ? failures : undefined;
  }
}
