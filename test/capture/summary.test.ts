import assert from "node:assert/strict";
import { likeliestCulprit } from "../../src/capture/culprit.ts";
import { digestSpan } from "../../src/capture/digest.ts";
import { renderSummary, type SummaryFacts } from "../../src/capture/summary.ts";
import type { CaptureRequest } from "../../src/model/capture.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import type { RecordedLine } from "../../src/recorder/recording.ts";
import { group, smallTable, snapshotAt } from "./support.ts";

const t0 = Date.UTC(2026, 10, 21, 10, 0, 0);
const onsetMs = t0 + 60_000;

const request: CaptureRequest = {
  id: "20261121T100130Z-alert-HighCpu-abcdef",
  origin: "alert",
  name: "HighCpu",
  labels: { alertname: "HighCpu", instance: "web1" },
  annotations: { summary: "hot" },
  fingerprint: "fp1",
  requestedAtMs: t0 + 90_000,
  onsetMs,
  lookbackSeconds: 1800,
  incidentKey: "k",
  match: { kind: "own" },
};
const host = { hostname: "web1", os: "Linux", kernel: "6.18", arch: "x64" };

function linesOf(snapshots: readonly Snapshot[]): readonly RecordedLine[] {
  return snapshots.map((snapshot) => ({ takenAtMs: snapshot.takenAtMs, line: JSON.stringify(snapshot) }));
}

/** 120 seconds, the trouble in the second half. */
function seconds(groupsAt: (isSince: boolean, second: number) => Snapshot["groups"]): readonly RecordedLine[] {
  return linesOf(
    Array.from({ length: 120 }, (_, second) => snapshotAt(t0 + second * 1000, groupsAt(t0 + second * 1000 >= onsetMs, second))),
  );
}

async function summaryOf(lines: readonly RecordedLine[], changes: Partial<SummaryFacts> = {}): Promise<string> {
  return renderSummary({ request, host, digest: await digestSpan(lines, onsetMs), notes: [], ...changes });
}

const firstLine = async (lines: readonly RecordedLine[]) => (await summaryOf(lines)).split("\n")[0];

