import assert from "node:assert/strict";
import { asError, codeOf, reasonOf, traceOf } from "../../src/model/errors.ts";

describe("What was thrown", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

  it("says of itself what it can, whatever it is", () => {
    assert.deepEqual([refused, "no more", undefined].map(reasonOf), ["connect ECONNREFUSED", "no more", "undefined"]);
    assert.match(traceOf(refused), /^Error: connect ECONNREFUSED\n +at /);
    assert.equal(traceOf("no more"), "no more");
  });

  it("has a code where the system or a library gave it one", () => {
    // the code of a DOMException is a number, which nobody knows it by
    assert.deepEqual([refused, new DOMException("gone", "AbortError"), new Error("x"), null, "x"].map(codeOf), [
      "ECONNREFUSED",
      ...[undefined, undefined, undefined, undefined],
    ]);
  });

  it("is an Error for those who need one", () => {
    assert.equal(asError(refused), refused);
    assert.equal(asError("no more").message, "no more");
  });
});
