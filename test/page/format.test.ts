import assert from "node:assert/strict";
import type { LogLine } from "../../src/api/answers.ts";
import { joinedCount, joinedLine } from "../../src/page/logic/captures.ts";
import { formatBytes, formatTick, formatValue, nameOf, placeOf, splitNames, timesIn } from "../../src/page/logic/format.ts";
import { linkWords, retryMs, silenceMs } from "../../src/page/logic/link.ts";
import { appended, fieldsText, mostLines, searched } from "../../src/page/logic/logLines.ts";
import { quietLines } from "../../src/page/logic/quietLines.ts";
import { sparkArea, sparkPath, squeezed } from "../../src/page/logic/spark.ts";
import { tickLabels } from "../../src/page/logic/ticks.ts";
import { durationText, listText } from "../../src/text.ts";
import { labels, t0 } from "./support.ts";

describe("figures for people", () => {
  it("have digits where they say something", () => {
    assert.deepEqual(
      [0, 0.004, 0.0994, 0.0996, 0.5, 1].map((ratio) => formatValue(ratio, "ratio")),
      ["0 %", "0.4 %", "9.9 %", "10 %", "50 %", "100 %"],
    );
    assert.deepEqual(
      [0, 0.5, 12.34, 123.4].map((value) => formatValue(value, "number")),
      ["0", "0.50", "12.3", "123"],
    );
    assert.deepEqual([0, 999, 1000, 999_600, 1.5e9, 12e12].map(formatBytes), ["0 B", "999 B", "1.0 kB", "1.0 MB", "1.5 GB", "12.0 TB"]);
    assert.equal(formatValue(2.5e6, "bytesPerSecond"), "2.5 MB/s");
  });

  it("say that nothing is known where nothing is known", () => {
    for (const value of [null, undefined, Number.NaN]) assert.equal(formatValue(value, "bytes"), "–");
  });

  it("lose their zeros on an axis", () => {
    assert.deepEqual(
      [formatTick(2e7, "bytesPerSecond"), formatTick(2.5, "number"), formatTick(20, "number"), formatTick(100, "number")],
      ["20 MB/s", "2.5", "20", "100"],
    );
  });

  it("are durations, lists and names", () => {
    assert.deepEqual([0.4, 59.6, 61, 3600, 90_000].map(durationText), ["0 s", "1 min", "1 min 1 s", "1 h", "1 d 1 h"]);
    assert.equal(listText(["a", "b", "c"]), "a, b and c");
    assert.equal(nameOf({ kind: "short_lived", process: "" }), "short-lived processes");
    assert.equal(placeOf(labels("a", { unit: "nginx.service", container: "web" })), "web · nginx.service · root");
  });

  it("set the names of a sentence apart", () => {
    assert.deepEqual(splitNames("`tar` and `gzip` did it."), [
      { text: "tar", isName: true },
      { text: " and ", isName: false },
      { text: "gzip", isName: true },
      { text: " did it.", isName: false },
    ]);
  });

  it("say which alerts have joined an archive, a line for each", () => {
    const times = timesIn("UTC");
    const alert = { fingerprint: "fp2", name: "HighLoad", labels: { alertname: "HighLoad" }, times: 1, firstAtMs: t0, lastAtMs: t0 };
    assert.deepEqual([joinedCount(), joinedCount([alert]), joinedCount([alert, alert])], ["", " 1 alert joined", " 2 alerts joined"]);
    assert.equal(joinedLine(alert, times), "HighLoad, since 21 Nov 10:00:00, fp2");
    const more = { ...alert, labels: { ...alert.labels, instance: "web1" }, onsetMs: t0 - 60_000, judged: "`burner` did it." };
    assert.equal(joinedLine(more, times), "HighLoad (instance=web1), since 21 Nov 09:59:00, fp2: `burner` did it.");
  });

  it("say what is silent and which messages wait", () => {
    const times = timesIn("UTC");
    assert.deepEqual(quietLines(undefined, times), []);
    const answer = {
      quiet: [{ groups: ["pg_dump"], untilMs: t0 }],
      silences: [{ id: "s1", triggers: ["HighLoad", "Spike"], reason: "the move", by: "admin", beganAtMs: t0, endsAtMs: t0 + 60_000 }],
      held: [
        { name: "HighLoad", title: "High Load", status: "firing", sinceMs: t0 - 60_000, untilMs: t0 },
        { name: "HighLoad", title: "High Load", status: "resolved", sinceMs: t0, untilMs: t0 + 60_000 },
      ],
    } as const;
    assert.deepEqual(quietLines(answer, times), [
      "Quiet hours hold everything by pg_dump back until 21 Nov 10:00:00.",
      "A silence holds HighLoad and Spike back until 21 Nov 10:01:00 (admin): the move",
      "High Load waits since 21 Nov 09:59:00, until 21 Nov 10:00:00.",
      "The end of High Load waits since 21 Nov 10:00:00, until 21 Nov 10:01:00.",
    ]);
  });

  it("tell times in the reader's zone, and in UTC", () => {
    const times = timesIn("Asia/Tokyo");
    assert.equal(times.clock(t0), "19:00:00");
    assert.equal(times.moment(t0), "21 Nov 19:00:00");
    assert.equal(times.moment(t0, t0 + 5000), "19:00:00");
    assert.equal(times.moment(t0, t0 + 86_400_000), "21 Nov 19:00:00");
    assert.equal(times.utc(t0), "2026-11-21 10:00:00 UTC");
  });

  it("label the time axis with the day where it changes", () => {
    const times = timesIn("UTC");
    const midnight = Date.UTC(2026, 10, 22);
    assert.deepEqual(tickLabels([midnight - 1_800_000, midnight], 1_800_000, times), ["23:30", "00:00\n22 Nov"]);
    assert.deepEqual(tickLabels([t0, t0 + 15_000], 15_000, times), ["10:00:00", "10:00:15"]);
    assert.deepEqual(tickLabels([midnight, midnight + 86_400_000], 86_400_000, times), ["22 Nov", "23 Nov"]);
  });
});

