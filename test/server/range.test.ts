import assert from "node:assert/strict";
import { matchesIfRange, parseRange } from "../../src/server/sendFile/range.ts";

describe("a Range header", () => {
  const part = (firstByte: number, lastByte: number) => ({ kind: "part", firstByte, lastByte });

  it("names a part from the start, from the middle, or from the end", () => {
    assert.deepEqual(parseRange("bytes=0-99", 1000), part(0, 99));
    assert.deepEqual(parseRange("bytes=500-", 1000), part(500, 999));
    assert.deepEqual(parseRange("bytes=-200", 1000), part(800, 999));
    assert.deepEqual(parseRange(" Bytes = 999 - 999 ", 1000), part(999, 999));
  });

  it("may reach beyond the end, and is cut there", () => {
    assert.deepEqual(parseRange("bytes=900-5000", 1000), part(900, 999));
    assert.deepEqual(parseRange("bytes=-5000", 1000), part(0, 999));
  });

  it("cannot be satisfied when it begins behind the end or asks for nothing", () => {
    assert.deepEqual(parseRange("bytes=1000-", 1000), { kind: "unsatisfiable" });
    assert.deepEqual(parseRange("bytes=99999999999999999999-", 1000), { kind: "unsatisfiable" });
    assert.deepEqual(parseRange("bytes=-0", 1000), { kind: "unsatisfiable" });
  });

  it("is ignored when it is several, backwards, of another unit, or nonsense", () => {
    for (const header of ["", "bytes=0-1,5-6", "bytes=9-3", "lines=0-3", "bytes=-", "bytes=a-b", "bytes", "bytes=1-2-3"]) {
      assert.deepEqual(parseRange(header, 1000), { kind: "whole" }, header);
    }
  });
});

describe("an If-Range header", () => {
  const version = { etag: '"abc"', modifiedAtMs: Date.UTC(2026, 10, 21, 10, 0, 0, 750) };

  it("matches by strong tag and by exact date", () => {
    assert.equal(matchesIfRange("", version), true);
    assert.equal(matchesIfRange('"abc"', version), true);
    assert.equal(matchesIfRange("Sat, 21 Nov 2026 10:00:00 GMT", version), true);
  });

  it("does not match another tag, a weak one, or another date", () => {
    for (const header of ['"abd"', 'W/"abc"', "Sat, 21 Nov 2026 10:00:01 GMT", "nonsense"]) {
      assert.equal(matchesIfRange(header, version), false, header);
    }
  });
});
