import assert from "node:assert/strict";
import { commandOf, type Focus, keys } from "../../src/page/logic/keys.ts";

const plain = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
const press = (key: string, focus: Focus = "page", more: Partial<typeof plain> = {}) => commandOf({ key, ...plain, ...more }, focus);

describe("the keys of the page", () => {
  it("each do what the list of keys says, one key for one thing", () => {
    for (const { keys: names, act } of keys) for (const name of names) assert.equal(press(name)?.act, act, name);
    const names = keys.flatMap((key) => key.keys);
    assert.equal(new Set(names).size, names.length);
  });

  it("move the cursor by a point, or by ten with Shift", () => {
    const moves = [press("ArrowLeft"), press("ArrowRight"), press("ArrowRight", "page", { shiftKey: true })];
    assert.deepEqual(
      moves.map((move) => move?.by),
      [-1, 1, 10],
    );
  });

  it("are understood with the Shift that a keyboard needs for them", () => {
    assert.equal(press("?", "page", { shiftKey: true })?.act, "help");
    assert.deepEqual(press("+", "page", { shiftKey: true }), { act: "zoom", by: 0.5 });
  });

  it("are left to who writes, and to the browser's own combinations", () => {
    assert.equal(press("l", "text"), undefined);
    for (const held of ["ctrlKey", "metaKey", "altKey"] as const) assert.equal(press("l", "page", { [held]: true }), undefined, held);
    assert.equal(press("q"), undefined);
  });

  it("leave the arrows to what moves by them, and nothing else", () => {
    assert.equal(press("ArrowLeft", "arrows"), undefined);
    assert.equal(press("l", "arrows")?.act, "live");
  });
});
