import assert from "node:assert/strict";
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseRecorded } from "../../src/recorder/format/parseLine.ts";
import { secondTableHead, secondTableRecord } from "../../src/recorder/format/secondTable.ts";
import { filesOf, group, newRecorder, snapshotAt, t0 } from "../recorder/support.ts";
import { archiveOf, contentsOf, recordedLines, recording } from "../replay/support.ts";
import { assertGolden } from "../support/golden.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { program } from "./support/program.ts";

interface Document {
  readonly fromMs: number;
  readonly takenAtMs: number;
  readonly source: { readonly kind: string };
  readonly verdict?: { readonly sentence: string };
  readonly figures: { readonly cpu: { readonly usageRatio: number }; readonly fullestFilesystem?: { readonly mountpoint: string } };
  readonly spikes: readonly { readonly resource: string }[];
  readonly lines: readonly {
    readonly process: string;
    readonly mean: { readonly cpuCores?: number; readonly writtenBytesPerSecond?: number };
  }[];
}

describe("culprit once of the past", function () {
  this.timeout(120_000);
  const culprit = program();
  const tempDirectory = tempDirectories();

  async function document(folder: string, ...args: readonly string[]): Promise<Document> {
    const { code, out, err } = await culprit(folder, ["once", "--json", ...args]);
    assert.deepEqual([code, err], [0, ""]);
    return JSON.parse(out) as Document;
  }

  it("prints table, verdict and spikes of the minute around a moment, and changes nothing in what it reads", async () => {
    const before = await contentsOf(recording);
    const folder = await tempDirectory();
    const { code, out, err } = await culprit(folder, ["once", "--at", "2026-11-21T15:40:30Z", recording], undefined, { TZ: "UTC" });
    assert.deepEqual([code, err], [0, ""]);
    assertGolden("once-past.txt", out);
    assert.deepEqual(await contentsOf(recording), before);
    assert.deepEqual(await contentsOf(folder), []);
  });

  it("tells of the minute where the seconds are gone, and says so", async () => {
    const folder = await tempDirectory();
    const { recorder, clock } = newRecorder(join(folder, "recording"));
    for (const fromMs of [t0, t0 + 86_400_000]) {
      for (let second = 0; second < 120; second += 10) {
        const groups = [group("nightly", { cpuCores: 2 })];
        recorder.record(snapshotAt(fromMs + second * 1000, groups, { elapsedSeconds: 10 }), groups);
      }
      await clock.advance(86_400);
    }
    await recorder.close({ pack: true });
    for (const name of await filesOf(join(folder, "recording")))
      if (name.startsWith("20261121T")) await rm(join(folder, "recording", name));
    const { code, out, err } = await culprit(folder, ["once", "--at", "2026-11-21T10:01:00Z", folder], undefined, { TZ: "UTC" });
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /2\.00 .*nightly/);
    assert.match(out, /Note: of this time only minutes are known, with the groups that led in each\./);
  });

  it("takes times without a zone as those of the clock on the wall, and shows both", async () => {
    const args = ["once", "--at=21:10", "--seconds=10", recording];
    const { code, out } = await culprit(await tempDirectory(), args, undefined, { TZ: "Asia/Kolkata" });
    assert.equal(code, 0);
    assert.match(out, /^web1, 10 s of 2026-11-21 15:39:5\d to 15:40:0\d UTC \(2026-11-21 21:09:5\d to 21:10:0\d local time\)\n/);
  });

  it("looks into the storage of this machine when nothing is named", async () => {
    const folder = await tempDirectory();
    const { spikes, lines, figures, source } = await document(
      folder,
      "--from=2026-11-21T15:40:05Z",
      "--to=2026-11-21T15:40:35Z",
      `--storage.path=${recording}`,
    );
    assert.deepEqual([source.kind, spikes.map(({ resource }) => resource).sort()], ["recording", ["io", "pressure"]]);
    const writer = [...lines].sort((a, b) => (b.mean.writtenBytesPerSecond ?? 0) - (a.mean.writtenBytesPerSecond ?? 0))[0];
    assert.equal(writer?.process, "sh");
    assert.ok(figures.cpu.usageRatio > 0.9);
    assert.equal(figures.fullestFilesystem?.mountpoint, "/", "known from a line before");
  });

  it("says the same of a stretch whether it is in a recording or in an archive", async () => {
    const folder = await tempDirectory();
    await writeFile(join(folder, "web1.tar.gz"), await archiveOf());
    const stretch = ["--from=2026-11-21T15:40:05Z", "--to=2026-11-21T15:40:35Z"];
    const recorded = await document(folder, ...stretch, recording);
    const archived = await document(folder, ...stretch, "web1.tar.gz");
    assert.equal(archived.source.kind, "archive");
    assert.deepEqual(archived.lines, recorded.lines);
    assert.deepEqual(archived.figures, recorded.figures);
  });

  it("says of a table what a table holds, and what it does not", async () => {
    const folder = await tempDirectory();
    const seconds = (await recordedLines()).map((line) => parseRecorded({ takenAtMs: 0, line }));
    const rows = seconds.map((second) => (second === undefined ? "" : secondTableRecord(second)));
    await writeFile(join(folder, "web1.csv"), secondTableHead + rows.join(""));
    const { code, out } = await culprit(folder, ["once", "--at=-45s", "web1.csv"]);
    assert.equal(code, 0);
    assert.match(out, /^CPU {7}9\d %, at most 100 %$/m);
    assert.match(out, /^Memory {4}\d %, 1\.\d GB of 25 GB used$/m);
    assert.match(out.replaceAll("\n", " "), /Note: a table holds the machine's figures and the process that led in CPU/);
    assert.match(out, /node job9\.js$/m);
  });

  it("says from when to when there is something where nothing is", async () => {
    const { code, out, err } = await culprit(await tempDirectory(), ["once", "--at=2026-11-20T03:12:00Z", recording]);
    assert.deepEqual([code, out], [1, ""]);
    assert.equal(
      err,
      "culprit: nothing is recorded from 2026-11-20 03:11:30 UTC to 2026-11-20 03:12:30 UTC; what there is of web1 reaches from 2026-11-21 15:38:46 UTC to 2026-11-21 15:41:16 UTC\n",
    );
  });

  it("names the nearest spike where there was none", async () => {
    const { out } = await culprit(await tempDirectory(), ["once", "--at=2026-11-21T15:39:00Z", "--seconds=10", recording]);
    assert.match(out.replaceAll("\n", " "), /Note: the nearest spike began at 2026-11-21 15:39:19 UTC: `service24` /);
  });

  it("tells what happened on the machine meanwhile, and uses the spikes that are kept", async () => {
    const folder = await tempDirectory();
    await cp(recording, join(folder, "kept"), { recursive: true });
    const event = (id: string, atMs: number, text: string) => ({ id, atMs, kind: "deployment", text, by: "ci" });
    const events = [
      event("a", Date.UTC(2026, 10, 21, 15, 40, 5), "shop 4.2 was deployed"),
      event("b", Date.UTC(2026, 10, 21, 15, 39, 0), "too early"),
    ];
    await writeFile(join(folder, "kept", "events.json"), JSON.stringify({ schemaVersion: 1, events }));
    await writeFile(join(folder, "kept", "spikes.jsonl"), "");
    const { code, out } = await culprit(folder, ["once", "--at=2026-11-21T15:40:20Z", "kept"]);
    assert.equal(code, 0);
    assert.match(out, /^2026-11-21 15:40:05Z Event: shop 4\.2 was deployed\.$/m);
    assert.ok(!out.includes("too early"));
    assert.match(out, /caused|has caused|rise in/, "the stretch is judged, for no spike is kept");
    assert.match(out.replaceAll("\n", " "), /These 60 s, held against the 1 min \d+ s before\./);
    const { events: told } = JSON.parse((await culprit(folder, ["once", "--json", "--at=2026-11-21T15:40:20Z", "kept"])).out);
    assert.deepEqual(told, [events[0]]);
  });

  for (const [args, expected] of [
    [["--at=nights"], /^culprit: --at: expected a moment such as 03:12, .*, got "nights"$/m],
    [["--at=-5m", "--from=-10m"], /^culprit: --at: expected either --at, or --from and --to$/m],
    [["--to=-10m"], /^culprit: --to: expected --from with it$/m],
    [["--from=-10m", "--to=-20m"], /^culprit: --to: expected a moment after --from$/m],
    [["--from=-10m", "--seconds=5"], /^culprit: --seconds: --from and --to say how long it is/m],
    [["--at=-5m", "--capture-above=load5=2"], /^culprit: --capture-above: expected without --at and --from/m],
    [["some.tar.gz"], /^culprit: unexpected "some.tar.gz"; expected --at or --from with it$/m],
    [["--token-file=t"], /^culprit: --token-file: expected --at or --from with it$/m],
  ] as const) {
    it(`refuses ${args.join(" ")} and says what was expected`, async () => {
      const { code, out, err } = await culprit(await tempDirectory(), ["once", ...args]);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, expected);
    });
  }
});
