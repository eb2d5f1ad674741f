import assert from "node:assert/strict";
import { oomKillCount } from "../../src/metrics/oomKills.ts";
import { type GroupLabels, processLabels } from "../../src/model/group.ts";

/** A counter that shows what was counted, by process and kind. */
function counter() {
  const counts = new Map<string, number>();
  const inc = ({ kind, process }: GroupLabels, value: number) => {
    const key = `${kind} ${process}`.trim();
    counts.set(key, (counts.get(key) ?? 0) + value);
  };
  return { counts, inc };
}

const kill = (process: string) => ({ killedAtMs: 0, group: { ...processLabels(process), unit: "shop.service" } });

describe("The counter of kills for memory", () => {
  it("is there from the start, for what appears with its first kill is not seen to rise", () => {
    const { counts, inc } = counter();
    oomKillCount({ inc });
    assert.deepEqual([...counts], [["unattributed", 0]]);
  });

  it("counts by whose they were, and everybody after a hundred different ones together", () => {
    const { counts, inc } = counter();
    const count = oomKillCount({ inc });
    count([kill("java"), kill("java"), kill("node")]);
    assert.deepEqual([counts.get("process java"), counts.get("process node")], [2, 1]);
    for (let index = 0; index < 200; index++) count([kill(`job${index}`)]);
    count([kill("java")]);
    assert.deepEqual(
      [counts.get("process java"), counts.get("process job97"), counts.get("process job98"), counts.get("other")],
      [3, 1, undefined, 102],
    );
    assert.equal(counts.size, 102);
  });
});
