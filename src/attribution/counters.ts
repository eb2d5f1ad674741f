/**
 * Counters that do what no counter can: fall, and leap further than the time allows.
 *
 * How far such a one rose is unknown: neither 0 nor the leap. One that fell and is back at its height a moment later did not rise by that
 * either; one that stays down began anew.
 */

/** A counter that fell may come back for so many ticks; then it is believed to have begun anew. */
const ticksToComeBack = 3;

/** What is remembered of a counter that did something odd. */
interface Oddity {
  /** Its height before it fell, as long as it may come back. */
  height: number | undefined;
  ticksLeft: number;
  /** Where it stood before it leapt and after: the difference was never moved. A difference would lose the digits that count. */
  leap: { readonly from: number; readonly to: number } | undefined;
}

/** Remembers the odd ones, which nearly always are none. */
export class Counters {
  readonly #owners = new Map<string, Map<string, Oddity>>();

  /** How far a counter of `owner` has risen, which can be `most` and not more; undefined where nobody can tell. */
  rise(owner: string, counter: string, before: number | undefined, now: number | undefined, most: number): number | undefined {
    if (before === undefined || now === undefined) return undefined;
    const odd = this.#owners.size === 0 ? undefined : this.#owners.get(owner)?.get(counter);
    const risen = now - before;
    if (risen < 0) {
      this.#noteFall(odd ?? this.#oddity(owner, counter), before, now);
      return undefined;
    }
    if (odd?.height !== undefined && withoutLeap(odd, now) >= odd.height) {
      odd.height = undefined;
      return undefined;
    }
    if (risen <= most) return risen;
    const leapt = odd ?? this.#oddity(owner, counter);
    leapt.leap = { from: withoutLeap(leapt, before), to: now };
    return undefined;
  }

  /** What a counter may be shown as, so that nobody takes a leap for a rate, or a fall that is over in a moment for a new beginning. */
  shown(owner: string, counter: string, now: number): number {
    const odd = this.#owners.size === 0 ? undefined : this.#owners.get(owner)?.get(counter);
    if (odd === undefined) return now;
    // it began anew between two readings
    if (withoutLeap(odd, now) < 0) odd.leap = undefined;
    return Math.max(odd.height ?? 0, withoutLeap(odd, now));
  }

  age(): void {
    for (const [owner, counters] of this.#owners) {
      for (const [counter, odd] of counters) {
        if (odd.height !== undefined && odd.ticksLeft-- <= 0) odd.height = undefined;
        if (odd.height === undefined && odd.leap === undefined) counters.delete(counter);
      }
      if (counters.size === 0) this.#owners.delete(owner);
    }
  }

  /** The owner of these counters is gone. */
  forget(owner: string): void {
    this.#owners.delete(owner);
  }

  #noteFall(odd: Oddity, before: number, now: number): void {
    const height = withoutLeap(odd, before);
    odd.leap = undefined;
    // the leap is taken back, and it is where it would be without
    if (now >= height) return;
    odd.height = Math.max(odd.height ?? 0, height);
    odd.ticksLeft = ticksToComeBack;
  }

  #oddity(owner: string, counter: string): Oddity {
    const odd: Oddity = { height: undefined, ticksLeft: 0, leap: undefined };
    const counters = this.#owners.get(owner) ?? new Map<string, Oddity>();
    counters.set(counter, odd);
    this.#owners.set(owner, counters);
    return odd;
  }
}

function withoutLeap({ leap }: Oddity, value: number): number {
  return leap === undefined ? value : leap.from + (value - leap.to);
}

/** So much may time stretch: a tick that was held up between looking at the clock and reading reads a little more than the time between. */
export function mostSeconds(elapsed: number): number {
  return elapsed * 1.1 + 0.25;
}
