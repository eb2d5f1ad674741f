import assert from "node:assert/strict";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RecordedSnapshot } from "../../src/recorder/format/line.ts";
import { parseRecorded } from "../../src/recorder/format/parseLine.ts";
import { rangeOf } from "../../src/recorder/ranges/range.ts";
import { fixturePath } from "../support/paths.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { filesOf, newRecorder } from "./support.ts";

/**
 * A recording of format version 1, as Culprit 0.1.0 has written it on a machine with two cores, with its names and command lines changed:
 * two and a half minutes over the end of a segment; first a shell burns a core for twenty seconds, then dd writes to the disk.
 * Every later version must go on reading it. It is never made anew: a new format gets a recording of its own beside it.
 */
const recording = fixturePath("recording-v1");

describe("A recording of version 1", () => {
  const tempDirectory = tempDirectories();

  /** A copy, for a recorder puts its directory in order. */
  async function opened() {
    const directory = join(await tempDirectory(), "recording");
    await cp(recording, directory, { recursive: true });
    const made = newRecorder(directory);
    await made.recorder.open();
    return { directory, ...made };
  }

  async function snapshots(): Promise<readonly RecordedSnapshot[]> {
    const { recorder } = await opened();
    const span = await recorder.between(0, Number.MAX_SAFE_INTEGER);
    const found: RecordedSnapshot[] = [];
    for await (const line of span) {
      const snapshot = parseRecorded(line);
      assert.ok(snapshot, line.line);
      found.push(snapshot);
    }
    await span.close();
    return found;
  }

  it("is read second by second, over both of its segments and without a complaint", async () => {
    const all = await snapshots();
    assert.equal(all.length, 151);
    for (const [index, { takenAtMs, elapsedSeconds, gap, host, groups, processes }] of all.entries()) {
      assert.ok(takenAtMs > (all[index - 1]?.takenAtMs ?? 0));
      assert.equal(gap, false);
      assert.equal(elapsedSeconds === undefined, index === 0);
      assert.ok((host.memory?.totalBytes ?? 0) > 0 && groups.length > 3 && processes !== undefined);
      if (index > 0) assert.ok((host.cpu?.usageRatio ?? -1) >= 0);
    }
    const { log, recorder } = await opened();
    await recorder.between(0, 9e15).then((span) => span.close());
    assert.deepEqual(log(), []);
  });

  it("still says who it was", async () => {
    const all = await snapshots();
    const seconds = (process: string, least: (usage: RecordedSnapshot["groups"][number]["usage"]) => boolean) =>
      all.filter(({ groups }) => groups.some((group) => group.process === process && least(group.usage))).length;
    assert.ok(seconds("sh", ({ cpuCores = 0 }) => cpuCores > 0.1) >= 25);
    assert.ok(seconds("dd", ({ writtenBytesPerSecond = 0 }) => writtenBytesPerSecond > 1e7) >= 10);
  });

  it("is downsampled to the same from its summaries as from its seconds", async () => {
    const { recorder, directory } = await opened();
    const all = await snapshots();
    const range = rangeOf({ fromMs: (all[0]?.takenAtMs ?? 0) - 60_000, toMs: (all.at(-1)?.takenAtMs ?? 0) + 60_000, stepMs: 60_000 });
    const fromSummaries = await recorder.lookBack.downsampled(range);
    for (const name of await filesOf(directory)) if (name.includes("summary")) await rm(join(directory, name));
    const fromSeconds = await recorder.lookBack.downsampled(range);
    assert.ok(fromSummaries.seconds.filter((seconds) => seconds > 0).length >= 3);
    assert.deepEqual(fromSummaries.seconds, fromSeconds.seconds);
    // a figure that is measured since then stands in the seconds alone
    const told = Object.keys(fromSummaries.figures) as (keyof typeof fromSummaries.figures)[];
    assert.equal(told.length, 15);
    for (const name of told) assert.deepEqual(fromSummaries.figures[name], fromSeconds.figures[name], name);
    // the order of two that used nearly the same may differ
    const names = ({ groups }: typeof fromSeconds) => groups.map(({ kind, process, unit }) => `${kind} ${process} ${unit}`).sort();
    assert.deepEqual(names(fromSummaries), names(fromSeconds));
  });
});
