import assert from "node:assert/strict";
import { appendFile, copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { GroupUsage } from "../../src/model/group.ts";
import type { ProcessUsage } from "../../src/model/snapshot.ts";
import type { FlightRecorder } from "../../src/recorder/flightRecorder.ts";
import { searchRangeOf } from "../../src/recorder/ranges/range.ts";
import { parseSearchQuery, QueryProblem } from "../../src/recorder/ranges/searchQuery.ts";
import type { LookBack } from "../../src/recorder/reading/lookBack.ts";
import { eventually } from "../capture/support.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { filesOf, group, newRecorder, snapshotAt, t0 } from "./support.ts";

const minute = 60_000;
const stem = "20261121T100000.000Z";

describe("A search of the recording", () => {
  const tempDirectory = tempDirectories();

  const search = (lookBack: LookBack, query: string, fromMs = t0, toMs = t0 + 30 * minute, limit = 20) =>
    lookBack.search({ wanted: parseSearchQuery(query), range: searchRangeOf({ fromMs, toMs }), limit });
  const names = async (lookBack: LookBack, query: string) => (await search(lookBack, query)).matches.map(({ process }) => process).sort();

  const onDisk = (recorder: FlightRecorder) => eventually("the disk has it", () => recorder.figures.queued === 0);

  /** nginx runs in minutes 1, 2 and 12, at two cores in one second; the sleeper never does; a line shows neither. */
  async function recorded(directory: string) {
    const made = newRecorder(directory);
    const web = { unit: "nginx.service", user: "www-data" };
    await made.recorder.open();
    for (let second = 0; second < 900; second += 10) {
      const ran = [1, 2, 12].includes(Math.floor(second / 60));
      const groups: GroupUsage[] = [
        group("nginx", { cpuCores: ran ? (second === 70 ? 2 : 0.5) : 0, residentBytes: 1e7, writtenBytesPerSecond: ran ? 1000 : 0 }, web),
        group("sleeper", { cpuCores: 0, residentBytes: 1e9 }),
        group("Burner", { cpuCores: 1 }, { container: "shop-1" }),
        group("", { cpuCores: second === 300 ? 1 : 0 }, { id: "short", kind: "short_lived", unit: "cron.service", user: "" }),
      ];
      made.recorder.record(snapshotAt(t0 + second * 1000, groups, { elapsedSeconds: 10 }), []);
    }
    await onDisk(made.recorder);
    return made;
  }

  const expected = {
    ran: [
      [t0 + minute, t0 + 3 * minute],
      [t0 + 12 * minute, t0 + 13 * minute],
    ],
    firstMs: t0 + minute,
    lastMs: t0 + 12 * minute,
  };

  it("finds every minute in which a name ran, with peak and total, whatever the lines had room for", async () => {
    const { recorder } = await recorded(await tempDirectory());
    for (const state of ["while it is written", "packed"]) {
      if (state === "packed") await recorder.close({ pack: true });
      const { matches, all, total, covered, notes } = await search(recorder.lookBack, "NGIN");
      const [nginx] = matches;
      assert.ok(nginx !== undefined && total === 1, state);
      const { ran, firstMs, lastMs, usage, unit, user } = nginx;
      assert.deepEqual({ ran, firstMs, lastMs }, expected, state);
      assert.deepEqual([unit, user], ["nginx.service", "www-data"]);
      assert.deepEqual([usage.cpuCores?.total, usage.cpuCores?.peak, usage.cpuCores?.peakAtMs], [105, 2, t0 + minute]);
      assert.deepEqual([usage.writtenBytesPerSecond?.total, usage.residentBytes?.peak], [180_000, 1e7]);
      assert.deepEqual(usage.cpuCores?.strip.peak.slice(0, 4), [null, 2, 0.5, null]);
      assert.deepEqual(usage.cpuCores?.strip.mean?.slice(0, 4), [null, 0.75, 0.5, null]);
      assert.deepEqual(all?.ran, expected.ran);
      assert.deepEqual([covered, notes], [{ fromMs: t0, toMs: t0 + 15 * minute }, []]);
    }
  });

  it("finds by unit, container and user, in small or capital letters, and by several words at once", async () => {
    const { recorder } = await recorded(await tempDirectory());
    const { lookBack } = recorder;
    assert.deepEqual(await names(lookBack, "burn"), ["Burner"]);
    assert.deepEqual(await names(lookBack, "SHOP-1"), ["Burner"]);
    assert.deepEqual(await names(lookBack, "user:WWW"), ["nginx"]);
    assert.deepEqual(await names(lookBack, "unit:cron"), [""], "short-lived processes of a unit");
    assert.deepEqual(await names(lookBack, "unit:nginx user:www-data"), ["nginx"]);
    assert.deepEqual(await names(lookBack, "unit:nginx user:root"), []);
    assert.deepEqual(await names(lookBack, "sleeper"), [], "who sleeps does not run");
    await recorder.close({ pack: true });
    assert.deepEqual(await names(lookBack, "process"), [], "the names of the fields are no names");
    assert.deepEqual(await names(lookBack, '"shop-1"'), ["Burner"]);
  });

  it("looks into the range that is asked for and no further", async () => {
    const { recorder } = await recorded(await tempDirectory());
    await recorder.close({ pack: true });
    const { matches, covered } = await search(recorder.lookBack, "nginx", t0 + 11 * minute, t0 + 14 * minute);
    assert.deepEqual(matches[0]?.ran, [[t0 + 12 * minute, t0 + 13 * minute]]);
    assert.deepEqual(covered, { fromMs: t0 + 11 * minute, toMs: t0 + 14 * minute });
  });

  it("loses at most the newest minute to a sudden end, and finds even there who led", async () => {
    const directory = await tempDirectory();
    const { recorder } = newRecorder(directory);
    for (let second = 0; second < 150; second++) {
      const busy = group("quiet", { cpuCores: 0.1 });
      const leader = group("leader", { cpuCores: 1 });
      recorder.record(snapshotAt(t0 + second * 1000, [busy, leader]), [leader]);
    }
    await onDisk(recorder);
    // what a process that is killed leaves: no orderly end
    const after = await tempDirectory();
    for (const name of await filesOf(directory)) await copyFile(join(directory, name), join(after, name));
    await recorder.close();
    await appendFile(join(after, `${stem}.names.jsonl`), '{"atMs":17952552');
    const { recorder: next } = newRecorder(after);
    await next.open();
    await next.close({ pack: true });
    assert.deepEqual((await search(next.lookBack, "quiet")).matches[0]?.ran, [[t0, t0 + 2 * minute]]);
    const { matches, notes } = await search(next.lookBack, "leader");
    assert.deepEqual(matches[0]?.ran, [[t0, t0 + 3 * minute]]);
    assert.match(notes[0] ?? "", /^1 minute has no index of names \(2026-11-21 10:02:00 UTC to 2026-11-21 10:03:00 UTC\)/);
  });

  it("counts the minute that runs once, whether or not its lines are on the disk", async () => {
    const { recorder } = newRecorder(await tempDirectory());
    const busy = [group("nginx", { cpuCores: 0.5 })];
    for (let second = 0; second < 20; second++) recorder.record(snapshotAt(t0 + second * 1000, busy), busy);
    await onDisk(recorder);
    const { matches, notes } = await search(recorder.lookBack, "nginx");
    assert.deepEqual([matches[0]?.usage.cpuCores?.total, notes], [10, []]);
    await recorder.close();
  });

  it("finds in a recording that nobody has put in order yet what its lines tell of the newest minute", async () => {
    const directory = await tempDirectory();
    const { recorder } = newRecorder(directory);
    const busy = [group("nginx", { cpuCores: 0.5 })];
    for (let second = 0; second < 90; second++) recorder.record(snapshotAt(t0 + second * 1000, busy), busy);
    await onDisk(recorder);
    const { lookBack } = newRecorder(directory).recorder;
    const { matches, notes } = await search(lookBack, "nginx");
    assert.deepEqual([matches[0]?.ran, matches[0]?.usage.cpuCores?.total], [[[t0, t0 + 2 * minute]], 45]);
    assert.match(notes[0] ?? "", /^1 minute has no index of names/);
    await recorder.close();
  });

  it("falls back on summaries, and on lines, where there is no index, and says so", async () => {
    const directory = await tempDirectory();
    const { recorder } = newRecorder(directory);
    for (let second = 0; second < 120; second++) {
      const groups = [group("nginx", { cpuCores: 0.5 }), group("idle", { cpuCores: 0, residentBytes: 1e9 })];
      recorder.record(snapshotAt(t0 + second * 1000, groups), groups);
    }
    await recorder.close({ pack: true });
    const { recorder: old } = newRecorder(directory);
    for (const gone of ["names", "summary"]) {
      await rm(join(directory, `${stem}.${gone}.jsonl.gz`));
      const { matches, notes } = await search(old.lookBack, "nginx");
      assert.deepEqual([matches[0]?.ran, matches[0]?.usage.cpuCores?.total], [[[t0, t0 + 2 * minute]], 60], gone);
      assert.match(notes[0] ?? "", /^2 minutes have no index of names/);
      assert.deepEqual(await names(old.lookBack, "idle"), []);
    }
  });

  it("holds a thousand names of a minute, those that did most, and says how many are left out", async () => {
    const { recorder } = newRecorder(await tempDirectory());
    for (let second = 0; second < 3; second++) {
      const groups = Array.from({ length: 1500 }, (_, index) => group(`job${second * 1500 + index}`, { cpuCores: 0.001 }));
      recorder.record(snapshotAt(t0 + second * 1000, [...groups, group("hog", { cpuCores: 2 })]), []);
    }
    recorder.record(snapshotAt(t0 + minute), []);
    await onDisk(recorder);
    const { total, notes, matches } = await search(recorder.lookBack, "o", t0, t0 + minute, 3);
    assert.deepEqual([total, matches[0]?.process, matches.length], [1000, "hog", 3]);
    assert.deepEqual(notes, ["some minutes had more names than the index keeps: 3501 that did least are left out"]);
    await recorder.close();
  });

  it("shows the strips of those that did most although hundreds were found before them", async () => {
    const { recorder } = newRecorder(await tempDirectory());
    const groups = Array.from({ length: 400 }, (_, index) => group(`job${index}`, { cpuCores: index / 100 }));
    recorder.record(snapshotAt(t0, groups), []);
    const { matches } = await search(recorder.lookBack, "job", t0, t0 + minute, 2);
    assert.deepEqual(
      matches.map(({ process, usage }) => [process, usage.cpuCores?.strip.peak]),
      [
        ["job399", [3.99]],
        ["job398", [3.98]],
      ],
    );
    await recorder.close();
  });

  it("finds of very much what it would find of little: those that did most, how many there are, and what they came to together", async () => {
    const { recorder } = newRecorder(await tempDirectory());
    await recorder.open();
    const minutes = 240;
    for (let at = 0; at < minutes; at++) {
      const groups = Array.from({ length: 600 }, (_, index) => group(`Job${index}`, { cpuCores: (index + 1) / 1000 }, { user: "batch" }));
      const late = at === 200 ? [group("Latecomer", { cpuCores: 500 }, { user: "batch" })] : [];
      recorder.record(snapshotAt(t0 + at * minute, [...groups, ...late], { elapsedSeconds: 60 }), []);
      if (at % 10 === 9) await onDisk(recorder);
    }
    await recorder.close({ pack: true });
    const { lookBack } = recorder;
    const broad = await search(lookBack, "user:batch", t0, t0 + minutes * minute, 3);
    assert.deepEqual(
      broad.matches.map(({ process }) => process),
      ["Latecomer", "Job599", "Job598"],
    );
    assert.deepEqual([broad.total, broad.hasMore], [601, false]);
    for (const match of broad.matches) {
      const [alone] = (await search(lookBack, `process:${match.process}`, t0, t0 + minutes * minute)).matches;
      assert.deepEqual(match, alone);
    }
    // the totals of a segment are kept to a thousandth
    const { total = 0, peak, peakAtMs } = broad.all?.usage.cpuCores ?? {};
    const expectedTotal = ((600 * 601) / 2 / 1000) * 60 * minutes + 500 * 60;
    assert.ok(Math.abs(total / expectedTotal - 1) < 0.002, `${total} instead of ${expectedTotal}`);
    assert.deepEqual([peak, peakAtMs], [500, t0 + 200 * minute]);
    assert.deepEqual(broad.all?.ran, [[t0, t0 + minutes * minute]]);
  });

  it("deletes an index with its segment, and leaves that of a newer Culprit alone", async () => {
    const directory = await tempDirectory();
    const { recorder } = await recorded(directory);
    await recorder.close({ pack: true });
    await rm(join(directory, `${stem}.jsonl.gz`));
    await writeFile(join(directory, "20261121T090000.000Z.names.jsonl"), '{"schemaVersion":2,"recording":"culprit"}\n');
    await newRecorder(directory).recorder.open();
    const left = (await filesOf(directory)).filter((name) => name.includes("names"));
    assert.deepEqual(left, ["20261121T090000.000Z.names.jsonl", "20261121T101000.000Z.names.jsonl.gz"]);
  });

  it("keeps no command line", async () => {
    const directory = await tempDirectory();
    const { recorder } = newRecorder(directory);
    const commandLine = "a --token=hunter2";
    const busy: ProcessUsage = {
      key: "1@1",
      pid: 1,
      parentPid: 0,
      groupId: "a",
      process: "a",
      state: "R",
      commandLine,
      usage: { cpuCores: 1 },
    };
    recorder.record(snapshotAt(t0, [group("a", { cpuCores: 1 })], { processes: [busy] }), []);
    await recorder.close({ pack: true });
    const index = gunzipSync(await readFile(join(directory, `${stem}.names.jsonl.gz`))).toString("utf8");
    assert.ok(index.includes('"process":"a"') && !index.includes("hunter2"));
  });

  it("says what it does not understand", () => {
    for (const query of ["", "  ", "user:", 'unit:""', "x".repeat(300), "a b c d e f g h i"]) {
      assert.throws(() => parseSearchQuery(query), QueryProblem, query);
    }
    assert.throws(() => parseSearchQuery("nginx user:"), /expected a text behind "user:"/);
  });
});
