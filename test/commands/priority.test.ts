import assert from "node:assert/strict";
import { goFirst, Modesty } from "../../src/priority.ts";

describe("Who goes before others when the CPUs are short", () => {
  it("is who needs little, be it that a capture takes half a core for a moment", () => {
    const modesty = new Modesty();
    for (const cores of [0.01, 0.5, 0.01, 0.6]) assert.equal(modesty.mayGoFirst(cores), true, String(cores));
  });

  it("is not who is made to work for long, until it needs little again", () => {
    const modesty = new Modesty();
    assert.equal(modesty.mayGoFirst(0.9), false);
    for (let look = 0; look < 10; look++)
      assert.equal(modesty.mayGoFirst(0.5), false, "half of a core is too much for who comes from above");
    assert.equal(modesty.mayGoFirst(0.2), true);
  });

  it("is nobody who is not allowed to, and nobody whom somebody has given another place", () => {
    const set: number[] = [];
    const refuse = () => {
      throw Object.assign(new Error("not permitted"), { code: "EACCES" });
    };
    assert.equal(goFirst(0, refuse), false);
    const note = (niceness: number) => void set.push(niceness);
    assert.equal(goFirst(5, note), false);
    assert.equal(set.length, 0);
    assert.equal(goFirst(0, note), true);
    assert.deepEqual(set, [-10]);
  });
});
