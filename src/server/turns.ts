/**
 * Who has a turn of the event loop when. One connection is accepted in a turn: as long as they come turns are kept short, and long work goes
 * on in few of them, or the last of three hundred waits for seconds.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

/** So many connections are read from in one turn. */
const readPerTurn = 16;
/** So many turns at most are left to those who come, before long work goes on. */
const mostTurnsLeft = 16;

/** The turns of one server. */
export class Turns {
  readonly #resting: Readonly<Record<"first" | "next", (() => void)[]>> = { first: [], next: [] };
  #isReadingPlanned = false;
  #isPressed = false;
  #forgetting: NodeJS.Immediate | undefined;

  /** A connection has come in this turn or in the one before. */
  get isPressed(): boolean {
    return this.#isPressed;
  }

  /** A connection has just come. */
  press(): void {
    this.#isPressed = true;
    clearImmediate(this.#forgetting);
    // behind what the next turn does
    this.#forgetting = setImmediate(() => {
      this.#forgetting = setImmediate(() => {
        this.#isPressed = false;
      });
    });
  }

  /** Calls back in a later turn, when it is this connection's turn to be read from. */
  later(callback: () => void, isFirst: boolean): void {
    this.#resting[isFirst ? "first" : "next"].push(callback);
    this.#planReading();
  }

  /** Between two parts of long work for a client: others have a turn, and as long as connections come, they have some for themselves. */
  async pace(): Promise<void> {
    for (let turns = 0; turns === 0 || (this.#isPressed && turns < mostTurnsLeft); turns++) await nextTurn();
  }

  #planReading(): void {
    const { first, next } = this.#resting;
    if (this.#isReadingPlanned || first.length + next.length === 0) return;
    this.#isReadingPlanned = true;
    setImmediate(() => {
      this.#isReadingPlanned = false;
      // who has just come may want the health, and must not wait for all who send on and on
      const most = this.#isPressed ? 1 : readPerTurn;
      for (const callback of [...first.splice(0, readPerTurn), ...next.splice(0, most)]) callback();
      this.#planReading();
    });
  }
}
