import assert from "node:assert/strict";
import type { GroupLabels, GroupUsage } from "../../src/model/group.ts";
import { Fold } from "../../src/recorder/format/fold.ts";
import type { RecordedSnapshot } from "../../src/recorder/format/line.ts";
import { type Rollup, rollupOf } from "../../src/recorder/format/rollup.ts";
import { Downsampler } from "../../src/recorder/ranges/downsample.ts";
import { rangeOf } from "../../src/recorder/ranges/range.ts";
import { Ranks } from "../../src/recorder/ranges/ranks.ts";
import { group, other, snapshotAt, t0 } from "./support.ts";

type Second = Partial<RecordedSnapshot> & { readonly groups?: readonly GroupUsage[] };

/** Rollups of seconds at these times (in seconds behind t0). */
function seconds(times: readonly number[], of: (time: number) => Second = () => ({})): readonly Rollup[] {
  return times.map((time, index) => {
    const elapsedSeconds = index === 0 ? 1 : time - (times[index - 1] ?? 0);
    const { groups = [], ...changes } = of(time);
    return rollupOf({ ...snapshotAt(t0 + Math.round(time * 1000), groups), elapsedSeconds, ...changes } as RecordedSnapshot);
  });
}

function downsample(rollups: readonly Rollup[], stepSeconds: number, points: number, shown: readonly GroupLabels[] = []) {
  const downsampler = new Downsampler({ fromMs: t0, stepMs: stepSeconds * 1000, points }, shown);
  for (const rollup of rollups) downsampler.add(rollup);
  return downsampler.result();
}

const upTo = (count: number) => Array.from({ length: count }, (_, second) => second);
const burner = (cpuCores: number) => ({ groups: [group("burner", { cpuCores })] });

describe("A downsampled range", () => {
  it("keeps the mean and the highest second of each point", () => {
    const downsampled = downsample(
      seconds(upTo(20), (second) => burner(second === 13 ? 4 : 1)),
      10,
      2,
    );
    assert.deepEqual(downsampled.figures.cpuUsageRatio, { mean: [0.25, 0.325], peak: [0.25, 1] });
    assert.deepEqual(downsampled.seconds, [10, 10]);
    assert.deepEqual(downsampled.covered, { fromMs: t0, toMs: t0 + 19_000 });
  });

  it("keeps a rollup without seconds as one of which nothing is known", () => {
    const downsampled = downsample(
      seconds([0, 1, 2, 30, 31], (second) => (second === 30 ? { gap: true, ...burner(2) } : burner(1))),
      5,
      7,
    );
    assert.deepEqual(downsampled.figures.cpuUsageRatio?.peak, [0.25, undefined, undefined, undefined, undefined, undefined, 0.25]);
    assert.deepEqual(downsampled.figures.cpuUsageRatio?.mean.slice(0, 6), [0.25, undefined, undefined, undefined, undefined, undefined]);
    assert.deepEqual(downsampled.seconds.slice(0, 6), [3, 0, 0, 0, 0, 0]);
    assert.deepEqual(downsampled.gaps, [6]);
    assert.deepEqual(downsampled.groups[0]?.usage.cpuCores?.mean.slice(0, 2), [1, undefined]);
  });

  it("takes the mean of a gap that was used in it, but no peak", () => {
    const { figures } = downsample(
      seconds([0, 8], (second) => (second === 8 ? { gap: true, ...burner(4) } : burner(0))),
      10,
      1,
    );
    assert.deepEqual(figures.cpuUsageRatio, { mean: [0.8889], peak: [0] });
  });

  it("has no holes where the clock only jitters", () => {
    const { figures } = downsample(seconds([0.5, 1.01, 1.98, 3.02, 4.03, 4.99, 6.01], burner), 1, 7);
    assert.ok(figures.cpuUsageRatio?.mean.every((value) => value !== undefined));
    assert.equal(figures.cpuUsageRatio?.mean[2], 0.755);
  });

  it("shows every point of a slow clock", () => {
    const { figures } = downsample(
      seconds([0, 5, 10], () => burner(1)),
      1,
      11,
    );
    assert.deepEqual(figures.cpuUsageRatio?.mean, Array(11).fill(0.25));
  });

  it("leaves out of a mean the time in which a figure was not known, and knows nothing where it never was", () => {
    const { figures } = downsample(
      seconds(upTo(6), (second) => (second < 4 ? { host: {} } : burner(2))),
      2,
      3,
    );
    assert.deepEqual(figures.cpuUsageRatio, { mean: [undefined, undefined, 0.5], peak: [undefined, undefined, 0.5] });
    assert.equal(figures.memoryUsageRatio, undefined);
  });

  it("counts a group that is not in a line as nothing, and one whose usage is unknown as unknown", () => {
    const lines = seconds(upTo(4), (second) => ({
      groups: [...(second < 2 ? [group("early", { cpuCores: 1 })] : []), group("denied", second < 2 ? {} : { readBytesPerSecond: 10 })],
    }));
    const { groups } = downsample(lines, 4, 1, [group("early", {}), group("denied", {})]);
    assert.deepEqual(groups[0]?.usage, { cpuCores: { mean: [0.5], peak: [1] } });
    assert.deepEqual(groups[1]?.usage, { readBytesPerSecond: { mean: [10], peak: [10] } });
  });

  it("folds what is not shown by name into other, so that the lines sum up to the machine", () => {
    const lines = seconds(upTo(30), (second) => ({
      groups: [
        group("a", { cpuCores: 1, residentBytes: 100 }),
        group("b", { cpuCores: second % 2 }),
        group("c", { cpuCores: 0.5, residentBytes: 50 }),
        other({ cpuCores: 0.25, residentBytes: 5 }),
      ],
    }));
    const { groups, figures } = downsample(lines, 30, 1, [group("a", {})]);
    assert.deepEqual(
      groups.map(({ kind, process }) => [kind, process]),
      [
        ["process", "a"],
        ["other", ""],
      ],
    );
    assert.deepEqual(groups[1]?.usage, { cpuCores: { mean: [1.25], peak: [1.75] }, residentBytes: { mean: [55], peak: [55] } });
    const sum = groups.reduce((total, { usage }) => total + (usage.cpuCores?.mean[0] ?? 0), 0);
    assert.equal(sum, 4 * (figures.cpuUsageRatio?.mean[0] ?? 0));
  });

  it("says the same when it is made of minutes as when it is made of seconds", () => {
    const lines = seconds(upTo(1200), (second) => ({
      groups: [
        ...(second % 7 === 0 ? [group("now and then", { cpuCores: 2, writtenBytesPerSecond: second })] : []),
        ...(second === 700 ? [group("once", { cpuCores: 4 })] : []),
        group("always", second < 90 ? {} : { cpuCores: Math.sin(second) ** 2 }),
        other({ cpuCores: 0.5 }),
      ],
    }));
    const minutes: Rollup[] = [];
    for (let minute = 0; minute < 20; minute++) {
      const fold = new Fold(t0 + minute * 60_000);
      for (const line of lines.slice(minute * 60, minute * 60 + 60)) fold.add(line);
      const rollup = fold.result();
      // as it comes back from the disk
      if (rollup !== undefined) minutes.push(JSON.parse(JSON.stringify(rollup)) as Rollup);
    }
    const shown = [group("now and then", {}), group("once", {}), group("always", {})];
    const fromMinutes = downsample(minutes, 300, 4, shown);
    const fromSeconds = downsample(lines, 300, 4, shown);
    assert.deepEqual(fromMinutes.seconds, fromSeconds.seconds);
    assert.deepEqual(fromMinutes.covered, fromSeconds.covered);
    const numbers = (value: unknown): (number | undefined)[] =>
      value !== null && typeof value === "object"
        ? Object.values(value).flatMap(numbers)
        : typeof value === "string"
          ? []
          : [value as number | undefined];
    const [some, others] = [numbers([fromMinutes.figures, fromMinutes.groups]), numbers([fromSeconds.figures, fromSeconds.groups])];
    assert.equal(some.length, others.length);
    for (const [index, value] of some.entries())
      assert.ok(
        value === others[index] || Math.abs((value ?? 0) - (others[index] ?? 9e9)) < 2e-4,
        `${index}: ${value}, not ${others[index]}`,
      );
  });

  it("holds any length of range in as many points as it was given", () => {
    const downsampled = downsample(seconds(upTo(5000), burner), 100, 20);
    assert.ok([downsampled.seconds, downsampled.figures.load1?.mean, downsampled.figures.load1?.peak].every((list) => list?.length === 20));
  });
});

