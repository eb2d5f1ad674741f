/**
 * Which request is begun when: a few in each turn of the event loop, so that the machine is looked at in between, however many come at
 * once. Requests for health and metrics go first, and never wait for a place that others take.
 *
 * One connection is accepted in a turn. So as long as they come, what may take its time is begun in few of the turns: whoever asks for the
 * health may stand behind hundreds who do not.
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
/** While turns have to be short. */
const mostPerPressedTurn = 2;
/** Each of them may take its time: a list, a range, a page. */
const mostOthersPerTurn = 2;
/** While turns have to be short, one in so many of them. */
const pressedTurnsPerOther = 16;

/** Lets requests begin. */
export class Admission {
  readonly #mostOthers: number;
  readonly #isPressed: () => boolean;
  readonly #waiting: Readonly<Record<Rank, Asking[]>> = { health: [], metrics: [], other: [] };
  #others = 0;
  #begunThisTurn = 0;
  #othersThisTurn = 0;
  #turnsUntilOther = 0;
  #isTurnPlanned = false;

  /** `mostOthers`: so many of the requests in work may be for neither health nor metrics. `isPressed`: turns have to be short. */
  constructor(mostOthers: number, isPressed: () => boolean) {
    this.#mostOthers = mostOthers;
    this.#isPressed = isPressed;
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
    while (this.#begunThisTurn < (this.#isPressed() ? mostPerPressedTurn : mostPerTurn)) {
      const rank = ranks.find((one) => this.#waiting[one].length > 0);
      if (rank === undefined || (rank === "other" && !this.#mayOtherBegin())) break;
      const next = this.#waiting[rank].shift() as Asking;
      if (next.isGone()) continue;
      this.#begunThisTurn++;
      this.#planTurn();
      if (rank !== "other") next.begin();
      else if (this.#others >= this.#mostOthers) next.refuse();
      else {
        this.#others++;
        this.#othersThisTurn++;
        this.#turnsUntilOther = pressedTurnsPerOther;
        next.begin();
      }
    }
    // whoever waits needs a turn to wait for
    if (ranks.some((one) => this.#waiting[one].length > 0)) this.#planTurn();
  }

  #mayOtherBegin(): boolean {
    return this.#isPressed() ? this.#turnsUntilOther <= 0 : this.#othersThisTurn < mostOthersPerTurn;
  }

  #planTurn(): void {
    if (this.#isTurnPlanned) return;
    this.#isTurnPlanned = true;
    setImmediate(() => {
      this.#isTurnPlanned = false;
      this.#begunThisTurn = 0;
      this.#othersThisTurn = 0;
      this.#turnsUntilOther--;
      this.#work();
    });
  }
}
