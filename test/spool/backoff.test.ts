import assert from "node:assert/strict";
import { doublingBackoff } from "../../src/spool/backoff.ts";

describe("a wait that doubles", () => {
  it("grows up to the longest, and lies between a half and the whole of that", () => {
    const [most, least] = [doublingBackoff(5, 600, () => 1), doublingBackoff(5, 600, () => 0)];
    assert.deepEqual([1, 2, 3, 7, 8, 1000].map(most), [5, 10, 20, 320, 600, 600]);
    assert.deepEqual([1, 2, 1000].map(least), [2.5, 5, 300]);
  });
});
