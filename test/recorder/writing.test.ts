import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { atOnce } from "../../src/model/steps.ts";
import { eventually } from "../capture/support.ts";
import { requireRoot } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { filesOf, linesOf, newRecorder, recordedTimes, secondsFrom, snapshotAt, t0 } from "./support.ts";

describe("A recording that is being written", () => {
  const tempDirectory = tempDirectories();

  it("is a header and a line a second, in segments of ten minutes that are packed when they are complete", async () => {
    const directory = await tempDirectory();
    const { recorder, record } = newRecorder(directory);
    await recorder.open();
    record(t0 + 597_000, 5);
    await recorder.close({ pack: true });
    assert.deepEqual(await filesOf(directory), [
      "20261121T100957.000Z.jsonl.gz",
      "20261121T100957.000Z.names.jsonl.gz",
      "20261121T100957.000Z.summary.jsonl.gz",
      "20261121T101000.000Z.jsonl.gz",
      "20261121T101000.000Z.names.jsonl.gz",
      "20261121T101000.000Z.summary.jsonl.gz",
    ]);
    const [header, ...lines] = await linesOf(directory, "20261121T100957.000Z.jsonl.gz");
    assert.deepEqual(header, {
      schemaVersion: 1,
      recording: "culprit",
      host: { hostname: "web1", os: "Linux", kernel: "6.18", arch: "x64" },
      culprit: "0.1.0",
    });
    assert.deepEqual(
      lines.map(({ takenAtMs }) => takenAtMs),
      secondsFrom(t0 + 597_000, 3),
    );
  });

  it("is read by zcat and jq's like", async () => {
    const directory = await tempDirectory();
    const { recorder, record } = newRecorder(directory);
    record(t0, 3);
    await recorder.close({ pack: true });
    const { stdout } = spawnSync("zcat", [join(directory, "20261121T100000.000Z.jsonl.gz")], { encoding: "utf8" });
    assert.equal(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)).length,
      4,
    );
  });

  it("says in the first line of every segment what later lines leave out", async () => {
    const directory = await tempDirectory();
    const { recorder } = newRecorder(directory);
    const filesystems = [{ device: "/dev/sda1", fstype: "ext4", mountpoint: "/", readOnly: false }];
    const at = (ms: number): Snapshot => ({ ...snapshotAt(ms), host: { filesystems } });
    for (const ms of [t0 + 598_000, t0 + 599_000, t0 + 600_000, t0 + 601_000]) recorder.record(at(ms), []);
    await recorder.close({ pack: true });
    const [first, second] = (await filesOf(directory)).filter((name) => !/summary|names/.test(name));
    for (const name of [first, second]) {
      const [, whole, rest] = await linesOf(directory, name ?? "");
      assert.deepEqual([filesystemsOf(whole), filesystemsOf(rest)], [filesystems, undefined]);
    }
  });

  it("begins another segment when the clock is set back, onto a name that is there as well", async () => {
    const directory = await tempDirectory();
    const { recorder, record } = newRecorder(directory);
    record(t0, 3);
    record(t0, 2);
    record(t0 - 1000, 1);
    await recorder.close({ pack: true });
    assert.deepEqual(
      (await filesOf(directory)).filter((name) => !/summary|names/.test(name)),
      ["20261121T095959.000Z.jsonl.gz", "20261121T100000.000Z-2.jsonl.gz", "20261121T100000.000Z.jsonl.gz"],
    );
    assert.deepEqual(await recordedTimes(recorder), secondsFrom(t0 - 1000, 4));
  });

  it("acknowledges a line once it is on the disk, and syncs no oftener than it was told", async () => {
    const directory = await tempDirectory();
    const acknowledged: number[] = [];
    const { recorder, record, clock } = newRecorder(directory, { syncSeconds: 2, onAcknowledged: (lines) => acknowledged.push(lines) });
    record(t0, 1);
    await eventually("the first line is synced at once", () => acknowledged.length === 1);
    record(t0 + 1000, 2);
    await eventually("they are written", async () => (await linesOf(directory, "20261121T100000.000Z.jsonl").catch(() => [])).length === 4);
    assert.deepEqual(acknowledged, [1]);
    await clock.advance(2);
    await eventually("the others are synced", () => acknowledged.at(-1) === 3);
    assert.deepEqual(recorder.figures, { queued: 0, lost: 0, acknowledged: 3 });
    await recorder.close();
  });

  it("brings to the disk at once what waits, when it is told to", async () => {
    const acknowledged: number[] = [];
    const { recorder, record } = newRecorder(await tempDirectory(), {
      syncSeconds: 600,
      onAcknowledged: (lines) => acknowledged.push(lines),
    });
    record(t0, 1);
    await eventually("the first line is synced at once", () => acknowledged.length === 1);
    record(t0 + 1000, 1);
    recorder.flush();
    await eventually("the second is, too", () => acknowledged.length === 2);
    await recorder.close();
  });

  it("syncs every ten seconds where nobody says how often", async () => {
    const acknowledged: number[] = [];
    const { recorder, record, clock } = newRecorder(await tempDirectory(), { onAcknowledged: (lines) => acknowledged.push(lines) });
    record(t0, 1);
    await eventually("the first line is synced at once", () => acknowledged.length === 1);
    for (let second = 1; second < 10; second++) {
      record(t0 + second * 1000, 1);
      await eventually("it is written", () => recorder.figures.queued === 0);
      await clock.advance(1);
    }
    assert.deepEqual(acknowledged, [1]);
    await clock.advance(1);
    await eventually("the others are synced", () => acknowledged.at(-1) === 10);
    assert.equal(acknowledged.length, 2);
    await recorder.close();
  });

  it("brings an urgent second to the disk before the next, however short ago it synced", async () => {
    const acknowledged: number[] = [];
    const { recorder } = newRecorder(await tempDirectory(), { syncSeconds: 3600, onAcknowledged: (lines) => acknowledged.push(lines) });
    const record = (second: number, isUrgent: boolean) => recorder.record(snapshotAt(t0 + second * 1000), [], isUrgent);
    record(0, false);
    await eventually("the first line is synced at once", () => acknowledged.at(-1) === 1);
    record(1, false);
    await eventually("the second is written", () => recorder.figures.queued === 0);
    record(2, true);
    await eventually("with the urgent one the second is synced", () => acknowledged.at(-1) === 3);
    record(3, true);
    await eventually("so is the next", () => acknowledged.at(-1) === 4);
    await recorder.close();
  });

  it("takes no more than it can hold when the disk is slow, says so once, and goes on with a line that says everything", async () => {
    const directory = await tempDirectory();
    const { recorder, messages } = newRecorder(directory);
    const filesystems = [{ device: "/dev/sda1", fstype: "ext4", mountpoint: "/", readOnly: false }];
    const at = (ms: number): Snapshot => ({ ...snapshotAt(ms), host: { filesystems } });
    // without a turn of the event loop no disk is quick enough
    for (let second = 0; second < 700; second++) recorder.record(at(t0 + second * 100), []);
    // one is on its way, 600 wait
    assert.deepEqual(recorder.figures, { queued: 600, lost: 99, acknowledged: 0 });
    await eventually("the disk has it", () => recorder.figures.queued === 0);
    recorder.record(at(t0 + 80_000), []);
    await recorder.close();
    const lines = await linesOf(directory, "20261121T100000.000Z.jsonl");
    assert.deepEqual(filesystemsOf(lines.at(-1)), filesystems);
    assert.equal(lines.length, 1 + 701 - 99);
    assert.deepEqual(messages(), [
      "recording: the disk does not take the seconds; the newest minutes are kept in memory",
      "recording: the disk takes the seconds again",
    ]);
    assert.equal((await recordedTimes(recorder)).length, 701, "what the disk has not, memory has");
  });

  it("goes on in memory when the disk cannot be written, and on the disk once it can", async () => {
    const directory = join(await tempDirectory(), "recording");
    await writeFile(directory, "a file where a folder should be");
    const { recorder, record, clock, messages } = newRecorder(directory);
    await recorder.open();
    for (let second = 0; second < 30; second++) {
      record(t0 + second * 1000, 1);
      await clock.advance(1);
    }
    await eventually("all of it is lost to the disk", () => recorder.figures.lost === 30);
    assert.deepEqual(await recordedTimes(recorder), secondsFrom(t0, 30));
    await rm(directory);
    await clock.advance(10);
    record(t0 + 40_000, 2);
    await recorder.close();
    assert.deepEqual(await filesOf(directory), ["20261121T100040.000Z.jsonl", "20261121T100040.000Z.names.jsonl"]);
    const told = messages().filter((message) => message.includes("the disk"));
    assert.deepEqual(told, [
      "recording: the disk does not take the seconds; the newest minutes are kept in memory",
      "recording: the disk takes the seconds again",
    ]);
  });

  it("says everything in a line that was begun before the disk failed and is the first one behind that", async () => {
    const directory = join(await tempDirectory(), "recording");
    await writeFile(directory, "a file where a folder should be");
    const { recorder, clock } = newRecorder(directory);
    const filesystems = [{ device: "/dev/sda1", fstype: "ext4", mountpoint: "/", readOnly: false }];
    const network = Array.from({ length: 100 }, (_, index) => ({ device: `veth${index}`, receiveBytes: 0, transmitBytes: 0 }));
    const at = (ms: number): Snapshot => ({ ...snapshotAt(ms), host: { filesystems, network } });
    recorder.record(at(t0), []);
    const steps = recorder.recordInSteps(at(t0 + 20_000), []);
    assert.equal(steps.next().done, false);
    await eventually("the line before is lost", () => recorder.figures.lost === 1);
    await rm(directory);
    await clock.advance(11);
    atOnce(steps);
    await recorder.close();
    const [, first] = await linesOf(directory, "20261121T100020.000Z.jsonl");
    assert.deepEqual(filesystemsOf(first), filesystems);
  });

  it("notices that its directory was deleted, and begins anew", async () => {
    const directory = join(await tempDirectory(), "recording");
    await mkdir(directory);
    const { recorder, record, clock, log } = newRecorder(directory, { syncSeconds: 0 });
    record(t0, 1);
    await eventually("it is written", () => recorder.figures.acknowledged === 1);
    await rm(directory, { recursive: true });
    record(t0 + 1000, 1);
    await eventually("it is noticed", () => log().some(({ reason }) => String(reason).includes("was deleted")));
    await clock.advance(11);
    record(t0 + 13_000, 1);
    await recorder.close();
    assert.deepEqual(await filesOf(directory), ["20261121T100013.000Z.jsonl", "20261121T100013.000Z.names.jsonl"]);
  });

  it("leaves the last of the disk to others", async () => {
    const directory = await tempDirectory();
    const { recorder, record, log } = newRecorder(directory, { leastFreeBytes: 2 ** 60 });
    record(t0, 2);
    await eventually("it is refused", () => recorder.figures.lost === 2);
    await recorder.close();
    assert.deepEqual(await filesOf(directory), []);
    assert.match(String(log()[0]?.reason), /MiB are free on the disk$/);
  });

  it("loses nothing that was acknowledged when the disk becomes full, and leaves whole lines", async function () {
    requireRoot(this);
    const directory = await tempDirectory();
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", directory]);
    assert.equal(mounted.status, 0, String(mounted.stderr));
    try {
      const { recorder, messages } = newRecorder(directory, { syncSeconds: 0 });
      for (let second = 0; second < 500 && recorder.figures.lost === 0; second++) {
        recorder.record(snapshotAt(t0 + second * 1000, [], { host: { bootTimeSeconds: Number(`1${"0".repeat(2)}`) } }), []);
        // about a kilobyte
        recorder.record(snapshotAt(t0 + second * 1000 + 500, [], { processes: [bulky] }), []);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await eventually("it is full", () => recorder.figures.lost > 0 && recorder.figures.queued === 0);
      const { acknowledged } = recorder.figures;
      await recorder.close();
      const [name = ""] = (await filesOf(directory)).filter((one) => one.endsWith(".jsonl"));
      const lines = await linesOf(directory, name);
      assert.ok(acknowledged > 50 && lines.length - 1 >= acknowledged, `${acknowledged} acknowledged, ${lines.length - 1} there`);
      assert.equal(messages().filter((message) => message.includes("does not take")).length, 1);
    } finally {
      const unmount = spawnSync("umount", [directory]);
      assert.equal(unmount.status, 0);
    }
  });
});

function filesystemsOf(line: Record<string, unknown> | undefined): unknown {
  return (line as Partial<Snapshot> | undefined)?.host?.filesystems;
}

const bulky: Snapshot["processes"][number] = {
  key: "1@1",
  pid: 1,
  parentPid: 0,
  groupId: "",
  process: "bulky",
  state: "S",
  commandLine: "x".repeat(2000),
  usage: {},
};
