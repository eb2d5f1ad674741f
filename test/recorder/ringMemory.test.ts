import assert from "node:assert/strict";
import type { GroupUsage } from "../../src/model/group.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { encodeSnapshot, LineTexts } from "../../src/recorder/format/encodeLine.ts";
import { Ring } from "../../src/recorder/ring.ts";

/** About 2 KB that repeats itself as Snapshots do, and ends in something of its own. */
const lineOf = (second: number) => `{"second":${second},"text":"${'{"process":"é","cpuCores":0.1234},'.repeat(60)}"}`;

describe("a ring of many lines", () => {
  it("gives back every line as it came, packed or not, in order", () => {
    const ring = new Ring({ keepSeconds: 3600, mostBytes: 1e9 });
    for (let second = 0; second < 500; second++) ring.push(second * 1000, lineOf(second));
    assert.deepEqual(
      ring.between(0, 1e9).map((one) => one.line),
      Array.from({ length: 500 }, (_, second) => lineOf(second)),
    );
    assert.deepEqual(
      ring.between(123_000, 321_000).map((one) => one.takenAtMs),
      Array.from({ length: 199 }, (_, index) => (index + 123) * 1000),
    );
  });

  it("takes a tenth of the lines' own size", () => {
    const ring = new Ring({ keepSeconds: 1e9, mostBytes: 200_000 });
    for (let second = 0; second < 900; second++) ring.push(second * 1000, lineOf(second));
    assert.equal(ring.length, 900, "900 lines of 2 KB within 200 KB");
  });

  it("holds no more than its bytes, and lets the oldest go", () => {
    const ring = new Ring({ keepSeconds: 1e9, mostBytes: 100_000 });
    const noise = (second: number) => Array.from({ length: 500 }, (_, index) => ((second * 7919 + index) ** 3 % 1e9).toString(36)).join("");
    for (let second = 0; second < 300; second++) ring.push(second * 1000, noise(second));
    const kept = ring.between(0, 1e9);
    assert.equal(kept.length, ring.length);
    assert.ok(ring.length < 100, `${ring.length}`);
    assert.ok(ring.length > 10, `${ring.length}`);
    assert.equal(kept.at(-1)?.line, noise(299));
    assert.equal(kept[0]?.line, noise(300 - ring.length));
  });

  it("keeps what it gave out, whatever comes after", () => {
    const ring = new Ring({ keepSeconds: 50, mostBytes: 1e9 });
    for (let second = 0; second < 100; second++) ring.push(second * 1000, lineOf(second));
    const given = ring.between(0, 1e9);
    for (let second = 100; second < 1000; second++) ring.push(second * 1000, lineOf(second));
    assert.deepEqual(
      given.map((one) => one.line),
      Array.from({ length: 51 }, (_, index) => lineOf(index + 49)),
    );
  });

  it("takes a line that is longer than a block", () => {
    const ring = new Ring({ keepSeconds: 50, mostBytes: 1e9 });
    const long = "é".repeat(200_000);
    for (const [second, line] of ["before", long, "after", long].entries()) ring.push(second * 1000, line);
    assert.deepEqual(
      ring.between(0, 1e9).map((one) => one.line),
      ["before", long, "after", long],
    );
  });

  it("lets everything go when its size allows nothing, and goes on", () => {
    const ring = new Ring({ keepSeconds: 50, mostBytes: 0 });
    for (let second = 0; second < 100; second++) ring.push(second * 1000, lineOf(second));
    assert.equal(ring.length, 0);
    assert.deepEqual(ring.between(0, 1e9), []);
  });
});

describe("the groups of a recorded line", () => {
  const group = (process: string, cpuCores: number): GroupUsage => ({
    kind: "process",
    process,
    unit: "",
    container: "",
    user: "root",
    id: process,
    usage: { cpuCores },
  });
  const snapshot: Snapshot = { takenAtMs: 1, gap: false, host: {}, processes: [], groups: [], coverage: { cpu: 0.5 } };

  it("are the same text whether the line before is remembered or not", () => {
    const texts = new LineTexts();
    const idle = group("idle", 0);
    for (const shown of [[idle, group("a", 0.123456)], [group("a", 1), idle], [], [idle]]) {
      const line = encodeSnapshot(snapshot, shown, undefined, texts);
      assert.equal(line, encodeSnapshot(snapshot, shown, undefined));
      const { groups, coverage } = JSON.parse(line);
      assert.deepEqual(
        groups,
        shown.map(({ id: _, usage, ...labels }) => ({ ...labels, usage: { cpuCores: Math.round((usage.cpuCores ?? 0) * 1e4) / 1e4 } })),
      );
      assert.deepEqual(coverage, { cpu: 0.5 });
    }
  });
});
