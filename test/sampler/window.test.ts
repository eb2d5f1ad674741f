import assert from "node:assert/strict";
import { type GroupKind, type GroupUsage, groupId } from "../../src/model/group.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { atOnce } from "../../src/model/steps.ts";
import type { ResourceUsage } from "../../src/model/usage.ts";
import { Members } from "../../src/sampler/members.ts";
import { Window } from "../../src/sampler/window.ts";

function line(process: string, usage: ResourceUsage, kind: GroupKind = "process"): GroupUsage {
  const labels = { kind, process: kind === "process" ? process : "", unit: "", container: "", user: "" };
  return { ...labels, id: groupId(labels), usage };
}

function second(busyCores: number, groups: readonly GroupUsage[], more: Partial<Snapshot> = {}): Snapshot {
  return {
    takenAtMs: 0,
    elapsedSeconds: 1,
    gap: false,
    host: { cpu: { cores: 2, busySeconds: 0, busyCores, usageRatio: busyCores / 2 } },
    processes: [],
    groups,
    ...more,
  };
}

function windowOf(...snapshots: Snapshot[]) {
  const window = new Window(60, 1);
  for (const snapshot of snapshots) window.push(snapshot);
  const stats = window.stats();
  assert.ok(stats);
  return stats;
}

const idOf = (process: string) => line(process, {}).id;

describe("the window", () => {
  it("gives mean and peak, weighted by how long each tick was", () => {
    const stats = windowOf(second(2, [line("a", { cpuCores: 2 })]), second(0.5, [line("a", { cpuCores: 0.5 })], { elapsedSeconds: 3 }));
    assert.deepEqual(stats.busyCores, { mean: 0.875, peak: 2 });
    assert.equal(stats.groups.get(idOf("a"))?.mean.cpuCores, 0.875);
    assert.equal(stats.groups.get(idOf("a"))?.peak.cpuCores, 2);
  });

  it("counts the time in which a group was not there as nothing, so that the lines add up to the machine", () => {
    const stats = windowOf(second(1, [line("a", { cpuCores: 1 })]), second(1, [line("b", { cpuCores: 1 })]));
    assert.equal(stats.groups.get(idOf("a"))?.mean.cpuCores, 0.5);
    const sum = [...stats.groups.values()].reduce((total, group) => total + (group.mean.cpuCores ?? 0), 0);
    assert.equal(sum, stats.busyCores?.mean);
    assert.equal(stats.cpuCoverage, 1);
  });

  it("keeps unknown apart from zero", () => {
    const stats = windowOf(second(1, [line("a", { residentBytes: 5 })]));
    assert.deepEqual(stats.groups.get(idOf("a"))?.mean, { residentBytes: 5 });
  });

  it("forgets what is older than its span", () => {
    const window = new Window(3, 1);
    window.push(second(2, [line("gone", { cpuCores: 2 })]));
    for (let tick = 0; tick < 3; tick++) window.push(second(0.5, []));
    assert.deepEqual(window.stats()?.cpuUsageRatio, { mean: 0.25, peak: 0.25 });
    assert.equal(window.stats()?.groups.size, 0);
  });

  it("lets a gap feed neither mean nor peak of a rate", () => {
    const stats = windowOf(
      second(0.5, [line("a", { cpuCores: 0.5 })]),
      second(2, [line("a", { cpuCores: 2 })], { elapsedSeconds: 7200, gap: true }),
      second(0.5, [line("a", { cpuCores: 0.5 })]),
    );
    assert.deepEqual(stats.busyCores, { mean: 0.5, peak: 0.5 });
    assert.equal(stats.groups.get(idOf("a"))?.peak.cpuCores, 0.5);
  });

  it("has no coverage to speak of on an idle machine", () => {
    assert.equal(windowOf(second(0.04, [])).cpuCoverage, undefined);
  });
});

