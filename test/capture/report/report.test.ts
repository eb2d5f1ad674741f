import assert from "node:assert/strict";
import { html, shortened } from "../../../src/capture/report/html.ts";
import { areasBetween, linesOf, stacked } from "../../../src/capture/report/plot.ts";
import { roundTop, valueText } from "../../../src/capture/report/scale.ts";
import { foldSeries, gridOf } from "../../../src/capture/report/series.ts";
import type { Spike } from "../../../src/model/spike.ts";
import { endMs, halfHour, hostileName, onsetMs, reportOf, secondAt, startMs } from "./halfHour.ts";

/** The points that are drawn in a chart as its lines' means. */
function pointsOf(page: string, chart: string): number {
  const figure = page.split("<figure").find((one) => one.includes(`id="chart-${chart}"`)) ?? "";
  const [, first = ""] = /class="mean"[^>]* points="([^"]*)"/.exec(figure) ?? [];
  return first.split(" ").length;
}

/** The text of a section, from its heading to the next one. */
function partOf(page: string, id: string): string {
  return page.split("<h2").find((one) => one.startsWith(` id="${id}"`)) ?? "";
}

const noSpike: Spike = {
  id: "s1",
  resource: "cpu",
  startMs: onsetMs,
  peakMs: onsetMs + 5000,
  baseline: 0.8,
  peak: 3.9,
  unit: "cores",
  verdict: {
    sentence: "`burner` caused 91 % of the rise in CPU from 0.8 to 3.9 cores.",
    final: true,
    shares: [
      {
        group: { kind: "process", process: "burner", unit: "burner.service", container: "", user: "root" },
        share: 0.91,
        from: 0,
        to: 2.4,
        pids: [4242],
        commandLine: "burner --threads=3 --password=***",
      },
      { group: { kind: "other", process: "", unit: "", container: "", user: "" }, share: 0.09, from: 0.1, to: 0.3, pids: [] },
    ],
  },
};

