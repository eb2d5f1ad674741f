import assert from "node:assert/strict";
import { segmentsOverBudget } from "../../src/hub/budget.ts";

const host = (name: string, ...bytes: readonly number[]) => ({
  host: name,
  segments: bytes.map((one, at) => ({ stem: `${name}${at}`, startMs: at, endMs: at + 1, bytes: one })),
});
const gone = (hosts: Parameters<typeof segmentsOverBudget>[0], maxBytes: number) =>
  segmentsOverBudget(hosts, maxBytes).map(({ segment }) => segment.stem);

describe("the byte budget of a hub", () => {
  it("takes nothing while there is room", () => assert.deepEqual(gone([host("a", 5, 5), host("b", 5)], 15), []));

  it("takes the oldest of whoever has most", () => assert.deepEqual(gone([host("a", 5, 5, 5, 5), host("b", 5)], 15), ["a0", "a1"]));

  it("leaves those with much as much as each other", () =>
    assert.deepEqual(gone([host("a", 4, 4, 4), host("b", 4, 4, 4), host("c", 1)], 17), ["a0", "b0"]));

  it("takes the newest of a host only when nothing older is left anywhere", () =>
    assert.deepEqual(gone([host("a", 9), host("b", 1, 1)], 9), ["b0", "a0"]));

  it("ends when there is nothing left", () => assert.deepEqual(gone([host("a", 9), host("b", 1)], 0), ["a0", "b0"]));
});
