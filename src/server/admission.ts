/**
 * Which request is begun when: a few in each turn of the event loop, so that the machine is looked at in between, however many come at
 * once. Requests for health and metrics go first, and never wait for a place that others take.
 */

/** The most important first. */
const ranks = ["health", "metrics", "other"] as const;

/** How much a request matters under overload. */
export type Rank = (typeof ranks)[number];

interface Asking {
  readonly rank: Rank;
  /** Its client has gone: there is nothing to begin. */
  isGone(): boolean;
  begin(): void;
  /** There is no place for it. */
  refuse(): void;
}

const mostPerTurn = 8;

/** Lets requests begin. */
export class Admission {
  readonly #mostOthers: number;
  readonly #waiting: Readonly<Record<Rank, Asking[]>> = { health: [], metrics: [], other: [] };
  #others = 0;
  #begunThisTurn = 0;
  #isTurnPlanned = false;

  /** `mostOthers`: so many of the requests in work may be for neither health nor metrics. */
  constructor(mostOthers: number) {
    this.#mostOthers = mostOthers;
  }

  /** Begins it now, in a later turn, or not at all. */
  admit(asking: Asking): void {
    this.#waiting[asking.rank].push(asking);
    this.#work();
  }

  /** One that was begun with the rank `other` has come to its end. */
  done(): void {
    this.#others--;
  }

  #work(): void {
    while (this.#begunThisTurn < mostPerTurn) {
      const next = ranks
        .map((rank) => this.#waiting[rank])
        .find((waiting) => waiting.length > 0)
        ?.shift();
      if (next === undefined) break;
      if (next.isGone()) continue;
      this.#begunThisTurn++;
      this.#planTurn();
      if (next.rank !== "other") next.begin();
      else if (this.#others >= this.#mostOthers) next.refuse();
      else {
        this.#others++;
        next.begin();
      }
    }
  }

  #planTurn(): void {
    if (this.#isTurnPlanned) return;
    this.#isTurnPlanned = true;
    setImmediate(() => {
      this.#isTurnPlanned = false;
      this.#begunThisTurn = 0;
      this.#work();
    });
  }
}
