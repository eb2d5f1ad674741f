/** Processes that exist and of which nothing can be told: the kernel will not show them, or what it shows is odd. */

/** A process whose files could not be understood is tried again after so long. */
const oddPauseSeconds = 5;

/** Remembers them by pid. */
export class UntoldPids {
  readonly #denied = new Set<number>();
  /** With the time at which to try again. */
  readonly #odd = new Map<number, number>();

  /** How many the kernel will not show to this user. */
  get deniedCount(): number {
    return this.#denied.size;
  }

  has(pid: number): boolean {
    return this.#denied.has(pid) || this.#odd.has(pid);
  }

  addDenied(pid: number): void {
    this.#denied.add(pid);
  }

  addOdd(pid: number, nowSeconds: number): void {
    this.#odd.set(pid, nowSeconds + oddPauseSeconds);
  }

  /** It is tried once more; true when it was odd until now. */
  takeOdd(pid: number): boolean {
    return this.#odd.delete(pid);
  }

  /** The odd ones whose turn it is to be tried again. */
  oddPids(nowSeconds: number): number[] {
    const pids: number[] = [];
    for (const [pid, dueSeconds] of this.#odd) if (dueSeconds <= nowSeconds) pids.push(pid);
    return pids;
  }

  /** Forgets those that do not exist any more. */
  keepOnly(existing: ReadonlySet<number>): void {
    for (const pid of this.#denied) if (!existing.has(pid)) this.#denied.delete(pid);
    for (const pid of this.#odd.keys()) if (!existing.has(pid)) this.#odd.delete(pid);
  }
}
