import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { GroupUsage } from "../../src/model/group.ts";
import type { Spike } from "../../src/model/spike.ts";
import type { FlightRecorderOptions } from "../../src/recorder/flightRecorder.ts";
import { rangeOf, searchRangeOf } from "../../src/recorder/ranges/range.ts";
import { parseSearchQuery } from "../../src/recorder/ranges/searchQuery.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { filesOf, group, newRecorder, other, snapshotAt, t0 } from "./support.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const dayFile = "20261121.minutes.jsonl.gz";

describe("The minutes of a day", () => {
  const tempDirectory = tempDirectories();

  /** Fifteen groups of which the first uses most, and all others. */
  const groups: readonly GroupUsage[] = [
    ...Array.from({ length: 15 }, (_, index) => group(`job${index}`, { cpuCores: (15 - index) / 100, residentBytes: 1e6 * (index + 1) })),
    other({ cpuCores: 0.05, residentBytes: 1e6 }),
  ];
  const all = groups.reduce((sum, { usage }) => sum + (usage.cpuCores ?? 0), 0);

  /** Half an hour of a morning, in which one burns for a minute, then the morning after. */
  async function twoMornings(directory: string, changes: Partial<FlightRecorderOptions> = {}) {
    const made = newRecorder(directory, changes);
    const record = (fromMs: number, toMs: number) => {
      for (let ms = fromMs; ms < toMs; ms += 10_000) {
        const burns = ms >= t0 + 5 * minute && ms < t0 + 6 * minute;
        const shown = burns ? [...groups, group("burner", { cpuCores: 2, residentBytes: 1 })] : groups;
        made.recorder.record(snapshotAt(ms, shown, { elapsedSeconds: 10 }), shown);
      }
    };
    await made.recorder.open();
    record(t0, t0 + 30 * minute);
    await made.clock.advance(day / 1000);
    record(t0 + day, t0 + day + 20 * minute);
    await made.recorder.close({ pack: true });
    return made;
  }

  /** The morning's seconds have gone. */
  async function withoutFirstMorning(directory: string) {
    for (const name of await filesOf(directory)) if (/^20261121T/.test(name)) await rm(join(directory, name));
    return newRecorder(directory).recorder.lookBack;
  }

  it("are kept in a file of their own when the day is over, without anybody's command lines", async () => {
    const directory = await tempDirectory();
    await twoMornings(directory);
    assert.ok((await filesOf(directory)).includes(dayFile));
    assert.ok(!(await filesOf(directory)).includes("20261122.minutes.jsonl.gz"), "that day is not over");
    const [header = "", head = ""] = gunzipSync(await readFile(join(directory, dayFile)))
      .toString("utf8")
      .split("\n");
    assert.equal((JSON.parse(header) as { recording: string }).recording, "culprit");
    assert.equal((JSON.parse(head) as { untilMs: number }).untilMs, Date.UTC(2026, 10, 22));
  });

  it("are shown where the seconds are gone: means, peaks, who led, and sums that are the machine's", async () => {
    const directory = await tempDirectory();
    await twoMornings(directory);
    const lookBack = await withoutFirstMorning(directory);
    const { range, minutesBeforeMs } = await lookBack.fitted(rangeOf({ fromMs: t0, toMs: t0 + 10 * minute }));
    assert.deepEqual([range.stepMs, minutesBeforeMs], [minute, t0 + 10 * minute]);
    const { seconds, figures, groups: found, covered } = await lookBack.downsampled(range);
    assert.deepEqual(seconds, Array(10).fill(60));
    assert.deepEqual(covered, { fromMs: t0, toMs: t0 + 9 * minute + 50_000 });
    const busy = figures.cpuUsageRatio?.mean ?? [];
    assert.ok(Math.abs((busy[0] ?? 0) - all / 4) < 0.001 && Math.abs((busy[5] ?? 0) - (all + 2) / 4) < 0.003, busy.join());
    const burner = found.find(({ process }) => process === "burner");
    assert.deepEqual(burner?.usage.cpuCores?.peak.slice(4, 7), [undefined, 2, undefined]);
    assert.equal(found.filter(({ kind }) => kind === "process").length, 11, "ten of each minute");
    const sum = found.reduce((cores, { usage }) => cores + (usage.cpuCores?.mean[0] ?? 0), 0);
    assert.ok(Math.abs(sum - all) < 0.01, `${sum} of ${all}`);
  });

  it("go on in tables, in coarse charts and before the seconds of the same range", async () => {
    const directory = await tempDirectory();
    await twoMornings(directory);
    const lookBack = await withoutFirstMorning(directory);
    const range = rangeOf({ fromMs: t0, toMs: t0 + 2 * day, stepMs: hour });
    assert.deepEqual(await lookBack.fitted(range), { range, minutesBeforeMs: t0 + day });
    const { seconds } = await lookBack.downsampled(range);
    assert.deepEqual([seconds[0], seconds[1], seconds[24]], [1800, 0, 1200]);
    const rows: string[] = [];
    for await (const row of lookBack.table(rangeOf({ fromMs: t0 + 5 * minute, toMs: t0 + 7 * minute, stepMs: minute }))) rows.push(row);
    const records = rows.join("").trim().split("\r\n");
    assert.equal(records.length, 3);
    assert.match(records[1] ?? "", /^2026-11-21T10:05:00\.000Z,60,.*burner,2/);
    assert.equal(await lookBack.recordedFromMs(), t0);
    assert.equal((await lookBack.folded(t0, t0 + 10 * minute))?.seconds, 600);
  });

  it("are told by the hour in weeks of them and by the day in a season, but for tables", async () => {
    const directory = await tempDirectory();
    await twoMornings(directory);
    const lookBack = await withoutFirstMorning(directory);
    const steps = async (days: number, isChart?: boolean) => {
      const range = rangeOf({ fromMs: t0 - (days - 2) * day, toMs: t0 + 2 * day, stepMs: minute });
      return (await lookBack.fitted(range, isChart)).range;
    };
    assert.deepEqual([(await steps(9)).stepMs, (await steps(30)).stepMs, (await steps(300)).stepMs], [minute, hour, day]);
    assert.equal((await steps(300, false)).stepMs, minute);
    const season = await lookBack.downsampled(await steps(300));
    const recorded = season.seconds.map((seconds, at) => [at, seconds] as const).filter(([, seconds]) => seconds > 0);
    assert.deepEqual(
      recorded.map(([, seconds]) => seconds),
      [1800, 1200],
    );
    const [[first = 0] = []] = recorded;
    assert.equal(season.groups.find(({ process }) => process === "burner")?.usage.cpuCores?.peak[first], 2);
  });

  it("are not told twice while there are seconds of them", async () => {
    const directory = await tempDirectory();
    const { recorder } = await twoMornings(directory);
    const range = rangeOf({ fromMs: t0, toMs: t0 + hour, stepMs: minute });
    assert.deepEqual(await recorder.lookBack.fitted(range), { range });
    const { seconds } = await recorder.lookBack.downsampled(range);
    assert.deepEqual(seconds.slice(0, 30), Array(30).fill(60));
    await rm(join(directory, "20261121T100000.000Z.jsonl.gz"));
    const mixed = (await newRecorder(directory).recorder.lookBack.downsampled(range)).seconds;
    assert.deepEqual([mixed.slice(0, 30), mixed[30]], [Array(30).fill(60), 0]);
  });

  it("are searched, and say that only who led is known of them", async () => {
    const directory = await tempDirectory();
    await twoMornings(directory);
    const lookBack = await withoutFirstMorning(directory);
    const search = (query: string) =>
      lookBack.search({ wanted: parseSearchQuery(query), range: searchRangeOf({ fromMs: t0, toMs: t0 + 2 * day }), limit: 20 });
    const { matches, notes, covered } = await search("BURN");
    assert.deepEqual(
      matches.map(({ process, ran, usage }) => [process, ran, usage.cpuCores?.total, usage.cpuCores?.peak]),
      [["burner", [[t0 + 5 * minute, t0 + 6 * minute]], 120, 2]],
    );
    assert.match(notes[0] ?? "", /^30 minutes have no index of names/);
    assert.deepEqual(covered, { fromMs: t0, toMs: t0 + day + 20 * minute });
    assert.equal((await search("job0")).all?.ran.length, 2);
    assert.equal((await search("nobody")).total, 0);
  });

  it("are kept before the seconds are deleted, also where these do not last for a day", async () => {
    const directory = await tempDirectory();
    const { recorder } = newRecorder(directory, { limits: { maxBytes: 1, maxAgeSeconds: 1e9 } });
    await recorder.open();
    for (let ms = t0; ms < t0 + 4 * hour; ms += minute) recorder.record(snapshotAt(ms, groups, { elapsedSeconds: 60 }), groups);
    await recorder.close({ pack: true });
    const left = (await filesOf(directory)).filter((name) => /T\d{6}\.\d{3}Z\.jsonl/.test(name));
    assert.ok(left.length < 15, `${left.length} segments are left`);
    const { seconds } = await recorder.lookBack.downsampled(rangeOf({ fromMs: t0, toMs: t0 + 4 * hour, stepMs: 10 * minute }));
    assert.deepEqual(seconds, Array(24).fill(600));
  });

  it("hold the spikes that began on the day", async () => {
    const directory = await tempDirectory();
    const spike = (id: string, startMs: number): Spike => ({
      ...{ id, resource: "cpu", startMs, peakMs: startMs, endMs: startMs + minute, baseline: 0, peak: 1, unit: "cores" },
    });
    await twoMornings(directory, { spikesOf: () => [spike("a", t0 + minute), spike("b", t0 - day)] });
    const lookBack = await withoutFirstMorning(directory);
    assert.deepEqual(
      (await lookBack.spikes(t0, t0 + hour)).map(({ id }) => id),
      ["a"],
    );
    assert.deepEqual(await lookBack.spikes(t0 + hour, t0 + 2 * hour), []);
  });

  it("are deleted with the oldest first when there are too many bytes or they are too old, and never what is not this Culprit's", async () => {
    for (const minuteLimits of [
      { maxBytes: 1, maxAgeSeconds: 1e12 },
      { maxBytes: 1e12, maxAgeSeconds: day / 1000 },
    ]) {
      const directory = await tempDirectory();
      const newer = gzipSync('{"schemaVersion":99,"recording":"culprit"}\n{"bytes":[]}\n');
      for (const name of ["20250101", "20260102"]) await writeFile(join(directory, `${name}.minutes.jsonl.gz`), newer);
      const own = gzipSync('{"schemaVersion":1,"recording":"culprit"}\n{"bytes":[]}\n');
      await writeFile(join(directory, "20260101.minutes.jsonl.gz"), own);
      await twoMornings(directory, { minuteLimits });
      const left = (await filesOf(directory)).filter((name) => name.includes("minutes"));
      assert.deepEqual(left, ["20250101.minutes.jsonl.gz", "20260102.minutes.jsonl.gz", dayFile]);
    }
  });
});
