/** What is open, in stages: each is closed before those that it rests on. */

type Close = () => unknown;

/** Is closed in the reverse order. */
export class Opened {
  readonly #stages: Close[][] = [];

  /** Begins a stage. What it holds, or is given later, is closed at the same time. */
  stage(...closers: Close[]): Pick<Close[], "push"> {
    this.#stages.push(closers);
    return closers;
  }

  /** Closes everything, be it that some of it fails. @throws what failed first */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const stage of this.#stages.splice(0).reverse()) {
      const ends = await Promise.allSettled(stage.map(async (close) => close()));
      failures.push(...ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : [])));
    }
    if (failures.length > 0) throw failures[0];
  }
}