describe("report.html", function () {
  this.timeout(60_000);
  let page = "";
  before(async () => {
    const verdict = { resource: "cpu", source: "spike", verdict: noSpike.verdict ?? assert.fail(), spikes: [noSpike] } as const;
    page = await reportOf(halfHour(), { verdict });
  });

  it("asks nobody for anything, forbids scripts, and is made for a phone as well", () => {
    assert.match(page, /^<!doctype html>/);
    assert.ok(page.includes(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`));
    assert.ok(page.includes('<meta name="viewport" content="width=device-width, initial-scale=1">'));
    assert.match(page, /prefers-color-scheme:dark/);
    assert.doesNotMatch(page, /<(?:script|img|link|iframe|object|embed|form|a|base)\b/i);
    assert.doesNotMatch(page, /<[^>]*\s(?:src|href|on\w+)=/i);
    assert.doesNotMatch(page, /url\(|@import/);
  });

  it("escapes every text, whatever a process, a label or an annotation says", () => {
    assert.ok(page.includes(html`${hostileName}`.text));
    assert.ok(!page.includes("<script"));
    assert.ok(!page.includes("<img"));
    assert.ok(!page.includes("<b>now</b>"));
    assert.ok(!page.includes("\u202e"));
  });

  it("begins with who it was, and shows the shares", () => {
    assert.match(page, /<p class="verdict">burner caused 91 % of the rise in CPU from 0\.8 to 3\.9 cores\.<\/p>/);
    assert.match(page, /burner \(unit burner\.service, user root, pid 4242\)[\s\S]*0 cores → 2\.4 cores<\/td><td class="n">91 %/);
    assert.match(page, /burner --threads=3 --password=\*\*\*/);
  });

  it("draws the half hour with a point for each five seconds, and marks the spike and the onset", () => {
    for (const chart of ["cpu", "load", "memory", "reads", "writes", "pressure", "network"])
      assert.equal(pointsOf(page, chart), 360, chart);
    assert.match(page, /<rect class="spike" x="833\.3" y="0" width="166\.\d" height="200"\/>/);
    assert.match(page, /<line class="onset" x1="833\.3"/);
    assert.match(page, /<line class="asked" x1="991\.\d+"/);
  });

  it("says what changed: who rose, what filled up, what is new", () => {
    const changes = partOf(page, "changes");
    assert.match(changes, /▲<\/span> <b>CPU<\/b> burner \(unit burner\.service, user root\)<\/td><td class="n">0 → 2\.4 cores/);
    assert.match(changes, /<b>written<\/b> backup[^<]*<\/td><td class="n">100 kB\/s → 9 MB\/s/);
    assert.match(changes, /fuller<\/span> \/ <small>of 100\.0 GB<\/small><\/td><td class="n">40\.0 GB → 20\.0 GB/);
    assert.match(changes, /Started since shortly before the onset \(2\)/);
    assert.doesNotMatch(changes, /mysqld[^<]*<\/td><td class="n">0\.2 →/);
  });

  it("lists the busiest processes with their redacted command lines, and those that have ended since", () => {
    const processes = partOf(page, "processes");
    assert.match(
      processes,
      /<b>burner<\/b> <small>pid 4242, root<\/small><code>burner --threads=3 --password=\*\*\*<\/code><\/td><td class="n">2\.40</,
    );
    assert.match(processes, /<b>backup<\/b> <small>pid 77, ended<\/small>/);
    assert.match(processes, /mysqld<\/b> <small>pid 3306, root, db, in uninterruptible sleep/);
  });

  it("says why it was made and what is missing", () => {
    assert.match(partOf(page, "why"), /<dt>Label<\/dt><dd>instance=&quot;web1&quot;<\/dd>/);
    assert.match(partOf(page, "why"), /<dt>Annotation<\/dt><dd>summary: CPU is high &lt;b&gt;now/);
    assert.match(partOf(page, "missing"), /commands\/iostat\.txt<\/td><td>not installed/);
  });

  it("leaves a hole where nothing is recorded, and says so when nothing is", async () => {
    const hole = await reportOf(halfHour((ms) => ms < startMs + 300_000 || ms >= startMs + 420_000));
    const figure = hole.split("<figure").find((one) => one.includes('id="chart-memory"')) ?? "";
    const lines = [...figure.matchAll(/class="mean"[^>]* points="([^"]*)"/g)].map(([, points = ""]) => points.split(" ").length);
    assert.deepEqual(lines, [60, 276]);
    const nothing = await reportOf([]);
    assert.match(nothing, /Nothing is recorded of this time, so nobody can be named\./);
    assert.doesNotMatch(nothing, /<figure/);
    assert.match(nothing, /Nothing is recorded from before the onset, so nothing can be compared\.|Started since shortly before/);
  });

  it("stays small, with two hours, long names and many files as well", async () => {
    const lines = halfHour();
    const many = Array.from({ length: 7200 }, (_, index) => {
      const line = lines[index % lines.length];
      const takenAtMs = startMs + index * 1000;
      return { takenAtMs, line: line?.line.replace(/"takenAtMs":\d+/, `"takenAtMs":${takenAtMs}`) ?? "" };
    });
    const files = Array.from({ length: 500 }, (_, index) => ({
      name: `commands/${index}.txt`,
      result: "failed" as const,
      reason: "why".repeat(5000),
      durationSeconds: 0,
    }));
    const labels = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`label${index}`, "x".repeat(9000)]));
    const request = {
      id: "x",
      origin: "alert" as const,
      name: "n".repeat(9000),
      labels,
      requestedAtMs: endMs,
      onsetMs,
      lookbackSeconds: 1,
      incidentKey: "",
    };
    const long = await reportOf(many, { files, request });
    assert.ok(long.length < 800_000, `${long.length} bytes`);
    assert.equal(pointsOf(long, "load"), 360);
  });
});

describe("the series of a report", () => {
  it("have some hundreds of points, in steps a person can name", () => {
    const spans: readonly [seconds: number, stepSeconds: number, points: number][] = [
      [90, 1, 91],
      [1845, 5, 370],
      [21_600, 60, 361],
    ];
    for (const [seconds, step, points] of spans) {
      assert.deepEqual(gridOf({ fromMs: startMs, toMs: startMs + seconds * 1000 }), { fromMs: startMs, stepMs: step * 1000, points });
    }
  });

  it("keep the highest second of each point, which its mean hides", async () => {
    const lines = [0, 1, 2, 3, 4].map((second) => {
      const takenAtMs = startMs + second * 1000;
      const snapshot = secondAt(takenAtMs);
      const usageRatio = second === 2 ? 1 : 0;
      const { host, groups } = { ...snapshot, host: { ...snapshot.host, cpu: { cores: 4, busySeconds: 0, usageRatio } } };
      return { takenAtMs, line: JSON.stringify({ takenAtMs, elapsedSeconds: 1, gap: false, host, groups }) };
    });
    const { downsampled } = await foldSeries(lines, { fromMs: startMs, toMs: startMs + 1_800_000, sinceMs: startMs });
    assert.deepEqual([downsampled.figures.cpuUsageRatio?.mean[0], downsampled.figures.cpuUsageRatio?.peak[0]], [0.2, 1]);
    assert.equal(downsampled.figures.cpuUsageRatio?.mean[1], undefined);
  });
});

describe("what a report is drawn and written with", () => {
  it("breaks lines where nothing is known, and draws a lone point", () => {
    assert.deepEqual(linesOf([1, 2, undefined, 4], 4), ["125,150 375,100", "875,0 875,0"]);
    assert.deepEqual(linesOf([undefined, undefined], 4), []);
    assert.deepEqual(areasBetween([], [2, undefined], 4), ["0,100 250,100 500,100 500,200 250,200 0,200"]);
  });

  it("stacks what is known on what is below", () => {
    assert.deepEqual(
      stacked([
        [1, undefined, undefined],
        [2, 3, undefined],
      ]),
      [
        [1, undefined, undefined],
        [3, 3, undefined],
      ],
    );
  });

  it("has round scales", () => {
    assert.deepEqual([roundTop(0.03), roundTop(3.2), roundTop(1), roundTop(0)], [0.05, 5, 1, 1]);
    assert.equal(roundTop(300e6), 500e6);
    assert.deepEqual(
      [valueText(0.125, "percent"), valueText(1536, "bytesPerSecond"), valueText(2.5, "plain")],
      ["12.5 %", "1.54 kB/s", "2.5"],
    );
  });

  it("escapes what stands in a template, and nothing twice", () => {
    assert.equal(
      html`<b title="${'"'}">${"<&>'"}${html`<i>${1}</i>`}${undefined}</b>`.text,
      '<b title="&quot;">&lt;&amp;&gt;&#39;<i>1</i></b>',
    );
    assert.equal(html`${"a\u0000\u202e\u2066\ud800b\nc"}`.text, "a\\x00\\u202e\\u2066\\ud800b\\x0ac");
    assert.equal(shortened("🔥🔥🔥", 2), "🔥🔥…");
    assert.equal(shortened("ab", 2), "ab");
  });
});
