import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Part } from "../../src/capture/making/part.ts";

import { type DiagnosticCommand, defaultCommands } from "../../src/capture/parts/commandList.ts";
import { createParts } from "../../src/capture/parts/createParts.ts";
import type { PartOutcome } from "../../src/model/capture.ts";
import { ManualClock } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { eventually, firing, group, openIn, ringOf, sha256, smallProcessList } from "./support.ts";

const minute = 60_000;
const root = { procfs: "/proc", sysfs: "/sys", rootfs: "/" };

describe("captures, seen one at a time,", () => {
  const tempDirectory = tempDirectories();
  let clock: ManualClock;
  let directory: string;
  beforeEach(async () => {
    clock = new ManualClock();
    directory = await tempDirectory();
  });

  it("make an archive of an alert that says what happened, and whose manifest is true", async () => {
    const start = clock.wallMs();
    const echo: DiagnosticCommand = {
      name: "echo",
      argv: ["echo", "hello"],
      timeLimitSeconds: 1000,
      sizeLimitBytes: 1000,
      showsCommandLines: true,
    };
    const none: DiagnosticCommand = { ...echo, name: "none", argv: ["culprit-no-such-program"] };
    const readProcessList = async () => smallProcessList;
    const capture = await openIn(directory, clock, {
      recording: ringOf(start - 40 * minute, start + minute, (ms) => [group("burner", { cpuCores: ms >= start - minute ? 2 : 0 })]),
      parts: createParts({
        reads: directReads(),
        root,
        commands: [echo, none],
        surroundings: { start: spawn, clock, searchPath: "/usr/bin:/bin" },
        readProcessList,
      }),
      readProcessList,
    });
    capture.start();
    const [result] = await capture.alerts.receive([firing(clock)]);
    assert.equal(result?.result, "captured");
    assert.equal(capture.queue.pending()[0]?.id, result?.archiveId);
    assert.deepEqual(capture.queueFigures(), { length: 1, dropped: 0 });
    await eventually("only the seconds after are waited for", () => clock.waiting === 2);
    await capture.finished(1);

    const { archive } = capture.stored(result?.archiveId);
    const files = await capture.filesOf(archive.id);
    const manifest = JSON.parse(files.get("manifest.json")?.toString() ?? "");
    assert.equal(manifest.schemaVersion, 1);
    assert.equal(manifest.id, archive.id);
    assert.equal(manifest.culprit, "0.0.0-test");
    assert.equal(manifest.size, "full");
    assert.equal(manifest.late, undefined);
    assert.equal(manifest.request.labels.alertname, "HighCpu");
    assert.equal(manifest.asked.fromMs, start - 31 * minute);
    assert.deepEqual(archive.span, { fromMs: start - 31 * minute, toMs: manifest.covered.toMs });
    assert.ok(manifest.covered.toMs >= start + 15_000, "the seconds after it were waited for");
    const parts = manifest.parts as PartOutcome[];
    for (const part of parts.filter((one) => one.sha256 !== undefined)) {
      const bytes = files.get(part.part);
      assert.ok(bytes, part.part);
      assert.deepEqual([bytes.length, sha256(bytes)], [part.sizeBytes, part.sha256]);
    }
    assert.deepEqual(
      new Set(parts.filter((one) => one.sha256).map((one) => one.part)),
      new Set([...files.keys()].filter((name) => name !== "manifest.json")),
    );
    for (const name of [
      "summary.txt",
      "alert.json",
      "processes.txt",
      "processes.json",
      "snapshots.jsonl",
      "snapshots.csv",
      "processes-before.csv",
      "proc/stat",
      "proc/meminfo",
      "proc/loadavg",
    ]) {
      assert.ok((files.get(name)?.length ?? 0) > 0, name);
    }
    assert.equal(files.get("commands/echo.txt")?.toString(), "hello\n");
    const missing = parts.find((part) => part.part === "commands/none.txt");
    assert.deepEqual([missing?.result, missing?.reason], ["missing", "not installed"]);
    assert.deepEqual(
      archive.missing.filter(({ part }) => part.startsWith("commands/")),
      [{ part: "commands/none.txt", reason: "not installed" }],
    );
    assert.equal(archive.process, "burner");
    assert.match(files.get("summary.txt")?.toString() ?? "", /^`burner` .* caused 100 % of the rise in CPU use from 0 to 2 cores for /);
    const verdict = JSON.parse(files.get("verdict.json")?.toString() ?? "");
    assert.deepEqual([verdict.resource, verdict.source, verdict.verdict.shares[0].group.process], ["cpu", "recording", "burner"]);
    assert.deepEqual(manifest.verdict, verdict.verdict);
    assert.deepEqual(archive.verdict, verdict.verdict);
    assert.equal(files.get("snapshots.jsonl")?.toString().trim().split("\n").length, manifest.covered.snapshots);
    assert.deepEqual(
      capture.ends.map(({ request, result: how }) => [request.origin, how]),
      [["alert", "ok"]],
    );
    assert.deepEqual(capture.queue.pending(), []);
    await eventually("its file is gone", async () => (await readdir(join(directory, "storage", "captures"))).length === 0);
    assert.equal(capture.archives.findByFingerprint("fp1")?.archive.id, archive.id);
    await capture.stop();
    assert.equal(clock.waiting, 0, "no timer is left behind");
  });

  it("do not let a person wait, and keep the reason without its secrets", async () => {
    const capture = await openIn(directory, clock);
    capture.start();
    const { id } = await capture.queue.request({ reason: "slow since deploy with --password=hunter2hunter2" });
    await capture.ended(1);
    assert.match(id, /^20261121T100000Z-manual-[0-9a-f]{6}$/);
    const files = await capture.filesOf(id);
    assert.match(files.get("summary.txt")?.toString() ?? "", /^Reason +slow since deploy with --password=\*+$/m);
    assert.ok(![...files.values()].some((bytes) => bytes.includes("hunter2")));
    assert.equal(files.has("alert.json"), false);
    await capture.stop();
  });

  it("lose a part that throws or hangs, and nothing else", async () => {
    const parts: Part[] = [
      { name: "throws", when: "now", run: () => Promise.reject(new Error("out of luck")) },
      { name: "hangs", when: "now", run: () => new Promise(() => undefined) },
      { name: "fine", when: "after", run: async () => [{ name: "fine.txt", content: { sizeBytes: 2, chunks: () => ["ok"] } }] },
    ];
    const capture = await openIn(directory, clock, { parts });
    capture.start();
    const { id } = await capture.queue.request({});
    await capture.finished(1);
    assert.equal((await capture.filesOf(id)).get("fine.txt")?.toString(), "ok");
    assert.deepEqual(capture.stored(id).archive.missing, [
      { part: "verdict.json", reason: "nothing is recorded of this time" },
      { part: "throws", reason: "out of luck" },
      { part: "hangs", reason: "not done within 14 s" },
    ]);
    await capture.stop();
  });

  it("keep everything that Culprit knew itself when the machine cannot fork", async () => {
    const error = Object.assign(new Error("spawn EAGAIN"), { code: "EAGAIN" });
    const start = () => {
      throw error;
    };
    const readProcessList = async () => smallProcessList;
    const surroundings = { start, clock, searchPath: "/usr/bin:/bin" };
    const capture = await openIn(directory, clock, {
      parts: createParts({ reads: directReads(), root, surroundings, readProcessList }),
      readProcessList,
    });
    capture.start();
    const { id } = await capture.queue.request({});
    await capture.ended(1);
    const files = await capture.filesOf(id);
    for (const name of ["processes.txt", "proc/stat", "snapshots.csv", "summary.txt"]) assert.ok(files.has(name), name);
    const reasons = capture
      .stored(id)
      .archive.missing.filter(({ part }) => part.startsWith("commands/"))
      .map(({ reason }) => reason);
    assert.deepEqual(
      reasons,
      defaultCommands.map(() => "cannot fork: EAGAIN"),
    );
    await capture.stop();
  });

  it("withhold what shows command lines when their secrets are not known", async () => {
    const readProcessList = async () => ({ ...smallProcessList, secretsComplete: false });
    const shows: DiagnosticCommand = {
      name: "shows",
      argv: ["echo", "x"],
      timeLimitSeconds: 1000,
      sizeLimitBytes: 1000,
      showsCommandLines: true,
    };
    const surroundings = { start: spawn, clock, searchPath: "/usr/bin:/bin" };
    const commands = [shows, { ...shows, name: "harmless", showsCommandLines: false }];
    const capture = await openIn(directory, clock, {
      parts: createParts({ reads: directReads(), root, commands, surroundings, readProcessList }),
      readProcessList,
    });
    capture.start();
    const { id } = await capture.queue.request({});
    await capture.ended(1);
    const files = await capture.filesOf(id);
    assert.equal(files.has("commands/shows.txt"), false);
    assert.equal(files.get("commands/harmless.txt")?.toString(), "x\n");
    await capture.stop();
  });

  it("cover the onset and not the end when they are very late, and never more than six hours", async () => {
    const start = clock.wallMs();
    const promised = await openIn(directory, clock);
    const [result] = await promised.alerts.receive([firing(clock, { startsAtMs: start - 100 * 60 * minute })]);
    clock.jumpWall(48 * 3600);
    const capture = await openIn(directory, clock);
    capture.start();
    await capture.finished(1);
    const { asked } = (await capture.manifestOf(result?.archiveId)) as { asked: { fromMs: number; toMs: number } };
    assert.equal(asked.toMs - asked.fromMs, 6 * 60 * minute);
    assert.equal(asked.toMs, start + 15_000);
    await capture.stop();
  });
});
