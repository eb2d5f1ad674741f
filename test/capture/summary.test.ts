import assert from "node:assert/strict";
import { archiveVerdict, withOnset } from "../../src/capture/report/archiveVerdict.ts";
import { digestSpan } from "../../src/capture/report/digest.ts";
import { renderSummary, type SummaryFacts } from "../../src/capture/report/summary.ts";
import type { CaptureRequest } from "../../src/model/capture.ts";
import { culpritName } from "../../src/model/culprit.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import type { Spike } from "../../src/model/spike.ts";
import type { RecordedLine } from "../../src/recorder/format/line.ts";
import { group, smallProcessList, snapshotAt } from "./support.ts";

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
  const digest = await digestSpan(lines, onsetMs);
  const verdict = archiveVerdict(request, undefined, digest.judgement);
  return renderSummary({ request, host, digest, ...(verdict === undefined ? {} : { verdict }), notes: [], ...changes });
}

const firstLine = async (lines: readonly RecordedLine[]) => (await summaryOf(lines)).split("\n")[0];

describe("the summary", () => {
  it("names in its first line whose CPU rose most since the onset, not who is always busy", async () => {
    const lines = seconds((isSince) => [
      group("database", { cpuCores: 2 }),
      group("burner", { cpuCores: isSince ? 1.5 : 0.02 }),
      group("", { cpuCores: isSince ? 0.3 : 0 }, { kind: "unattributed", unit: "", user: "" }),
    ]);
    assert.equal(
      await firstLine(lines),
      "`burner` (unit burner.service, user root) caused 83 % of the rise in CPU use from 2 to 3.8 cores for 1 min.",
    );
    const { judgement } = await digestSpan(lines, onsetMs);
    assert.equal(judgement === undefined ? "" : culpritName(judgement.verdict), "burner");
  });

  it("names short-lived work by its unit", async () => {
    const lines = seconds((isSince) => [group("", { cpuCores: isSince ? 1 : 0 }, { kind: "short_lived", unit: "cron.service", user: "" })]);
    assert.match(
      (await firstLine(lines)) ?? "",
      /^Short-lived processes \(unit cron\.service\) caused 100 % of the rise in CPU use from 0 to 1 core/,
    );
  });

  it("names the pids of a culprit, which a line tells by its name", async () => {
    const process = {
      key: "77@1",
      pid: 77,
      parentPid: 1,
      process: "burner",
      state: "R",
      commandLine: "burner --hot",
      usage: { cpuCores: 1 },
    };
    const snapshot = (second: number) => ({
      ...snapshotAt(t0 + second * 1000, [group("burner", { cpuCores: second >= 60 ? 1 : 0 })]),
      processes: second >= 60 ? [process] : [],
    });
    const lines = linesOf(Array.from({ length: 120 }, (_, second) => snapshot(second) as unknown as Snapshot));
    const { judgement } = await digestSpan(lines, onsetMs, { ancestorsOf: (pid) => (pid === 77 ? ["cron"] : []) });
    const [first] = judgement?.verdict.shares ?? [];
    assert.deepEqual([first?.pids, first?.commandLine, first?.parents], [[77], "burner --hot", ["cron"]]);
  });

  it("says so when nothing rose, when nothing was before, and when nothing is recorded", async () => {
    assert.match(
      (await firstLine(seconds(() => [group("steady", { cpuCores: 1 })]))) ?? "",
      /^Nothing has risen: CPU use is 1 of 4 cores; `steady` \(unit steady\.service, user root\) uses the most/,
    );
    const since = seconds(() => [group("burner", { cpuCores: 1 })]).slice(60);
    assert.match((await firstLine(since)) ?? "", /^CPU use: 1 of 4 cores; `burner` .* uses the most/);
    assert.match(await summaryOf([]), /^Nothing is recorded of this time, .*\n\nWhy +alert HighCpu\n[\s\S]*Covers +nothing was recorded/);
  });

  it("takes the verdict of the spike that an alert is about, and lists the others of that time", async () => {
    const spike = (resource: Spike["resource"], minute: number, sentence: string): Spike => ({
      id: `s-${resource}`,
      resource,
      startMs: t0 + minute * 60_000,
      peakMs: t0 + 80_000,
      baseline: 0,
      peak: 2,
      unit: "cores",
      verdict: { sentence, final: false, shares: [] },
    });
    const known = [spike("load", 0, "It was the load."), spike("cpu", 0.5, "It was the CPU.")];
    const asked: [number, number][] = [];
    const overlapping = (fromMs: number, toMs: number) => {
      asked.push([fromMs, toMs]);
      return known;
    };
    const verdict = archiveVerdict(request, { overlapping }, undefined);
    assert.ok(verdict);
    assert.deepEqual(asked, [[onsetMs - 60_000, request.requestedAtMs]]);
    assert.deepEqual([verdict.resource, verdict.source, verdict.spikes.length], ["cpu", "spike", 2]);
    const text = await summaryOf([], { verdict });
    assert.match(text, /^It was the CPU\.\n\nAlso +since\nload +2026-11-21 10:00:00 UTC +It was the load\.\n/);
    assert.equal(withOnset(request, { overlapping }).onsetMs, t0);
    assert.equal(withOnset(request, { overlapping: () => [] }).onsetMs, onsetMs);
    const leak = { overlapping: () => [{ ...spike("memory", 0, "A leak."), startMs: t0 - 5 * 3_600_000 }] };
    assert.equal(withOnset(request, leak).onsetMs, onsetMs, "what takes hours is not the beginning of something else");
    assert.equal(withOnset({ ...request, name: "HighMemoryUsage" }, leak).onsetMs, t0 - 5 * 3_600_000);
  });

  it("does not count parents that wait for their own child among those who wait", async () => {
    const parent = { pid: 78, parentPid: 1, process: "make", state: "D", commandLine: "make", usage: { uninterruptibleTasks: 1 } };
    const lines = Array.from({ length: 120 }, (_, second): RecordedLine => {
      const takenAtMs = t0 + second * 1000;
      const snapshot = snapshotAt(takenAtMs, [group("make", { uninterruptibleTasks: 1 }), group("dd", { uninterruptibleTasks: 1 })]);
      const processes = [{ ...parent, key: "78@1", waitChannel: "kernel_clone" }];
      return { takenAtMs, line: JSON.stringify({ ...snapshot, processes }) };
    });
    const [row] = smallProcessList.rows;
    assert.ok(row !== undefined);
    const rows = [
      { ...row, pid: 78, state: "D", commandLine: "make all" },
      { ...row, pid: 79, state: "D", commandLine: "dd if=/dev/sda" },
    ];
    const text = await summaryOf(lines, { rows });
    assert.match(text, /Most tasks in uninterruptible sleep \(waiting, not causing\)\n1 +dd /);
    assert.match(text, /79 +dd if=/);
    assert.doesNotMatch(text.slice(text.indexOf("Most tasks in uninterruptible sleep")), /make/);
  });

  it("is about the spike that lasts when an alert comes, and tells after it what was over before", async () => {
    const spike = (id: string, resource: Spike["resource"], from: number, to: number | undefined, sentence: string): Spike => ({
      id,
      resource,
      startMs: onsetMs + from * 1000,
      peakMs: onsetMs + from * 1000,
      ...(to === undefined ? {} : { endMs: onsetMs + to * 1000 }),
      baseline: 0,
      peak: 2,
      unit: "cores",
      verdict: { sentence, final: to !== undefined, shares: [] },
    });
    const finished = spike("dd", "io", -50, -25, "`dd` made most of the rise.");
    const known = [
      finished,
      spike("loops", "cpu", -10, undefined, "Three loops made it."),
      spike("load", "load", -8, undefined, "The load."),
    ];
    const overlapping = () => known;
    for (const [name, labels, first] of [
      ["HighCpuUsage", {}, "loops"],
      ["Spike", { resource: "pressure_cpu" }, "loops"],
      ["Spike", { resource: "load" }, "load"],
      ["NodeIsSlow", {}, "loops"],
    ] as const) {
      const verdict = archiveVerdict({ ...request, name, labels }, { overlapping }, undefined);
      assert.equal(verdict?.spikes[0]?.id, first, name);
      assert.equal(verdict?.spikes.at(-1)?.id, "dd");
      assert.match(await summaryOf([], { verdict }), /Before that +until\nio +2026-11-21 [^\n]* UTC +`dd` made most of the rise\./);
      assert.ok(
        withOnset({ ...request, name, labels }, { overlapping }).onsetMs >= onsetMs - 10_000,
        "the finished one is not its beginning",
      );
    }
    assert.equal(archiveVerdict({ ...request, name: "HighIoWait" }, { overlapping }, undefined)?.spikes[0]?.id, "dd");
  });

  it("judges the minute before the onset by itself where no spike is about the alert's resource", async () => {
    // the alert came late: it burns since long before the onset, and writes least
    const lines = seconds((_, second) => [
      group("burner", { cpuCores: second < 60 ? 0 : 1 }),
      group("writer", { cpuCores: 0.1, writtenBytesPerSecond: second < 100 ? 0 : 1e6 }),
    ]);
    const judged = async (delayMs: number) =>
      (await digestSpan(lines, t0 + 100_000, { resource: "cpu", delayMs })).judgement?.verdict.shares[0]?.from ?? Number.NaN;
    assert.ok((await judged(40_000)) < 0.01 && (await judged(0)) > 0.3);
    const { judgement } = await digestSpan(lines, t0 + 100_000, { resource: "cpu", delayMs: 40_000 });
    const other: Spike = {
      id: "other",
      resource: "io",
      startMs: onsetMs - 50_000,
      peakMs: onsetMs - 40_000,
      endMs: onsetMs - 30_000,
      baseline: 0,
      peak: 1e8,
      unit: "bytes_per_second",
      verdict: { sentence: "`dd` made it.", final: true, shares: [] },
    };
    const verdict = archiveVerdict(request, { overlapping: () => [other] }, judgement);
    assert.deepEqual([verdict?.source, verdict?.resource], ["recording", "cpu"]);
    assert.equal(verdict?.verdict.shares[0]?.group.process, "burner");
    assert.match(await summaryOf(lines, { verdict }), /^`burner`.*\n\nBefore that +until\nio .*`dd` made it\./);
  });

  it("compares the last minute when nothing is recorded after the onset, as for a person's request", async () => {
    const lines = seconds((isSince) => [group("burner", { cpuCores: isSince ? 1 : 0 })]);
    const digest = await digestSpan(lines, t0 + 500_000);
    assert.equal(digest.sinceMs, t0 + 59_000);
    assert.equal(digest.judgement?.verdict.shares[0]?.group.process, "burner");
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
    const [row] = smallProcessList.rows;
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
      /^3\.2 GB +database/m,
      /^125\.8 MB +database/m,
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
    assert.match(await summaryOf([], { request: { ...request, reason: "slow\u001b[2J shop" } }), /^Reason +slow\\x1b\[2J shop$/m);
  });
});