describe("the summary", () => {
  it("names in its first line whose CPU rose most since the onset, not who is always busy", async () => {
    const lines = seconds((isSince) => [
      group("database", { cpuCores: 2 }),
      group("burner", { cpuCores: isSince ? 1.5 : 0.02 }),
      group("", { cpuCores: isSince ? 9 : 0 }, { kind: "unattributed", unit: "", user: "" }),
    ]);
    assert.equal(
      await firstLine(lines),
      "Top CPU since onset: burner (unit burner.service, user root) used 1.50 cores on average, 0.02 before.",
    );
    assert.equal(likeliestCulprit((await digestSpan(lines, onsetMs)).groups)?.labels.process, "burner");
  });

  it("names short-lived work by its unit", async () => {
    const lines = seconds((isSince) => [group("", { cpuCores: isSince ? 1 : 0 }, { kind: "short_lived", unit: "cron.service", user: "" })]);
    assert.match((await firstLine(lines)) ?? "", /short-lived processes \(unit cron\.service\) used 1\.00 core on average, 0\.00 before/);
  });

  it("says so when nothing rose, when nothing ran, when nothing was before, and when nothing is recorded", async () => {
    assert.equal(
      await firstLine(seconds(() => [group("steady", { cpuCores: 1 })])),
      "Top CPU since onset: steady (unit steady.service, user root) with 1.00 core on average, as before.",
    );
    assert.match((await firstLine(seconds(() => [group("idle", { cpuCores: 0.001 })]))) ?? "", /no group used more than/);
    const since = seconds(() => [group("burner", { cpuCores: 1 })]).slice(60);
    assert.match((await firstLine(since)) ?? "", /burner .* used 1\.00 core on average \(nothing is recorded from before\)/);
    assert.match(await summaryOf([]), /^Top CPU since onset: no group.*\n\nWhy +alert HighCpu\n[\s\S]*Covers +nothing was recorded/);
  });

  it("compares the last minute when nothing is recorded after the onset, as for a person's wish", async () => {
    const lines = seconds((isSince) => [group("burner", { cpuCores: isSince ? 1 : 0 })]);
    const digest = await digestSpan(lines, t0 + 500_000);
    assert.equal(digest.sinceMs, t0 + 59_000);
    assert.equal(likeliestCulprit(digest.groups)?.labels.process, "burner");
  });

  it("leaves out of a group's mean what is not known of it, and weighs each stretch by its length", async () => {
    const lines = linesOf([
      { ...snapshotAt(onsetMs, [group("a", { cpuCores: 1 }), group("b", {})]), elapsedSeconds: 1 },
      { ...snapshotAt(onsetMs + 4000, [group("a", { cpuCores: 2 }), group("b", { cpuCores: 3 })]), elapsedSeconds: 3 },
      ...[5, 6, 7].map((second) => ({ ...snapshotAt(onsetMs + second * 1000, []), elapsedSeconds: 0 })),
    ]);
    const { groups } = await digestSpan(lines, onsetMs);
    assert.deepEqual(
      groups.map(({ labels, coresSince }) => [labels.process, coresSince]),
      [
        ["a", 7 / 4],
        ["b", 3],
      ],
    );
  });

  it("takes no peak and no baseline from a gap, but what was used in it since the onset", async () => {
    const gap = (ms: number, cpuCores: number): Snapshot => ({
      ...snapshotAt(ms, [group("a", { cpuCores })]),
      elapsedSeconds: 10,
      gap: true,
    });
    const quiet = (ms: number) => snapshotAt(ms, [group("a", { cpuCores: 1 })]);
    const digest = await digestSpan(
      linesOf([gap(t0, 4), quiet(t0 + 1000), gap(onsetMs + 10_000, 3), ...[11, 12, 13, 14].map((s) => quiet(onsetMs + s * 1000))]),
      onsetMs,
    );
    const [a] = digest.groups;
    assert.deepEqual([a?.coresBefore, a?.peakCores, a?.coresSince], [1, 1, (30 + 4) / 14]);
    assert.equal(digest.highest.get("load1")?.value, 1);
  });

  it("tells a person why, who, when, and what the machine was doing", async () => {
    const lines = seconds((isSince, second) => [
      group("database", { cpuCores: 0.5, residentBytes: 3 * 1024 ** 3, writtenBytesPerSecond: 1024 ** 2, uninterruptibleTasks: 3 }),
      group("burner", { cpuCores: isSince ? 1 + (second === 100 ? 1 : 0) : 0, residentBytes: 1024 ** 2 }),
    ]);
    const [row] = smallTable.rows;
    assert.ok(row);
    const text = await summaryOf(lines, {
      rows: [row, { ...row, pid: 77, state: "D", commandLine: "dd if=/dev/sda" }],
      late: { seconds: 125, reason: "Culprit was not running", attemptsBefore: 0 },
      notes: ["a small archive"],
    });
    for (const expected of [
      /^Why +alert HighCpu$/m,
      /^Label +instance="web1"$/m,
      /^Annotation +summary: hot$/m,
      /^Host +web1, Linux 6\.18 x64$/m,
      /^Asked +2026-11-21 10:01:30 UTC$/m,
      /^Onset +2026-11-21 10:01:00 UTC, 30s before$/m,
      /^Covers +2026-11-21 10:00:00 UTC to 2026-11-21 10:01:59 UTC, 120 snapshots$/m,
      /^Late +made 2m 5s after it was asked for: Culprit was not running$/m,
      /^Note +a small archive$/m,
      /^CPU usage +37\.5 % +62\.5 % +2026-11-21 10:01:40 UTC$/m,
      /^Memory usage +40\.0 % +40\.0 %/m,
      /^ *1\.02 +2\.00 +0\.00 +burner \(unit burner\.service, user root\)$/m,
      /^ *0\.50 +0\.50 +0\.50 +database/m,
      /^3\.0 GiB +database/m,
      /^120\.0 MiB +database/m,
      /^3 +database/m,
      /^ *77 +dd if=\/dev\/sda$/m,
    ]) {
      assert.match(text, expected);
    }
  });

  it("says whose alert it was when it was not ours, and who asked when it was a person", async () => {
    const why = async (changes: Partial<CaptureRequest>) =>
      /^Why +(.*)$/m.exec(await summaryOf([], { request: { ...request, ...changes } }))?.[1];
    assert.match((await why({ match: { kind: "other", host: "web2" } })) ?? "", /about another host, web2/);
    assert.match((await why({ match: { kind: "unmatched" } })) ?? "", /no known host matches/);
    assert.equal(await why({ origin: "manual", name: "manual" }), "asked for by a person");
    assert.match(await summaryOf([], { request: { ...request, reason: "slow\u001b[2J shop" } }), /^Reason +slow\?\[2J shop$/m);
  });
});
