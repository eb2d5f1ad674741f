import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { SharedRenderings } from "../../src/server/sharedRenderings.ts";
import { ManualClock } from "../support/manualClock.ts";

describe("a rendering that many ask for", () => {
  /** Renders when it is told to, one after the other. */
  class Stage {
    readonly clock = new ManualClock();
    readonly renderings = new SharedRenderings<number>(this.clock);
    readonly #ends: (() => void)[] = [];
    begun = 0;

    ask(name = "text"): Promise<number> {
      return this.renderings.share(name, () => {
        const number = ++this.begun;
        return new Promise((resolve) => this.#ends.push(() => resolve(number)));
      });
    }

    async endOne(): Promise<void> {
      this.#ends.shift()?.();
      for (let turn = 0; turn < 4; turn++) await nextTurn();
    }
  }

  it("is one for all who ask while another is being made, and never what was begun before", async () => {
    const stage = new Stage();
    const first = [stage.ask(), stage.ask()];
    await nextTurn();
    await nextTurn();
    assert.equal(stage.begun, 1, "those of one turn share one");
    const late = Array.from({ length: 200 }, () => stage.ask());
    await stage.endOne();
    assert.deepEqual(await Promise.all(first), [1, 1]);
    assert.equal(stage.begun, 2);
    const latest = stage.ask();
    await stage.endOne();
    assert.deepEqual([...new Set(await Promise.all(late))], [2]);
    await stage.endOne();
    assert.equal(await latest, 3);
  });

  it("waits while two of other names are made", async () => {
    const stage = new Stage();
    const asked = ["a", "b", "c"].map((name) => stage.ask(name));
    await nextTurn();
    await nextTurn();
    assert.equal(stage.begun, 2);
    await stage.endOne();
    assert.equal(stage.begun, 3);
    await stage.endOne();
    await stage.endOne();
    assert.deepEqual(await Promise.all(asked), [1, 2, 3]);
  });

  it("leaves time for others however many ask: a pause of three times what the one before took, or a quarter of a second", async () => {
    const stage = new Stage();
    void stage.ask();
    await nextTurn();
    await nextTurn();
    void stage.ask();
    await stage.clock.advance(0.05);
    await stage.endOne();
    await stage.clock.advance(0.14);
    await nextTurn();
    assert.equal(stage.begun, 1);
    await stage.clock.advance(0.02);
    for (let turn = 0; turn < 4; turn++) await nextTurn();
    assert.equal(stage.begun, 2);
    void stage.ask();
    await stage.clock.advance(20);
    await stage.endOne();
    await stage.clock.advance(0.26);
    for (let turn = 0; turn < 4; turn++) await nextTurn();
    assert.equal(stage.begun, 3);
  });

  it("that fails fails for those who share it, and for nobody after them", async () => {
    const renderings = new SharedRenderings<string>(new ManualClock());
    const failing = Promise.allSettled([1, 2].map(() => renderings.share("a", () => Promise.reject(new Error("odd")))));
    assert.deepEqual(
      (await failing).map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(await renderings.share("a", async () => "well"), "well");
  });
});