describe("a sparkline", () => {
  it("is a path with a hole where nothing is known", () => {
    assert.equal(sparkPath([0, 5, null, 10, 20], 10, 40, 10), "M0 10L10 5M30 0L40 0");
    assert.equal(sparkPath([1], 1, 10, 10), "");
    assert.equal(sparkArea([0, 5, null, 10, 20], 10, 40, 10), "M0 10L0 10L10 5L10 10M30 10L30 0L40 0L40 10");
  });

  it("loses no peak when it is squeezed", () => {
    assert.deepEqual(squeezed([0, 9, 0, 0, null, null], 3), [9, 0, null]);
    assert.deepEqual(squeezed([1, 2], 3), [1, 2]);
  });
});

describe("the connection in words", () => {
  it("says how old what is shown is, once it is lost or silent", () => {
    assert.deepEqual(linkWords({ state: "live", heardAtMs: t0 }, t0 + 2000, silenceMs(5)), { text: "Live", bad: false });
    assert.deepEqual(linkWords({ state: "live", heardAtMs: t0 }, t0 + 9000, silenceMs(undefined)), {
      text: "No news; what is shown is 9 s old",
      bad: true,
    });
    assert.deepEqual(linkWords({ state: "lost", heardAtMs: t0, reason: "the server does not answer" }, t0 + 61_000, silenceMs(5)), {
      text: "Connection lost (the server does not answer); what is shown is 1 min 1 s old",
      bad: true,
    });
    // a source that looks every twenty seconds is not silent after thirty
    assert.equal(linkWords({ state: "live", heardAtMs: t0 }, t0 + 30_000, silenceMs(60)).text, "Live");
    assert.equal(linkWords({ state: "loggedOut" }, t0, silenceMs(5)).text, "Logged out");
  });

  it("is tried again soon, and then every ten seconds", () => {
    assert.deepEqual([0, 1, 2, 5, 100].map(retryMs), [500, 1000, 2000, 10_000, 10_000]);
  });
});

describe("the log on the page", () => {
  const line = (sequence: number, message: string, fields: Record<string, unknown> = {}): LogLine => ({
    sequence,
    time: "",
    level: "info",
    message,
    fields,
  });

  it("keeps a bounded tail", () => {
    const many = Array.from({ length: mostLines + 5 }, (_, index) => line(index, "x"));
    assert.equal(appended([line(-1, "old")], many).length, mostLines);
    assert.equal(appended([], many)[0]?.sequence, 5);
  });

  it("is searched by all words, in messages and fields", () => {
    const lines = [line(1, "capture: archive finished", { id: "a-17" }), line(2, "request", { path: "/metrics" })];
    assert.deepEqual(
      searched(lines, "CAPTURE a-17").map(({ sequence }) => sequence),
      [1],
    );
    assert.deepEqual(searched(lines, "nothing"), []);
    assert.equal(fieldsText({ id: "a b", count: 3, list: ["x"] }), 'id="a b" count=3 list=["x"]');
  });
});
