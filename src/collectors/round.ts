/** Gives everybody a turn: round and round, a few at a time. */
export class Round<Item> {
  /** All that were there when the round began. */
  #items: readonly Item[] = [];
  #next = 0;

  /** The next `count` items; `all` says who is there when a round begins. Who went meanwhile still has its turn. */
  next(count: number, all: () => readonly Item[]): Item[] {
    const items: Item[] = [];
    for (let left = count; left > 0; left--) {
      if (this.#next >= this.#items.length) {
        this.#items = all();
        this.#next = 0;
      }
      const item = this.#items[this.#next++];
      if (item === undefined) break;
      items.push(item);
    }
    return items;
  }
}
