/**
 * How many tasks were made since the tick before, as far as the kernel's counter can be believed.
 *
 * gVisor says 0 for ever and lxcfs may stand still. So it is believed from when it was first seen to move, until processes turn up
 * that it does not know of.
 */
export class ForkCounter {
  #before: number | undefined;
  #isBelieved = false;
  #risen: number | undefined;

  /** Takes its next value in, and whether another pid was the last to be given; the rise, or undefined where nobody can tell. */
  take(count: number | undefined, lastPidMoved: boolean): number | undefined {
    const before = this.#before;
    this.#before = count;
    this.#risen = count === undefined || before === undefined || count < before ? undefined : count - before;
    if (this.#risen === undefined) this.#isBelieved = false;
    else if (this.#risen > 0) this.#isBelieved = true;
    // a pid was given and no task was made
    else if (lastPidMoved) this.#isBelieved = false;
    return this.#isBelieved ? this.#risen : undefined;
  }

  /** The list of processes has new ones. */
  noteNew(): void {
    if (this.#risen === 0) this.#isBelieved = false;
  }
}