describe("The groups that are shown of a range", () => {
  it("are those that lead in some resource, those with one high second, and the remainders", () => {
    const ranks = new Ranks();
    const small = (second: number) =>
      Array.from({ length: 30 }, (_, index) => group(`small${index}`, { cpuCores: 0.01 + second / 1e6 + index / 1e4 }));
    for (const rollup of seconds(upTo(100), (second) => ({
      groups: [
        ...small(second),
        ...(second === 50 ? [group("flash", { cpuCores: 0.5 })] : []),
        group("database", { residentBytes: 1e9, cpuCores: 0 }),
        group("writer", { writtenBytesPerSecond: 1e6, cpuCores: 0 }),
        group("idle", { cpuCores: 0, residentBytes: 0 }),
        group("", { cpuCores: 0 }, { kind: "interrupts", user: "" }),
        other({ cpuCores: 0 }),
      ],
    })))
      ranks.add(rollup);
    const shown = ranks.shown().map(({ kind, process }) => (kind === "process" ? process : kind));
    assert.deepEqual(shown.slice(0, 3), ["small29", "small28", "small27"]);
    assert.deepEqual(shown.slice(-2), ["interrupts", "other"]);
    for (const name of ["flash", "database", "writer"]) assert.ok(shown.includes(name), name);
    for (const name of ["idle", "small0"]) assert.ok(!shown.includes(name), name);
  });
});

describe("A range", () => {
  const minute = 60_000;
  const hour = 60 * minute;
  for (const [what, lengthMs, stepMs, expectedSeconds] of [
    ["twenty minutes", 20 * minute, undefined, 1],
    ["an hour", hour, undefined, 5],
    ["four hours", 4 * hour, undefined, 10],
    ["six hours", 6 * hour, undefined, 60],
    ["a day", 24 * hour, undefined, 60],
    ["a week", 7 * 24 * hour, undefined, 600],
    ["ten years", 3650 * 24 * hour, undefined, 3 * 86_400],
    ["an hour in steps of 17 s", hour, 17_000, 17],
    ["an hour in steps of 90 s", hour, 90_000, 120],
    ["a day in steps of 5 s", 24 * hour, 5000, 60],
  ] as const) {
    it(`of ${what} has steps of ${expectedSeconds} s, a grid, and room for all of it`, () => {
      const range = rangeOf({ fromMs: t0 + 123, toMs: t0 + 123 + lengthMs, ...(stepMs === undefined ? {} : { stepMs }) });
      assert.equal(range.stepMs, expectedSeconds * 1000);
      assert.ok(range.fromMs % range.stepMs === 0 && range.toMs % range.stepMs === 0);
      assert.ok(range.fromMs <= t0 + 123 && range.toMs >= t0 + 123 + lengthMs);
    });
  }
});
