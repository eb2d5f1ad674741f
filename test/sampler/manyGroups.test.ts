import assert from "node:assert/strict";
import { type GroupUsage, groupId, processLabels } from "../../src/model/group.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { atOnce, type Steps } from "../../src/model/steps.ts";
import type { ResourceUsage } from "../../src/model/usage.ts";
import { Members } from "../../src/sampler/members.ts";
import { Window } from "../../src/sampler/window.ts";

const many = 5000;
/** A step may look at so many of them: those of the end of one tick and of the beginning of the next. */
const mostPerStep = 1024;

describe("looking back on thousands of groups", () => {
  let touched = 0;

  /** A group that counts how often somebody looks at what it used. */
  function watched(index: number, cpuCores: number): GroupUsage {
    const labels = processLabels(`p${index}`);
    const usage: ResourceUsage = { cpuCores, residentBytes: index };
    return {
      ...labels,
      id: groupId(labels),
      get usage() {
        touched++;
        return usage;
      },
    };
  }

  const second = (cpuCores: number): Snapshot => ({
    takenAtMs: cpuCores,
    elapsedSeconds: 1,
    gap: false,
    host: { cpu: { cores: 2, busySeconds: 0, busyCores: cpuCores, usageRatio: cpuCores / 2 } },
    processes: [],
    groups: Array.from({ length: many }, (_, index) => watched(index, cpuCores)),
  });

  function windowOf(...seconds: readonly number[]): Window {
    const window = new Window(60, 1);
    for (const cores of seconds) window.push(second(cores));
    return window;
  }

  /** Its result, when no step has looked at too many groups. */
  function inShortSteps<Result>(steps: Steps<Result>): Result {
    for (;;) {
      touched = 0;
      const { done, value } = steps.next();
      assert.ok(touched <= mostPerStep, `one step looked at ${touched} groups`);
      if (done) return value;
    }
  }

  it("is done in short steps: mean and peak, who is shown by name, and what all others had together", () => {
    const window = windowOf(1, 2, 3);
    const stats = inShortSteps(window.statsInSteps());
    assert.equal(stats?.groups.size, many);
    assert.deepEqual(stats?.groups.get(watched(7, 0).id)?.mean, { cpuCores: 2, residentBytes: 7 });
    const members = new Members();
    const groups = new Map(
      [...(stats?.groups ?? [])].map(([id, one]) => {
        const counted = {
          ...one,
          get mean() {
            touched++;
            return one.mean;
          },
        };
        return [id, counted] as const;
      }),
    );
    inShortSteps(members.update({ groups }, 0));
    assert.ok(members.has(watched(many - 1, 0).id), "the largest is shown");
    assert.ok(stats !== undefined);
    const lines = inShortSteps(members.foldStats(stats));
    const other = lines.find(({ kind }) => kind === "other");
    const named = lines.length - 1;
    assert.equal(other?.mean.cpuCores, 2 * (many - named));
    assert.equal(other?.peak.cpuCores, 3 * (many - named));
  });

  it("speaks of one moment, though a tick comes between two steps", () => {
    const window = windowOf(1, 2);
    const steps = window.statsInSteps();
    steps.next();
    window.push(second(5));
    const before = atOnce(steps);
    assert.equal(before?.newest.takenAtMs, 2);
    assert.deepEqual(before?.busyCores, { mean: 1.5, peak: 2 });
    assert.equal(before?.groups.get(watched(1, 0).id)?.peak.cpuCores, 2);
    const after = window.stats();
    assert.equal(after?.newest.takenAtMs, 5);
    assert.equal(after?.groups.get(watched(1, 0).id)?.peak.cpuCores, 5);
  });

  it("does not take a member in or out in the middle", () => {
    const window = windowOf(1);
    const stats = window.stats();
    assert.ok(stats !== undefined);
    const members = new Members();
    const steps = members.foldStats(stats);
    steps.next();
    atOnce(members.update(stats, 0));
    const [other, ...named] = atOnce(steps);
    assert.deepEqual([other?.kind, other?.mean.cpuCores, named], ["other", many, []], "nobody was a member when it began");
  });
});
