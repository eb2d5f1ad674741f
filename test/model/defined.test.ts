import assert from "node:assert/strict";
import { defined } from "../../src/model/defined.ts";

describe("An object without what is undefined", () => {
  it("has the other properties, in their order", () => {
    const made = defined({ b: 1, gone: undefined, a: null, empty: "", none: 0, no: false });
    assert.deepEqual(Object.entries(made), Object.entries({ b: 1, a: null, empty: "", none: 0, no: false }));
  });

  it("keeps literals as they are typed", () => {
    const kind: { readonly kind: "later"; readonly seconds?: number } = defined({ kind: "later", seconds: undefined });
    assert.deepEqual(kind, { kind: "later" });
  });
});
