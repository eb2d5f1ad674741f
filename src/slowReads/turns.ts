/** Whose read with a thread of its own is made next. */
import type { Asked, Asker } from "./helperRun.ts";

/** So many reads with threads of their own are under way that have not yet had their time. */
const mostFresh = 24;
/** So many of them may be of one who asks: a hundred that hang leave room for what others ask meanwhile. */
const mostFreshOfOne = 16;

/** Of those who asked, each in turn has one sent: who asks for a hundred does not keep others waiting. */
export class Turns {
  #askers: readonly Asker[] = [];
  #fresh = 0;

  add(asker: Asker): void {
    this.#askers = [...this.#askers, asker];
  }

  /** Questions that are asked once more, before all others. */
  addFirst(asked: readonly Asked[]): void {
    for (const one of asked) one.asker.waiting.push(one);
    this.#askers = [...new Set([...asked.map(({ asker }) => asker), ...this.#askers])];
  }

  /** The next one; undefined where there is none, or no room for another read. */
  next(): Asked | undefined {
    if (this.#fresh >= mostFresh) return undefined;
    const askers = this.#askers.filter(({ waiting }) => waiting.length > 0);
    const index = askers.findIndex(({ fresh }) => fresh < mostFreshOfOne);
    // those that were passed over have had their turn as well
    this.#askers = [...askers.slice(index + 1), ...askers.slice(0, index + 1)];
    return askers[index]?.waiting.shift();
  }

  begin({ asker }: Asked): void {
    this.#fresh++;
    asker.fresh++;
  }

  /** It was answered, has had its time, or is taken back. */
  end({ asker }: Asked): void {
    this.#fresh--;
    asker.fresh--;
  }

  /** Nothing waits any more. */
  takeAll(): readonly Asked[] {
    const all = this.#askers.flatMap(({ waiting }) => waiting);
    this.#askers = [];
    return all;
  }
}
