import assert from "node:assert/strict";
import type { Verdict } from "../../src/model/spike.ts";
import { endText } from "../../src/spikes/lastSeconds.ts";

const lastMs = Date.UTC(2026, 10, 21, 3, 12, 7);
const nextMs = lastMs + 1000;
const verdict: Verdict = { sentence: "Most of it is `dd`: 80 % of the rise.", shares: [], final: true };

describe("What is said of a run without an orderly end", () => {
  const machine = { isMachine: true, server: "web1", lastMs, nextMs };

  it("names who held most memory where memory was nearly full", () => {
    const full = { ...machine, memoryRatio: 0.99, leastMemoryRatio: 0.4, holder: { name: "java", ratio: 0.71 }, verdict };
    assert.equal(
      endText(full),
      "web1 stopped without a shutdown between 2026-11-21 03:12:07 and 03:12:08 UTC; before that memory rose to 99 %, java held 71 %",
    );
    assert.match(endText({ ...full, leastMemoryRatio: 0.97 }), /memory stood at 99 %/);
  });

  it("says who it was where memory had room", () => {
    assert.equal(
      endText({ ...machine, memoryRatio: 0.5, verdict }),
      "web1 stopped without a shutdown between 2026-11-21 03:12:07 and 03:12:08 UTC; before that: Most of it is `dd`: 80 % of the rise",
    );
  });

  it("tells of a kill for memory before it, and of Culprit's own", () => {
    const kill = { text: "the kernel killed java for memory", secondsBefore: 12 };
    assert.match(endText({ ...machine, kill }), /08 UTC; 12 s before, the kernel killed java for memory; what it was like before/);
    assert.match(
      endText({ ...machine, isMachine: false, isKilledForMemory: true }),
      /^Culprit on web1 was killed by the kernel for memory between /,
    );
  });

  it("blames the machine only where it has started anew since", () => {
    assert.match(
      endText({ ...machine, isMachine: false }),
      /^Culprit on web1 was killed or crashed between .*; what it was like before is not/,
    );
  });
});
