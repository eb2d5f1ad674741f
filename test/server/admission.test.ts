import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Admission, type Rank } from "../../src/server/admission.ts";

describe("what is asked for at once", () => {
  let begun: string[];
  beforeEach(() => {
    begun = [];
  });

  function admit(admission: Admission, name: string, rank: Rank = "other"): void {
    admission.admit({ rank, isGone: () => false, begin: () => void begun.push(name), refuse: () => void begun.push(`no ${name}`) });
  }

  it("is begun a few in a turn, the health first, lists and ranges two at most", async () => {
    const admission = new Admission(100, () => false);
    for (let number = 0; number < 5; number++) admit(admission, `list ${number}`);
    admit(admission, "metrics", "metrics");
    admit(admission, "health", "health");
    assert.deepEqual(begun, ["list 0", "list 1", "metrics", "health"]);
    await nextTurn();
    assert.deepEqual(begun.slice(4), ["list 2", "list 3"]);
  });

  it("is begun two in a turn while more connections come: only one of them is accepted in a turn", async () => {
    let isPressed = true;
    const admission = new Admission(100, () => isPressed);
    for (let number = 0; number < 5; number++) admit(admission, `metrics ${number}`, "metrics");
    admit(admission, "health", "health");
    assert.deepEqual(begun, ["metrics 0", "metrics 1"]);
    await nextTurn();
    assert.deepEqual(begun.slice(2), ["health", "metrics 2"]);
    isPressed = false;
    await nextTurn();
    assert.deepEqual(begun.slice(4), ["metrics 3", "metrics 4"]);
  });

  it("is not begun in most of the turns while more connections come, when it may take its time", async () => {
    const admission = new Admission(100, () => true);
    for (let number = 0; number < 3; number++) admit(admission, `list ${number}`);
    assert.deepEqual(begun, ["list 0"]);
    let turns = 0;
    for (; begun.length < 3; turns++) await nextTurn();
    assert.ok(turns >= 20 && turns <= 100, `${turns} turns`);
    admit(admission, "health", "health");
    assert.equal(begun.at(-1), "health");
  });
});
