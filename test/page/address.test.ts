import assert from "node:assert/strict";
import { type Address, formatAddress, parseAddress, plainAddress, processName } from "../../src/page/logic/address.ts";
import { aroundSpike, draggedRange, liveMs, overviewFrom, rangeOf, shifted, weeksAway, zoomed } from "../../src/page/logic/range.ts";
import { labels, t0 } from "./support.ts";

describe("the page's address", () => {
  it("says everything, and is read back as it was written", () => {
    const address: Address = {
      at: t0,
      from: t0 - 5000,
      to: t0 + 5000,
      process: processName(labels("a | b & c", { unit: "x.service" })),
      hidden: ["load15", "running"],
      ...{ with: t0 - 86_400_000, seconds: 600 },
      tab: "log",
      view: "processes",
      draw: "lines",
      sort: "write",
      filter: "ngi nx",
      find: "user:www nginx",
    };
    assert.deepEqual(parseAddress(formatAddress(address)), { address, problems: [], namesTab: true });
  });

  it("is empty when everything is as usual, and keeps that nothing is hidden", () => {
    assert.equal(formatAddress(plainAddress), "");
    assert.deepEqual(parseAddress("?hidden=").address.hidden, []);
    assert.equal(formatAddress({ ...plainAddress, hidden: [] }), "?hidden=");
    assert.equal(parseAddress("").address.hidden, undefined);
  });

  it("says what of it makes no sense, and goes on with the rest", () => {
    const { address, problems } = parseAddress("?at=yesterday&from=5&tab=nothing&sort=cpu");
    assert.deepEqual(address, plainAddress);
    assert.equal(problems.length, 3);
    assert.match(problems.join("\n"), /at=yesterday is no time: expected milliseconds since 1970/);
    assert.match(problems.join("\n"), /tab=nothing is not known: expected spikes, archives, log, alerts/);
    assert.match(parseAddress(`?from=${t0}&to=${t0 - 1}`).problems.join(), /no range/);
    assert.match(parseAddress(`?with=${t0}`).problems.join(), /with is compared with at: expected both/);
    assert.match(parseAddress(`?at=${t0}&with=${t0 - 1}&seconds=0`).problems.join(), /seconds=0 is no length: expected a whole number/);
  });
});

describe("the stretch that is shown", () => {
  it("is the live window, a range that was asked for, or one around a moment that is long gone", () => {
    assert.equal(rangeOf({}, t0), undefined);
    assert.equal(rangeOf({ at: t0 - 60_000 }, t0), undefined);
    assert.deepEqual(rangeOf({ from: 1, to: 2 }, t0), { fromMs: 1, toMs: 2 });
    const at = t0 - 7_200_000;
    assert.deepEqual(rangeOf({ at }, t0), { fromMs: at - liveMs / 2, toMs: at + liveMs / 2 });
    assert.deepEqual(rangeOf({ at: t0 - 60_000 }, t0, false), { fromMs: t0 - liveMs, toMs: t0 }, "a recording has no live window");
  });

  it("goes to the same time a week before, and back no further than now", () => {
    const week = 7 * 86_400_000;
    const here = { fromMs: t0 - 60_000, toMs: t0 };
    assert.deepEqual(weeksAway(here, -1, t0), { range: { fromMs: t0 - 60_000 - week, toMs: t0 - week }, byMs: -week });
    assert.deepEqual(weeksAway(here, 1, t0 + 5000), { range: { fromMs: t0 - 55_000, toMs: t0 + 5000 }, byMs: 5000 });
  });

  it("has an overview of the seconds, and of the minutes as well where it begins before those", () => {
    const host = { recordedFromMs: 1000, secondsFromMs: 5000 };
    const froms = [undefined, { fromMs: 6000, toMs: 7000 }, { fromMs: 4000, toMs: 7000 }].map((range) => overviewFrom(range, host));
    assert.deepEqual(froms, [5000, 5000, 1000]);
    assert.equal(overviewFrom({ fromMs: 1, toMs: 2 }, undefined), undefined);
  });

  it("is dragged in both directions, and is never too short to see something", () => {
    assert.deepEqual(draggedRange(t0 + 30_500, t0 + 200), { fromMs: t0, toMs: t0 + 31_000 });
    const short = draggedRange(t0, t0 + 500);
    assert.equal(short.toMs - short.fromMs, 10_000);
  });

  it("goes around a spike with what was usual before it", () => {
    const { fromMs, toMs } = aroundSpike({ startMs: t0, endMs: t0 + 20_000 }, t0 + 3_600_000);
    assert.ok(fromMs <= t0 - 60_000 && toMs >= t0 + 80_000);
    assert.ok(aroundSpike({ startMs: t0 }, t0 + 40_000).toMs <= t0 + 41_000, "of the future nothing is shown");
  });

  it("is zoomed around the cursor and shifted, but not behind now", () => {
    const stretch = { fromMs: t0, toMs: t0 + 100_000 };
    assert.deepEqual(zoomed(stretch, 0.5, t0 + 20_000, t0 + 1e9), { fromMs: t0 + 10_000, toMs: t0 + 60_000 });
    assert.equal(zoomed(stretch, 2, t0 + 50_000, t0 + 100_000).toMs, t0 + 100_000);
    assert.deepEqual(shifted(stretch, 0.5, t0 + 110_000), { fromMs: t0 + 10_000, toMs: t0 + 110_000 });
    assert.deepEqual(shifted(stretch, -0.5, t0 + 110_000), { fromMs: t0 - 50_000, toMs: t0 + 50_000 });
  });
});