describe("the members", () => {
  /** `count` groups, p0 the busiest. */
  function ranked(count: number, offset = 0): GroupUsage[] {
    return Array.from({ length: count }, (_, index) => line(`p${index + offset}`, { cpuCores: (count - index) / 100 }));
  }
  const remainder = [line("", { cpuCores: 0.1 }, "interrupts"), line("", { cpuCores: 0.2 }, "unattributed")];

  it("are the first ten, and everybody else is one line that keeps the sum", () => {
    const groups = [...ranked(30), ...remainder];
    const stats = windowOf(second(5, groups));
    const members = new Members();
    atOnce(members.update(stats, 0));
    const shown = atOnce(members.foldStats(stats));
    assert.equal(shown.filter((group) => group.kind === "process").length, 10);
    assert.deepEqual(
      shown.map((group) => group.kind).filter((kind) => kind !== "process"),
      ["interrupts", "unattributed", "other"],
    );
    const sum = (lines: readonly { mean?: ResourceUsage; usage?: ResourceUsage }[]) =>
      lines.reduce((total, one) => total + ((one.mean ?? one.usage)?.cpuCores ?? 0), 0);
    assert.ok(Math.abs(sum(shown) - sum(groups)) < 1e-9);
    assert.ok(Math.abs(sum(atOnce(members.fold(groups))) - sum(groups)) < 1e-9);
  });

  it("take in who is first by any resource, by mean or by peak", () => {
    const quiet = ranked(12);
    const burst = [...quiet, line("burst", { cpuCores: 1 })];
    const fat = line("fat", { cpuCores: 0, residentBytes: 1e9 });
    const stats = windowOf(
      second(2, [...burst, fat]),
      ...Array.from({ length: 50 }, () => second(1, [...quiet, line("burst", { cpuCores: 0 }), fat])),
    );
    const members = new Members();
    atOnce(members.update(stats, 0));
    assert.ok(members.has(idOf("burst")));
    assert.ok(members.has(idOf("fat")));
  });

  it("stay for ten minutes outside of the first twenty, then leave", () => {
    const members = new Members();
    atOnce(members.update(windowOf(second(1, [line("old", { cpuCores: 5 }), ...ranked(25)])), 0));
    const later = windowOf(second(1, [...ranked(25), line("old", { cpuCores: 0.0001 })]));
    atOnce(members.update(later, 599));
    assert.ok(members.has(idOf("old")));
    atOnce(members.update(later, 601));
    assert.ok(!members.has(idOf("old")));
  });

  it("are never more than forty", () => {
    const members = new Members();
    const crowd = Array.from({ length: 100 }, (_, index) => line(`p${index}`, { cpuCores: 0 }));
    for (let round = 0; round < 10; round++) {
      const busy = crowd.map((group, index) => (Math.floor(index / 10) === round ? { ...group, usage: { cpuCores: 1 } } : group));
      atOnce(members.update(windowOf(second(1, busy)), round));
    }
    const shown = atOnce(members.fold(crowd)).filter((group) => group.kind === "process");
    assert.equal(shown.length, 40);
    assert.ok(members.has(idOf("p99")), "the newest are in");
  });

  it("take in at most two hundred new names an hour and count whom they refuse", () => {
    const members = new Members();
    for (let round = 0; round < 50; round++) atOnce(members.update(windowOf(second(1, ranked(10, round * 10))), round));
    assert.equal(members.droppedTotal, 300);
    assert.ok(!members.has(idOf("p499")));
    atOnce(members.update(windowOf(second(1, ranked(10, 1000))), 3700));
    assert.ok(members.has(idOf("p1000")), "an hour later there is room again");
  });

  it("give a line of its own to who was first in that second, member or not", () => {
    const members = new Members();
    const shown = atOnce(members.fold([line("flash", { cpuCores: 1.5 }), line("idle", { cpuCores: 0 })]));
    assert.deepEqual(
      shown.map((group) => [group.kind, group.process]),
      [
        ["process", "flash"],
        ["other", ""],
      ],
    );
  });

  it("give the peak of all others together, not the sum of their peaks", () => {
    const first = [
      ...ranked(10).map((group) => ({ ...group, usage: { cpuCores: 1 } })),
      line("x", { cpuCores: 0.5 }),
      line("y", { cpuCores: 0 }),
    ];
    const next = [
      ...ranked(10).map((group) => ({ ...group, usage: { cpuCores: 1 } })),
      line("x", { cpuCores: 0 }),
      line("y", { cpuCores: 0.4 }),
    ];
    const members = new Members();
    const stats = windowOf(second(1, first), second(1, next));
    atOnce(members.update(stats, 0));
    assert.equal(atOnce(members.foldStats(stats)).find((group) => group.kind === "other")?.peak.cpuCores, 0.5);
  });
});
