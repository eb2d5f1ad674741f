import assert from "node:assert/strict";
import { spikeText } from "../../src/model/culprit.ts";
import type { Spike, VerdictShare } from "../../src/model/spike.ts";
import { nameOfCulprit, partsOf, spikeSort, spikeWords } from "../../src/page/logic/events.ts";
import { timesIn } from "../../src/page/logic/format.ts";
import { bandsOf } from "../../src/page/logic/lane.ts";
import { headlineNow, headlineOf } from "../../src/page/logic/verdict.ts";
import { labels, t0 } from "./support.ts";

function share(process: string, part: number, more: Partial<VerdictShare> = {}): VerdictShare {
  return { group: labels(process), share: part, from: 0, to: 1, pids: [1], ...more };
}

function spike(
  startSecond: number,
  endSecond: number | undefined,
  shares: readonly VerdictShare[] | undefined,
  more: Partial<Spike> = {},
): Spike {
  return {
    id: `s${startSecond}`,
    resource: "cpu",
    startMs: t0 + startSecond * 1000,
    peakMs: t0 + startSecond * 1000,
    ...(endSecond === undefined ? {} : { endMs: t0 + endSecond * 1000 }),
    baseline: 0.1,
    peak: 2,
    unit: "cores",
    ...(shares === undefined
      ? {}
      : { verdict: { sentence: `\`${shares[0]?.group.process}\` did it.`, shares, final: endSecond !== undefined } }),
    ...more,
  };
}

/** Letters of seven pixels, a pixel a second. */
const measure = { msPerPixel: 1000, widthOf: (name: string) => name.length * 7 };
const stretch = { fromMs: t0, toMs: t0 + 1_200_000 };

describe("spikes on the timeline", () => {
  it("bear the culprit's name, not that of a helper or of who waits", () => {
    assert.equal(nameOfCulprit(spike(0, 1, [share("dd", 0.9), share("kworker", 0.005, { helping: true })])), "dd");
    assert.equal(nameOfCulprit(spike(0, 1, [share("victim", 0.6, { waiting: true }), share("dd", 0.3)])), "victim, which waits");
    assert.equal(nameOfCulprit(spike(0, 1, [share("victim", 0.9, { waiting: true })])), "victim, which waits");
    assert.equal(nameOfCulprit(spike(0, 1, [share("dd", 0.5), share("tar", 0.3)])), "dd and tar");
    assert.equal(nameOfCulprit(spike(0, 1, [share("a", 0.1), share("b", 0.1)])), "no single process");
    assert.equal(nameOfCulprit(spike(0, 1, [{ ...share("", 0.9), group: labels("", { kind: "unattributed" }) }])), "could not be traced");
    assert.equal(nameOfCulprit(spike(0, undefined, undefined)), "looking…");
  });

  it("stand below each other where they or their names would overlap", () => {
    const bands = bandsOf(
      [spike(0, 60, [share("tar", 1)]), spike(70, 75, [share("gzip", 1)]), spike(400, undefined, [share("dd", 1)])],
      stretch,
      t0 + 1_200_000,
      measure,
    );
    assert.deepEqual(
      bands.map(({ name, row, label, lasting }) => [name, row, label, lasting]),
      [
        ["tar", 0, "inside", false],
        ["gzip", 0, "after", false],
        ["dd", 0, "inside", true],
      ],
    );
    const crowded = bandsOf(
      [spike(0, 5, [share("tar", 1)]), spike(10, 15, [share("gzip", 1)]), spike(1195, 1200, [share("late", 1)])],
      stretch,
      t0 + 1_200_000,
      measure,
    );
    assert.deepEqual(
      crowded.map(({ row, label }) => [row, label]),
      [
        [0, "after"],
        [1, "after"],
        [0, "before"],
      ],
    );
  });

  it("lose a name that would be cut at either end, and one that has no room in any row", () => {
    const long = "a".repeat(200);
    const [band] = bandsOf([spike(600, 610, [share(long, 1)])], stretch, t0 + 1_200_000, measure);
    assert.equal(band?.label, "none");
    const crowd = Array.from({ length: 6 }, (_, index) => spike(index, 200, [share(`p${index}`, 1)]));
    assert.deepEqual(
      bandsOf(crowd, stretch, t0 + 1_200_000, measure).map(({ row, label }) => [row, label]),
      [
        [0, "inside"],
        [1, "inside"],
        [2, "inside"],
        [3, "inside"],
        [3, "none"],
        [3, "none"],
      ],
    );
  });

  it("lose a name beside their band where another that had no room would cut it", () => {
    const full = Array.from({ length: 3 }, (_, index) => spike(index, 900, [share(`p${index}`, 1)]));
    const crowd = [...full, spike(100, 110, [share("short", 1)]), spike(115, 300, [share("late", 1)])];
    assert.deepEqual(
      bandsOf(crowd, stretch, t0 + 1_200_000, measure)
        .slice(3)
        .map(({ row, label }) => [row, label]),
      [
        [3, "none"],
        [3, "none"],
      ],
    );
  });

  it("of disks show in the chart of their direction", () => {
    const bands = bandsOf(
      [
        spike(0, 60, undefined, { resource: "io", aspect: "reads" }),
        spike(0, 60, undefined, { resource: "io", aspect: "writes" }),
        spike(0, 60, undefined, { resource: "load" }),
      ],
      ...([stretch, t0 + 1_200_000, measure] as const),
    );
    assert.deepEqual(
      bands.map(({ charts: shown }) => shown),
      [["reads"], ["writes"], ["load"]],
    );
  });

  it("are shown where they overlap the stretch, the running one up to now", () => {
    const bands = bandsOf(
      [spike(-100, -50, undefined), spike(-10, 10, undefined), spike(100, undefined, undefined)],
      stretch,
      t0 + 130_000,
      { ...measure, msPerPixel: 1 },
    );
    assert.deepEqual(
      bands.map(({ id, toMs }) => [id, toMs - t0]),
      [
        ["s-10", 10_000],
        ["s100", 130_000],
      ],
    );
  });

  it("say in a line how far they rose, in what, and for how long", () => {
    assert.equal(spikeWords(spike(0, 40, undefined, { baseline: 0.2, peak: 1.93 })), "CPU from 0.20 to 1.93 cores (peak) for 40 s");
    assert.equal(
      spikeWords(spike(0, undefined, undefined, { resource: "io", aspect: "writes", baseline: 0, peak: 2e8, unit: "bytes_per_second" })),
      "Disk writes from 0 to 200 MB/s (peak) and lasts",
    );
    const kill = { resource: "oom", unit: "bytes", peak: 500e6 } as const;
    assert.equal(
      spikeWords(spike(0, 1, undefined, { ...kill, baseline: 100e6 })),
      "OOM kill, after memory had grown from 100 MB to 500 MB",
    );
    assert.equal(spikeWords(spike(0, 1, undefined, { ...kill, baseline: 500e6 })), "OOM kill at 500 MB");
  });

  it("have parts where several had one, without parents that wait for their own child", () => {
    const parts = (shares: readonly VerdictShare[]) => partsOf(spike(0, 1, shares)).map(({ text }) => text);
    assert.deepEqual(parts([share("dd", 0.7), share("mysqld", 0.2, { waiting: true }), share("tiny", 0.001)]), [
      "dd 70 %",
      "mysqld 20 %, waiting",
    ]);
    assert.deepEqual(parts([share("dd", 0.9), share("make", 0.1, { waiting: true, waitChannels: ["kernel_clone"] })]), []);
  });

  it("say what they are of, and what the table is sorted by", () => {
    assert.equal(spikeText({ resource: "io", aspect: "writes" }), "disk writes");
    assert.equal(spikeText({ resource: "pressure", aspect: "io" }), "I/O pressure");
    assert.deepEqual(
      [spikeSort({ resource: "load" }), spikeSort({ resource: "io", aspect: "reads" }), spikeSort({ resource: "cpu" })],
      ["tasks", "read", "cpu"],
    );
  });
});

