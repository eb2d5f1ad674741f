/**
 * How many tasks the kernel counted when it last worked the load average out.
 *
 * Every five seconds it sets load1 = load1 * e + n * (1 - e), e = 1884/2048 (include/linux/sched/loadavg.h): two values in a row give n
 * back, to about an eighth. It is the only figure of the machine that knows of tasks in D which do not wait for I/O, as in vfork().
 */

const decay = 1884 / 2048;
/** The two decimals of /proc/loadavg, taken through the formula. */
const error = 0.13;
/** The kernel's interval, and what a tick may be late. */
const intervalSeconds = 5.1;

/** Follows load1. */
export class LoadWatch {
  #load1: number | undefined;
  #changedSeconds = 0;
  #tasks = 0;
  #looks = 0;

  /** How often the kernel has looked, as far as can be told: another number after every new figure. */
  get looks(): number {
    return this.#looks;
  }

  /** Takes one more value in; the number of tasks at the kernel's last look, at least, or undefined while nobody can tell. */
  observe(load1: number, nowSeconds: number): number | undefined {
    if (this.#load1 === undefined) {
      this.#load1 = load1;
      this.#changedSeconds = nowSeconds;
      return undefined;
    }
    if (load1 !== this.#load1) {
      // after a pause there may have been several looks in between: then one formula does not hold
      const oneLook = nowSeconds - this.#changedSeconds < 2 * intervalSeconds;
      this.#tasks = oneLook ? Math.max(0, (load1 - this.#load1 * decay) / (1 - decay) - error) : load1;
      this.#load1 = load1;
      this.#changedSeconds = nowSeconds;
      this.#looks++;
    } else if (nowSeconds - this.#changedSeconds > intervalSeconds) {
      // a load that stands still is the number of tasks
      this.#tasks = Math.max(0, load1 - error);
      this.#changedSeconds += intervalSeconds;
      this.#looks++;
    }
    return this.#tasks;
  }
}
