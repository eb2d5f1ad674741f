import assert from "node:assert/strict";
import type { GroupUsage } from "../../src/model/group.ts";
import type { ResourceKey, ResourceUsage } from "../../src/model/usage.ts";
import { rollupOf } from "../../src/recorder/format/rollup.ts";
import { compare } from "../../src/recorder/ranges/compare.ts";
import { group, other, snapshotAt, t0 } from "./support.ts";

const gigabyte = 1e9;
const nobodys = (usage: ResourceUsage): GroupUsage => ({ ...other(usage), kind: "unattributed", id: "unattributed" });

/** A stretch in which these did this, on a machine with so much memory in use. */
function stretch(groups: readonly GroupUsage[], usedBytes = 0) {
  const { host, ...rest } = snapshotAt(t0, groups);
  const memory = { totalBytes: 16 * gigabyte, availableBytes: 16 * gigabyte - usedBytes, usageRatio: usedBytes / (16 * gigabyte) };
  const disks = [{ device: "sda", whole: true, readBytes: 0, writtenBytes: 0, readBytesPerSecond: 0, writtenBytesPerSecond: 5e6 }];
  return rollupOf({ ...rest, host: { ...host, memory, disks, tasks: { running: 1, uninterruptible: 0 } } });
}

function differences(earlier: readonly GroupUsage[], later: readonly GroupUsage[], resource: ResourceKey = "cpuCores") {
  const found = compare(stretch(earlier), stretch(later)).find((one) => one.resource === resource);
  assert.ok(found !== undefined);
  return found;
}

const shown = ({ lines }: ReturnType<typeof differences>) =>
  lines.map(({ kind, process, change, earlier, later, difference, share }) => [process || kind, change, earlier, later, difference, share]);

describe("Comparing two stretches of time", () => {
  it("says who is new, gone, has more or less, as shares of the difference", () => {
    const found = differences(
      [group("web", { cpuCores: 0.5 }), group("cron", { cpuCores: 0.2 }), group("db", { cpuCores: 1 })],
      [group("web", { cpuCores: 1.5 }), group("dump", { cpuCores: 0.6 }), group("db", { cpuCores: 0.6 })],
    );
    assert.deepEqual([found.earlier, found.later, found.difference], [1.7, 2.7, 1]);
    assert.deepEqual(shown(found), [
      ["web", "more", 0.5, 1.5, 1, 1],
      ["dump", "new", undefined, 0.6, 0.6, 0.6],
      ["db", "less", 1, 0.6, -0.4, -0.4],
      ["cron", "gone", 0.2, undefined, -0.2, -0.2],
    ]);
    assert.equal(
      found.sentence,
      "CPU: 2.7 cores, 1 core more than before: `web` has 1 core more (100 %) and `dump` is new (0.6 cores, 60 %).",
    );
  });

  it("adds up to the difference of the machine, remainders told as such", () => {
    const earlier = stretch([group("db", { residentBytes: 2 * gigabyte }), other({ residentBytes: gigabyte })], 4 * gigabyte);
    const later = stretch([group("db", { residentBytes: 5 * gigabyte }), other({ residentBytes: 1.5 * gigabyte })], 9 * gigabyte);
    const memory = compare(earlier, later).find(({ resource }) => resource === "residentBytes");
    assert.deepEqual(
      memory?.lines.map(({ kind, difference, share }) => [kind, difference / gigabyte, share]),
      [
        ["process", 3, 0.6],
        ["other", 0.5, 0.1],
        ["unattributed", 1.5, 0.3],
      ],
    );
    assert.equal(memory?.difference, 5 * gigabyte);
  });

  it("adds up whatever there is of lines: those that are too many or too small are among the others", () => {
    const many = (times: number) => [
      ...Array.from({ length: 60 }, (_, at) => group(`p${at}`, { cpuCores: ((at * 7919) % 13) * 0.01 * times })),
      other({ cpuCores: 0.3 * times }),
      nobodys({ cpuCores: 0.1 }),
    ];
    for (const [earlier, later] of [
      [1, 3],
      [3, 1],
      [2, 2.1],
    ] as const) {
      const { lines, difference } = differences(many(earlier), many(later));
      assert.ok(lines.filter(({ kind }) => kind === "process").length <= 10);
      const sum = lines.reduce((all, line) => all + line.difference, 0);
      assert.ok(Math.abs(sum - difference) < 0.01, `${sum} is not ${difference}`);
      const shares = lines.reduce((all, { share = 0 }) => all + share, 0);
      assert.ok(Math.abs(shares - 1) < 0.01, `the shares add up to ${shares}`);
    }
  });

  it("calls nobody new who may have been among the others", () => {
    const found = differences(
      [other({ cpuCores: 0.5 })],
      [group("hidden", { cpuCores: 0.4 }), group("large", { cpuCores: 2 }), other({ cpuCores: 0.1 })],
    );
    assert.deepEqual(
      found.lines.slice(0, 2).map(({ process, change }) => [process, change]),
      [
        ["large", "new"],
        ["hidden", "more"],
      ],
    );
  });

  it("has no shares where in all nothing differs, and still says who took whose place", () => {
    const found = differences([group("a", { cpuCores: 1 })], [group("b", { cpuCores: 1 })]);
    assert.deepEqual(shown(found), [
      ["b", "new", undefined, 1, 1, undefined],
      ["a", "gone", 1, undefined, -1, undefined],
    ]);
    assert.equal(found.sentence, "CPU: 1 core, as before, but of others: `b` is new (1 core) and `a` is gone (1 core).");
    assert.deepEqual(differences([group("a", { cpuCores: 1 })], [group("a", { cpuCores: 1 })]).lines, []);
  });

  it("names who took whose place where more of it has changed hands than the machine differs by", () => {
    const { sentence, lines } = differences([group("a", { cpuCores: 2 })], [group("b", { cpuCores: 2.2 })]);
    assert.equal(
      sentence,
      "CPU: 2.2 cores, 0.2 cores more than before, and more than that has changed hands: `b` is new (2.2 cores) and `a` is gone (2 cores).",
    );
    assert.ok(lines.every(({ share }) => share === undefined));
  });

  it("leaves out what is known of only one stretch", () => {
    const blind = { ...stretch([]), figures: {}, groups: [] };
    assert.deepEqual(compare(blind, stretch([group("a", { cpuCores: 1 })])), []);
  });
});
