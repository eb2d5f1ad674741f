import assert from "node:assert/strict";
import { atOnce, eachInSteps, inTurns, mapInSteps, type Steps } from "../../src/model/steps.ts";

describe("work in steps", () => {
  const numbers = Array.from({ length: 1000 }, (_, index) => index);

  function* sum(): Steps<number> {
    let total = 0;
    yield* eachInSteps(numbers, (one) => {
      total += one;
    });
    return total;
  }

  it("gives one result, whether it is done at once or in turns", async () => {
    assert.equal(atOnce(sum()), 499_500);
    assert.deepEqual(
      atOnce(mapInSteps(numbers, (one, index) => one + index)),
      numbers.map((one) => 2 * one),
    );
    let turns = 0;
    const turn = async () => {
      turns++;
    };
    assert.equal(await inTurns(sum(), () => true, turn), 499_500);
    assert.ok(turns > 10);
    turns = 0;
    assert.equal(await inTurns(sum(), () => false, turn), 499_500);
    assert.equal(turns, 0, "nobody else has a turn while it is not long");
  });

  it("stops where one of them fails", async () => {
    const failing = () =>
      eachInSteps(numbers, (one) => {
        if (one === 500) throw new Error("the five hundredth");
      });
    assert.throws(() => atOnce(failing()), /five hundredth/);
    await assert.rejects(
      inTurns(
        failing(),
        () => true,
        async () => undefined,
      ),
      /five hundredth/,
    );
  });
});
