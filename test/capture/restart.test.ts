import assert from "node:assert/strict";
import { join } from "node:path";
import { processesBeforePart } from "../../src/capture/parts/processesBefore.ts";
import { snapshotsPart } from "../../src/capture/parts/snapshots.ts";
import { newRecorder } from "../recorder/support.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { group, openIn, snapshotAt } from "./support.ts";

describe("An archive that is made after a restart", () => {
  const tempDirectory = tempDirectories();

  it("holds the seconds from before it, from the disk, and says where nothing is recorded", async () => {
    const directory = await tempDirectory();
    const before = newRecorder(join(directory, "recording"));
    const { clock } = before;
    const nowMs = clock.wallMs();
    const groups = [group("burner", { cpuCores: 1 })];
    const record = async ({ recorder }: typeof before, fromSecond: number, toSecond: number) => {
      for (let second = fromSecond; second < toSecond; second++) {
        recorder.record(snapshotAt(nowMs + second * 1000, groups), groups);
        while (recorder.figures.queued > 50) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await record(before, -2400, -600);
    await before.recorder.close();

    const after = before.reopened();
    await after.recorder.open();
    await record(after, -300, 0);
    const capture = await openIn(directory, clock, { recording: after.recorder, parts: [snapshotsPart, processesBeforePart] });
    capture.start();
    const { id } = await capture.queue.request({});
    await capture.ended(1);
    const files = await capture.filesOf(id);
    const manifest = JSON.parse(files.get("manifest.json")?.toString() ?? "") as { asked: object; covered: object };
    assert.deepEqual(manifest.covered, {
      fromMs: nowMs - 1_800_000,
      toMs: nowMs - 1000,
      snapshots: 1500,
      holes: [{ fromMs: nowMs - 601_000, toMs: nowMs - 300_000 }],
    });
    assert.equal(files.get("snapshots.jsonl")?.toString().trimEnd().split("\n").length, 1500);
    assert.equal(files.get("processes-before.csv")?.toString().trimEnd().split("\n").length, 1501);
    assert.match(
      files.get("summary.txt")?.toString() ?? "",
      /^Hole +2026-11-21 09:49:59 UTC to 2026-11-21 09:55:00 UTC: nothing is recorded for 5m 1s$/m,
    );
    await capture.stop();
    await after.recorder.close();
  });
});
