import assert from "node:assert/strict";
import type { GroupUsage } from "../../src/model/group.ts";
import { atOnce } from "../../src/model/steps.ts";
import type { ResourceUsage } from "../../src/model/usage.ts";
import { groupStats as groupStatsInSteps } from "../../src/sampler/groupStats.ts";
import type { WindowTick } from "../../src/sampler/windowTick.ts";

const groupStats = (ticks: readonly WindowTick[]) => atOnce(groupStatsInSteps(ticks));

const group = (process: string, usage: ResourceUsage): GroupUsage => ({
  kind: "process",
  process,
  unit: "",
  container: "",
  user: "",
  id: process,
  usage,
});

const tick = (groups: readonly GroupUsage[], elapsedSeconds?: number, gap = false): WindowTick => ({
  ...(elapsedSeconds === undefined ? {} : { elapsedSeconds }),
  gap,
  cpu: undefined,
  memoryUsageRatio: undefined,
  tasks: undefined,
  pressure: undefined,
  groups,
});

/** The same groups as objects that are new in every tick. */
const renewed = (ticks: readonly WindowTick[]) =>
  ticks.map((one) => ({ ...one, groups: one.groups.map((line) => ({ ...line, usage: { ...line.usage } })) }));

describe("the statistics of groups", () => {
  const idle = group("idle", { cpuCores: 0, residentBytes: 1000 });
  const steady = group("steady", { cpuCores: 0.5, residentBytes: 64 });
  const scenarios: Record<string, readonly WindowTick[]> = {
    "stay at their places": [tick([idle, steady], 1), tick([idle, steady], 1), tick([idle, steady], 2)],
    "change places": [tick([idle, steady], 1), tick([steady, idle], 1), tick([steady], 2), tick([group("new", { cpuCores: 1 }), idle], 4)],
    "come back as the same object": [tick([idle], 1), tick([group("idle", { cpuCores: 2 })], 1), tick([idle], 2)],
    "are there before anything is timed": [tick([idle, steady])],
    "are there over a gap": [tick([idle], 1), tick([group("idle", { cpuCores: 99 })], 64, true), tick([idle], 1)],
  };

  for (const [what, ticks] of Object.entries(scenarios)) {
    it(`are the same for objects that ${what} as for objects that are always new`, () => {
      assert.deepEqual(groupStats(ticks), groupStats(renewed(ticks)));
    });
  }

  it("weigh a stretch by its seconds, and its peak once; what was not known for a second is the mean of the others", () => {
    const stats = groupStats(scenarios["come back as the same object"] ?? []).get("idle");
    assert.deepEqual(stats?.mean, { cpuCores: 0.5, residentBytes: 1000 });
    assert.deepEqual(stats?.peak, { cpuCores: 2, residentBytes: 1000 });
  });
});