describe("the sentence at the top", () => {
  const times = timesIn("UTC");

  it("tells of what lasts, with the resource before its symptoms", () => {
    const headline = headlineNow(
      [spike(10, undefined, [share("pressed", 1)], { resource: "pressure" }), spike(0, undefined, [share("tar", 1)])],
      [],
      t0 + 30_000,
    );
    assert.deepEqual([headline.mood, headline.sentence, headline.others], ["bad", "`tar` did it.", 1]);
    assert.equal(headline.when, "Right now, for 30 s");
  });

  it("tells of what was lately, then of who is busiest", () => {
    assert.match(headlineNow([spike(0, 60, [share("tar", 1)])], [], t0 + 120_000).when, /No spike now. The last one ended 1 min ago/);
    const full = headlineNow([], [], t0, { resource: "cpu", sentence: "All CPUs are busy." });
    assert.deepEqual([full.mood, full.when, full.sentence], ["bad", "Right now", "All CPUs are busy."]);
    assert.equal(
      headlineNow([spike(0, undefined, [share("tar", 1)])], [], t0, { resource: "cpu", sentence: "All CPUs are busy." }).spikeId !==
        undefined,
      true,
    );
    const calm = headlineNow([spike(0, 60, [share("tar", 1)])], [{ ...labels("nginx"), usage: { cpuCores: 0.4 } }], t0 + 7_200_000);
    assert.deepEqual([calm.mood, calm.sentence], ["calm", "Nothing has left its usual level. Most CPU goes to `nginx`: 0.40 cores."]);
  });

  it("tells of the past what was there then", () => {
    const spikes = [spike(0, 60, [share("tar", 1)])];
    assert.equal(headlineOf(spikes, stretch, t0 + 30_000, times).sentence, "`tar` did it.");
    assert.equal(headlineOf(spikes, stretch, t0 + 90_000, times).sentence, "No spike at this moment.");
    assert.equal(headlineOf(spikes, stretch, undefined, times).spikeId, "s0");
    assert.equal(headlineOf([], stretch, undefined, times).sentence, "No spike in this range.");
    const full = headlineOf([], stretch, t0, times, ["CPU 98 %: tar uses 3.80 of 4 cores"]);
    assert.deepEqual(
      [full.mood, full.sentence],
      ["past", "No spike at this moment, but the machine was strained. CPU 98 %: tar uses 3.80 of 4 cores."],
    );
  });
});
