import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Turns } from "../../src/server/turns.ts";

describe("the turns of the event loop", () => {
  /** How many turns go by until it is there. */
  async function turnsUntil(work: Promise<unknown>, each: () => void = () => undefined): Promise<number> {
    let isOver = false;
    void work.then(() => {
      isOver = true;
    });
    let turns = 0;
    for (; !isOver; turns++) {
      each();
      await nextTurn();
    }
    return turns;
  }

  it("are one for others between two parts of long work, and many as long as connections come", async () => {
    const turns = new Turns();
    assert.ok((await turnsUntil(turns.pace())) <= 2);
    const most = await turnsUntil(turns.pace(), () => turns.press());
    assert.ok(most >= 10 && most <= 20, `${most} turns`);
    turns.press();
    const few = await turnsUntil(turns.pace());
    assert.ok(few <= 6, `${few} turns, though nobody came any more`);
  });

  it("let those who have just come be read from before those who send on and on", async () => {
    const turns = new Turns();
    const read: string[] = [];
    turns.press();
    for (let number = 0; number < 5; number++) turns.later(() => void read.push(`next ${number}`), false);
    for (let number = 0; number < 5; number++) turns.later(() => void read.push(`first ${number}`), true);
    await nextTurn();
    assert.deepEqual(read, ["first 0", "first 1", "first 2", "first 3", "first 4", "next 0"]);
    while (turns.isPressed) await nextTurn();
    for (let turn = 0; turn < 2; turn++) await nextTurn();
    assert.equal(read.length, 10);
  });
});
