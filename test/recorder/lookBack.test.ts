import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { rangeOf } from "../../src/recorder/ranges/range.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { filesOf, group, newRecorder, other, t0 } from "./support.ts";

const hour = 3_600_000;

describe("Looking back", () => {
  const tempDirectory = tempDirectories();
  /** One second of every ten, so that hours are quickly made. */
  const groupsAt = (index: number) => [
    group("burner", { cpuCores: index === 1000 ? 4 : 1 }),
    ...(index % 60 === 7 ? [group(`visitor${index}`, { cpuCores: 0.1 })] : []),
    other({ cpuCores: 0.5 }),
  ];

  /** Seven hours and five minutes, ten seconds between the lines. */
  async function hours() {
    const directory = await tempDirectory();
    const made = newRecorder(directory);
    for (let index = 0; index < 2550; index++) {
      const groups = groupsAt(index);
      made.recorder.record(snapshot(index, groups), groups);
      while (made.recorder.figures.queued > 50) await new Promise((resolve) => setImmediate(resolve));
    }
    await made.recorder.close({ pack: true });
    return { directory, ...made };
  }

  function snapshot(index: number, groups: ReturnType<typeof groupsAt>) {
    const busyCores = groups.reduce((sum, { usage }) => sum + (usage.cpuCores ?? 0), 0);
    const host = { cpu: { cores: 8, busySeconds: 0, busyCores, usageRatio: busyCores / 8 } };
    return { takenAtMs: t0 + index * 10_000, elapsedSeconds: 10, gap: false, host, processes: [], groups };
  }

  it("gives the same from summaries as from seconds, whoever asks for it", async function () {
    this.timeout(60_000);
    const { directory, reopened, recorder } = await hours();
    const range = rangeOf({ fromMs: t0, toMs: t0 + 7 * hour });
    assert.equal(range.stepMs, 60_000);
    const inMemoryToo = await recorder.lookBack.downsampled(range);
    const fromSummaries = await reopened().recorder.lookBack.downsampled(range);
    assert.deepEqual(fromSummaries, inMemoryToo);
    const table = async () => {
      let text = "";
      for await (const piece of reopened().recorder.lookBack.table(range)) text += piece;
      return text;
    };
    const tableOfSummaries = await table();
    for (const name of await filesOf(directory)) if (name.includes("summary")) await rm(join(directory, name));
    const fromSeconds = await reopened().recorder.lookBack.downsampled(range);
    assert.deepEqual(fromSeconds.seconds, fromSummaries.seconds);
    assert.deepEqual(fromSeconds.covered, fromSummaries.covered);
    assert.deepEqual(fromSeconds.figures, fromSummaries.figures);
    assert.deepEqual(fromSeconds.groups[0], fromSummaries.groups[0]);
    assert.deepEqual(await table(), tableOfSummaries);
    assert.equal(tableOfSummaries.split("\r\n").length, 1 + 420 + 1);
    assert.equal(Math.max(...(fromSummaries.groups[0]?.usage.cpuCores?.peak.map((peak) => peak ?? 0) ?? [])), 4);
  });

  it("gives a week in steps of ten minutes from the whole segments' lines", async () => {
    const { reopened } = await hours();
    const range = rangeOf({ fromMs: t0 - 6 * 24 * hour, toMs: t0 + 24 * hour });
    const { figures, seconds, groups } = await reopened().recorder.lookBack.downsampled(range);
    const from = (t0 - range.fromMs) / range.stepMs;
    assert.deepEqual(seconds.slice(from - 1, from + 2), [0, 600, 600]);
    assert.equal(figures.cpuUsageRatio?.mean[from], 0.1877);
    assert.equal(figures.cpuUsageRatio?.mean[from - 1], undefined);
    const sums = groups.reduce((sum, { usage }) => sum + (usage.cpuCores?.mean[from] ?? 0), 0);
    assert.ok(Math.abs(sums - 8 * (figures.cpuUsageRatio?.mean[from] ?? 0)) < 1e-3, `${sums}`);
  });

  it("gives up when nobody waits for it any more, and answers the next one", async () => {
    const { recorder } = await hours();
    const range = rangeOf({ fromMs: t0, toMs: t0 + 7 * hour });
    await assert.rejects(recorder.lookBack.downsampled(range, AbortSignal.abort(new Error("gone"))), /gone/);
    assert.equal((await recorder.lookBack.downsampled(range)).covered?.fromMs, t0);
  });

  it("asks its client's pace before it reads anything and between two segments, and reads nothing for who has gone by then", async () => {
    const { recorder } = await hours();
    const range = rangeOf({ fromMs: t0, toMs: t0 + 7 * hour });
    const gone = new AbortController();
    let turns = 0;
    const pace = async () => void turns++;
    const leave = async () => {
      await pace();
      gone.abort(new Error("gone"));
    };
    await assert.rejects(recorder.lookBack.downsampled(range, gone.signal, leave), /gone/);
    assert.equal(turns, 1);
    const paced = await recorder.lookBack.downsampled(range, undefined, pace);
    assert.ok(turns > 42, `${turns} turns for seven hours in segments of ten minutes`);
    assert.deepEqual(paced, await recorder.lookBack.downsampled(range));
  });

  it("finds the newest seconds behind as many segments as it takes", async () => {
    const { reopened } = await hours();
    const { lookBack } = reopened().recorder;
    const entries = await lookBack.history(500);
    assert.equal(entries.length, 500);
    assert.equal(entries.at(-1)?.takenAtMs, t0 + 25_490_000);
    assert.equal(entries[0]?.takenAtMs, t0 + 20_500_000);
    assert.equal((await lookBack.history(10_000)).length, 2550);
  });
});
