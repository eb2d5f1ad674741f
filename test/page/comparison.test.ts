import assert from "node:assert/strict";
import type { CompareAnswer } from "../../src/api/pastAnswers.ts";
import { blocksOf, compareQuery, dayBefore, momentsText } from "../../src/page/logic/comparison.ts";
import { timesIn } from "../../src/page/logic/format.ts";
import { labels, t0 } from "./support.ts";

type Resource = CompareAnswer["resources"][number];

function resource(changes: Partial<Resource> = {}): Resource {
  return {
    ...{
      resource: "writtenBytesPerSecond",
      measure: "bytesPerSecond",
      earlier: 1e6,
      later: 9e6,
      difference: 8e6,
      sentence: "Written: 9 MB/s.",
    },
    lines: [
      { ...labels("dd"), change: "new", later: 9e6, difference: 9e6, share: 1.125 },
      { ...labels("sh", { unit: "cron.service" }), change: "less", earlier: 1e6, later: 5e5, difference: -5e5, share: -0.0625 },
      { ...labels("", { kind: "unattributed", user: "" }), change: "less", earlier: 0, later: -5e5, difference: -5e5, share: -0.0625 },
      { ...labels("", { kind: "other", user: "" }), change: "more", earlier: 0, later: 1, difference: 1, share: 0 },
    ],
    ...changes,
  };
}

describe("a comparison of two moments", () => {
  it("has a line for everybody who has part in it, with figures, sign, share and bar", () => {
    const [block] = blocksOf({ resources: [resource()] });
    assert.deepEqual(
      block?.rows.map(({ name, place, change, earlier, later, difference, share, bar, isRise }) =>
        [name, place, change, earlier, later, difference, share, bar.toFixed(2), isRise].join("|"),
      ),
      [
        "dd|root|new|–|9.0 MB/s|+9.0 MB/s|113 %|1.00|true",
        "sh|cron.service · root|less|1.0 MB/s|500 kB/s|−500 kB/s|−6 %|0.06|false",
        // below nothing: what is written reaches the disk later
        "unattributed|||0|–|−500 kB/s|−6 %|0.06|false",
      ],
    );
  });

  it("puts what differs first, and has no lines where hardly anything does", () => {
    const nobody = { ...labels("", { kind: "other", user: "" }), change: "less", earlier: 9e3, later: 1e3, difference: -8e3 } as const;
    const blocks = blocksOf({ resources: [resource({ resource: "readBytesPerSecond", lines: [nobody] }), resource()] });
    assert.deepEqual(
      blocks.map(({ key, rows }) => [key, rows.length]),
      [
        ["writtenBytesPerSecond", 3],
        ["readBytesPerSecond", 0],
      ],
    );
  });

  it("is asked for by the middle of both seconds, and only where there are two", () => {
    assert.equal(compareQuery({ at: 5000, with: 1000 }), "api/compare?at=5500&with=1500&seconds=60");
    assert.equal(compareQuery({ at: 5000, with: 1000, seconds: 600 }), "api/compare?at=5500&with=1500&seconds=600");
    assert.equal(compareQuery({ at: 5000 }), undefined);
    assert.equal(compareQuery({ with: 5000 }), undefined);
  });

  it("says which moments these are, and where little is recorded of one", () => {
    const stretch = (atMs: number, recordedSeconds: number) => ({ atMs, fromMs: atMs - 30_000, toMs: atMs + 30_000, recordedSeconds });
    const answer = { host: "web1", seconds: 60, earlier: stretch(t0 - 86_400_000, 12.2), later: stretch(t0, 60), resources: [] };
    assert.equal(
      momentsText(answer, timesIn("UTC")),
      "20 Nov 10:00:00 and 21 Nov 10:00:00, means of 1 min around each. Only 12 s are recorded around 20 Nov 10:00:00.",
    );
  });

  it("finds the same time a day earlier by the clock on the wall", () => {
    const before = dayBefore(t0);
    assert.equal(new Date(before).getHours(), new Date(t0).getHours());
    assert.ok(Math.abs(t0 - before - 86_400_000) <= 3_600_000);
  });
});
