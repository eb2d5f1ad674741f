import assert from "node:assert/strict";
import type { FoundAnswer, SearchAnswer } from "../../src/api/pastAnswers.ts";
import { timesIn } from "../../src/page/logic/format.ts";
import {
  foundRows,
  foundSpikeWords,
  newestRan,
  noSearch,
  ranWords,
  searchWords,
  stripPath,
  usageWords,
} from "../../src/page/logic/search.ts";
import { labels, t0 } from "./support.ts";

const minute = 60_000;
const times = timesIn("UTC");

/** It ran in these minutes after t0. */
function found(minutes: readonly number[], usage: FoundAnswer["usage"] = {}): FoundAnswer {
  const ran = minutes.map((at) => [t0 + at * minute, t0 + (at + 1) * minute] as const);
  return { firstMs: ran[0]?.[0] ?? 0, lastMs: ran.at(-1)?.[0] ?? 0, minutes: minutes.length, ran, usage };
}

function answer(matches: SearchAnswer["matches"], more: Partial<SearchAnswer> = {}): SearchAnswer {
  return {
    ...{ host: "web1", query: "q", fromMs: t0, toMs: t0 + 4 * minute, stepSeconds: 60, covered: { fromMs: t0, toMs: t0 + 4 * minute } },
    ...{ total: matches.length, hasMore: false, all: found([0]), matches, notes: [], ...more },
  };
}

describe("a search on the page", () => {
  const nginx = { ...labels("nginx", { unit: "nginx.service" }), ...found([0, 2]), spikes: [] };
  const cron = { ...labels("cron"), ...found([1]), spikes: [] };

  it("has a line for each that was found, with what it did in what is shown, and one for all where there are several", () => {
    const shown = answer([{ ...nginx, ...found([2]) }]);
    const rows = foundRows({ whole: answer([nginx, cron]), shown });
    assert.deepEqual(
      rows.map((row) => [row.labels?.process, row.whole.minutes, row.shown?.minutes]),
      [
        [undefined, 1, 1],
        ["nginx", 2, 1],
        ["cron", 1, undefined],
      ],
    );
    assert.deepEqual(
      foundRows({ whole: answer([cron]), shown: undefined }).map((row) => row.labels?.process),
      ["cron"],
    );
  });

  it("says how many were found, since when, and why there is nothing", () => {
    const search = { ...noSearch, query: "q" };
    assert.equal(searchWords(noSearch, times), "");
    assert.equal(searchWords({ ...search, isLoading: true }, times), "Searching…");
    assert.equal(searchWords({ ...search, problem: "q: expected more" }, times), "This could not be searched: q: expected more.");
    assert.equal(searchWords({ ...search, whole: answer([]) }, times), "Nobody whose name has this ran since 21 Nov 10:00:00.");
    assert.equal(searchWords({ ...search, whole: answer([cron]) }, times), "1 found since 21 Nov 10:00:00.");
    const many = answer([cron], { total: 5000, hasMore: true });
    assert.equal(
      searchWords({ ...search, whole: many }, times),
      "5000 or more found since 21 Nov 10:00:00, the 1 that did most are shown.",
    );
    assert.equal(searchWords({ ...search, whole: answer([], { covered: null }) }, times), "Nothing is recorded.");
  });

  it("tells in words when it ran, what it used, and in which spikes", () => {
    assert.equal(ranWords(found([1]), times), "Ran in 1 minute: 21 Nov 10:01:00");
    assert.equal(ranWords(found([0, 3]), times), "Ran in 2 minutes, first 21 Nov 10:00:00, last 21 Nov 10:03:00");
    const strip = { peak: [] };
    const usage = {
      cpuCores: { total: 75, peak: 2, strip },
      residentBytes: { peak: 1e7, strip },
      readBytesPerSecond: { total: 3e6, peak: 1e6, strip },
    };
    assert.deepEqual(
      usageWords(found([0], usage)).map(({ text }) => text),
      ["CPU peak 2.00 cores, total 1 min 15 s of a core", "Memory peak 10.0 MB", "Read peak 1.0 MB/s, total 3.0 MB"],
    );
    assert.equal(foundSpikeWords({ id: "a", resource: "cpu", startMs: t0, share: 0.93 }, times), "CPU spike 21 Nov 10:00:00, 93 %");
  });

  it("draws a bar for each step in which it ran, where that is on the timeline, and none beyond its ends", () => {
    const usage = { cpuCores: { total: 1, peak: 2, strip: { peak: [2, null, 1, 0] } } };
    const path = (fromMs: number, toMs: number) =>
      stripPath({ fromMs: t0, stepSeconds: 60 }, found([0], usage), "cpuCores", { fromMs, toMs }, [400, 20]);
    assert.equal(path(t0, t0 + 4 * minute), "M0 20V0H100V20ZM200 20V10H300V20ZM300 20V18H400V20Z");
    assert.equal(path(t0 + 2 * minute, t0 + 4 * minute), "M0 20V10H200V20ZM200 20V18H400V20Z");
    assert.equal(stripPath({ fromMs: t0, stepSeconds: 60 }, undefined, "cpuCores", { fromMs: t0, toMs: t0 + minute }, [400, 20]), "");
  });

  it("leads to the newest times, and says how many there are besides", () => {
    const { stretches, more } = newestRan(found([0, 2, 4, 6, 8, 10]));
    assert.deepEqual([stretches[0]?.fromMs, stretches.length, more], [t0 + 10 * minute, 4, 2]);
  });
});
