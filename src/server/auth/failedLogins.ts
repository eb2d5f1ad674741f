/**
 * How often an address has shown something wrong lately. Beyond a limit its guesses are not looked at; what is known to be right, a token
 * or a password that was compared before, is let in all the same: nobody can lock the owner out.
 */
import { isIPv6 } from "node:net";
import type { Clock } from "../../model/clock.ts";

const mostFailures = 10;
const overSeconds = 60;
const mostAddresses = 1000;

interface Failures {
  readonly sinceSeconds: number;
  readonly times: number;
}

/** Counts by address; of IPv6 by network, for whoever has one address there has 2^64 of them. */
export class FailedLogins {
  readonly #clock: Clock;
  readonly #byAddress = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(address: string): void {
    const network = networkOf(address);
    const nowSeconds = this.#clock.monotonicSeconds();
    const { sinceSeconds, times } = this.#of(address) ?? { sinceSeconds: nowSeconds, times: 0 };
    this.#byAddress.delete(network);
    this.#byAddress.set(network, { sinceSeconds, times: times + 1 });
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
    const failures = this.#byAddress.get(networkOf(address));
    return failures !== undefined && this.#clock.monotonicSeconds() - failures.sinceSeconds < overSeconds ? failures : undefined;
  }
}

/** An IPv4 address in whatever form; of an IPv6 address its first four groups. */
function networkOf(address: string): string {
  const [withoutZone = ""] = address.split("%");
  if (!isIPv6(withoutZone)) return withoutZone;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(withoutZone);
  if (mapped?.[1] !== undefined) return mapped[1];
  const [before = "", after] = withoutZone.split("::");
  const groups = before === "" ? [] : before.split(":");
  const rest = after === undefined || after === "" ? [] : after.split(":");
  const all = after === undefined ? groups : [...groups, ...Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill("0"), ...rest];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
