import assert from "node:assert/strict";
import { archivesToRemove } from "../../src/capture/archives/retention.ts";
import type { Archive } from "../../src/model/capture.ts";

const nowMs = 1_000_000_000;

/** Archives of ten bytes each, the newest first, an hour apart. */
function archives(count: number): readonly Archive[] {
  return Array.from({ length: count }, (_, index) => ({
    id: String(index),
    createdAtMs: nowMs - index * 3_600_000,
    origin: "alert",
    name: "A",
    incidentKey: "k",
    sizeBytes: 10,
    sha256: "",
    span: { fromMs: 0, toMs: 0 },
    missing: [],
  }));
}

const removed = (count: number, limits: Parameters<typeof archivesToRemove>[1]) =>
  archivesToRemove(archives(count), limits, nowMs).map((archive) => archive.id);

describe("retention", () => {
  it("removes the oldest beyond the bytes, the count or the age, oldest first", () => {
    assert.deepEqual(removed(5, { maxBytes: 30 }), ["4", "3"]);
    assert.deepEqual(removed(5, { maxBytes: 1e9, maxCount: 4 }), ["4"]);
    assert.deepEqual(removed(5, { maxBytes: 1e9, maxAgeSeconds: 2 * 3600 }), ["4", "3"]);
    assert.deepEqual(removed(5, { maxBytes: 1e9 }), []);
  });

  it("never removes the newest", () => {
    assert.deepEqual(removed(3, { maxBytes: 1 }), ["2", "1"]);
    assert.deepEqual(removed(1, { maxBytes: 0, maxCount: 0, maxAgeSeconds: -1 }), []);
  });

  it("has nothing to remove from nothing", () => assert.deepEqual(removed(0, { maxBytes: 0 }), []));
});
