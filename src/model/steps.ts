/** Long work in steps: who does it decides whether others have a turn of the event loop between them. */

/** Work that stops after each step, and gives its result at the end. */
export type Steps<Result = void> = Generator<undefined, Result, undefined>;

/** So many small things make a step: less than a millisecond. */
const itemsPerStep = 64;

/** Takes all steps at once. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Takes the steps, and gives others a turn between two of them whenever `isLong` says so. */
export async function inTurns<Result>(steps: Steps<Result>, isLong: () => boolean, turn: () => Promise<void>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (isLong()) await turn();
  }
}

/** Does the work for each. */
export function* eachInSteps<Item>(items: Iterable<Item>, work: (item: Item) => void): Steps {
  let count = 0;
  for (const item of items) {
    work(item);
    if (++count % itemsPerStep === 0) yield;
  }
}

/** Makes one of each. */
export function* mapInSteps<Item, Made>(items: readonly Item[], make: (item: Item, index: number) => Made): Steps<Made[]> {
  const made: Made[] = [];
  for (let index = 0; index < items.length; index++) {
    made.push(make(items[index] as Item, index));
    if (index % itemsPerStep === itemsPerStep - 1) yield;
  }
  return made;
}
