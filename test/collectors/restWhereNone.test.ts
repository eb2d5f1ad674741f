import assert from "node:assert/strict";
import { restWhereNone } from "../../src/collectors/restWhereNone.ts";
import { ManualClock } from "../support/manualClock.ts";

describe("what most machines have not", () => {
  it("is looked for once a minute where it is not there, and read each time where it is", async () => {
    const clock = new ManualClock();
    let there: string[] | undefined;
    let looks = 0;
    const read = restWhereNone(
      async () => {
        looks += 1;
        return there;
      },
      (list) => list.length === 0,
    );
    for (const none of [undefined, []]) {
      there = none;
      const before = looks;
      assert.deepEqual([await read(clock), await read(clock)], [none, none]);
      assert.equal(looks, before + 1);
      await clock.advance(60);
    }
    there = ["nvme0"];
    const before = looks;
    assert.deepEqual([await read(clock), await read(clock)], [there, there]);
    assert.equal(looks, before + 2);
  });
});
