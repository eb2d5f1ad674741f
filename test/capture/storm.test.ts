import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Part } from "../../src/capture/making/part.ts";
import type { JoinedAlert } from "../../src/model/capture.ts";
import type { Spike } from "../../src/model/spike.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { burnerSpikes, lookup, spike } from "./burnerSpikes.ts";
import { eventually, firing, luckyPart, openIn } from "./support.ts";

const clockStart = new ManualClock().wallMs();

/** Works until it is let go. */
function heldPart() {
  let isBegun = false;
  let letGo: () => void = () => undefined;
  const part: Part = {
    name: "held",
    when: "now",
    async run() {
      isBegun = true;
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      return [];
    },
  };
  return { part, isBegun: () => isBegun, letGo: () => letGo() };
}

describe("a storm of alerts", () => {
  const tempDirectory = tempDirectories();
  let clock: ManualClock;
  let directory: string;
  beforeEach(async () => {
    clock = new ManualClock();
    directory = await tempDirectory();
  });

  const named = (alertname: string, more: Record<string, string> = {}) =>
    firing(clock, { fingerprint: `of-${alertname}`, labels: { alertname, instance: "web1", ...more } });

  const burner = () => burnerSpikes(clock);

  it("has one archive for the alerts of one spike, which lists each with what was judged of it, everywhere", async () => {
    const held = heldPart();
    const capture = await openIn(directory, clock, { parts: [held.part], spikes: lookup(burner()) });
    capture.start();
    const [first] = await capture.alerts.receive([named("HighCpuUsage")]);
    await eventually("it is at work", held.isBegun);
    const [load, stall] = await capture.alerts.receive([
      named("HighLoad", { severity: "warning" }),
      named("Spike", { resource: "pressure_cpu" }),
    ]);
    const id = first?.archiveId;
    assert.deepEqual(
      [first, load, stall].map((outcome) => [outcome?.result, outcome?.archiveId === id, outcome?.reason]),
      [
        ["captured", true, undefined],
        ["joined", true, "it is about the same spike (CPU since 2026-11-21 09:58:30 UTC) as HighCpuUsage"],
        ["joined", true, "it is about the same spike (CPU since 2026-11-21 09:58:30 UTC) as HighCpuUsage"],
      ],
    );
    assert.equal(capture.queue.pendingFor("of-Spike")?.id, id);
    held.letGo();
    await capture.finished(1);
    const files = await capture.filesOf(id);
    const { joined } = JSON.parse(String(files.get("manifest.json"))) as { joined: readonly JoinedAlert[] };
    assert.deepEqual(
      joined.map(({ name, fingerprint, labels, onsetMs, judged }) => [name, fingerprint, Object.keys(labels), onsetMs, judged]),
      [
        ["HighLoad", "of-HighLoad", ["alertname", "instance", "severity"], clockStart - 60_000, "burner has caused load."],
        ["Spike", "of-Spike", ["alertname", "instance", "resource"], clockStart - 60_000, "No single process has caused stall."],
      ],
    );
    const summary = String(files.get("summary.txt"));
    assert.match(summary, /^HighLoad +severity=warning +of-HighLoad +2026-11-21 09:59:00 UTC +once, .* burner has caused load\.$/m);
    assert.match(
      summary,
      /^Spike +resource=pressure_cpu +of-Spike +2026-11-21 09:59:00 UTC +once, .* No single process has caused stall\.$/m,
    );
    const report = String(files.get("report.html"));
    for (const text of ["<b>HighLoad</b> severity=warning", "of-Spike", "burner has caused load."]) assert.ok(report.includes(text), text);

    const again = await openIn(directory, clock);
    for (const archives of [capture.archives, again.archives]) {
      assert.equal(archives.list().length, 1);
      assert.deepEqual(archives.list()[0]?.joined, joined);
      assert.equal(archives.findByFingerprint("of-Spike")?.archive.id, id);
    }
    await capture.stop();
  });

  it("may come in one notification, or while another capture keeps its archive waiting", async () => {
    const capture = await openIn(directory, clock, { spikes: lookup(burner()) });
    await capture.queue.request({});
    const results = await capture.alerts.receive([named("HighCpuUsage"), named("HighLoad"), named("HighLatency")]);
    assert.deepEqual(
      results.map(({ result }) => result),
      ["captured", "joined", "joined"],
    );
    const [later] = await capture.alerts.receive([named("CPUThrottlingHigh")]);
    assert.deepEqual([later?.result, later?.archiveId], ["joined", results[0]?.archiveId]);
    capture.start();
    await capture.finished(2);
    assert.equal(capture.archives.list().length, 2);
    await capture.stop();
  });

  it("joins what a trigger has asked for, too, and leaves a person's archive to that person", async () => {
    const capture = await openIn(directory, clock, { spikes: lookup(burner()) });
    const asked = {
      origin: "trigger",
      name: "cpu",
      labels: { trigger: "cpu", metric: "cpu" },
      onsetMs: clock.wallMs(),
      incidentKey: "t",
    } as const;
    await capture.queue.request({ reason: "slow" });
    const { id } = await capture.requestFor(asked);
    const [result] = await capture.alerts.receive([named("HighLoad")]);
    assert.deepEqual([result?.result, result?.archiveId], ["joined", id]);
  });

  it("has an archive for each of several spikes: of another resource, of another culprit, of another time", async () => {
    const spikes = [
      ...burner(),
      spike("memory", clock.wallMs() - 80_000, "leak", { resource: "memory", unit: "bytes" }),
      // blocked tasks make load, and another one has made them wait
      spike("blocked", clock.wallMs() - 80_000, "nfs", { resource: "load", unit: "tasks" }),
    ];
    const others = spikes.filter(({ id }) => id !== "load");
    const capture = await openIn(directory, clock, { spikes: lookup(others) });
    const alerts = [named("HighCpuUsage"), named("MemoryLow"), named("HighLoad"), named("Spike", { resource: "pressure_memory" })];
    const results = await capture.alerts.receive(alerts);
    assert.deepEqual(
      results.map(({ result }) => result),
      ["captured", "captured", "captured", "joined"],
    );
    assert.equal(results[3]?.archiveId, results[1]?.archiveId);
  });

  it("leaves a spike that is over to its own archive: the next one gets another, though the first still waits", async () => {
    const [cpu] = burner();
    assert.ok(cpu);
    const spikes: Spike[] = [cpu];
    const capture = await openIn(directory, clock, { spikes: { overlapping: (from, to) => lookup(spikes).overlapping(from, to) } });
    await capture.alerts.receive([named("HighCpuUsage")]);
    spikes[0] = { ...cpu, endMs: clock.wallMs() + 5000 };
    await clock.advance(120);
    spikes.push(spike("next", clock.wallMs() - 100_000, "other"));
    const [result] = await capture.alerts.receive([named("CpuHot")]);
    assert.equal(result?.result, "captured");
  });

  it("without a spike that was noticed is told by resource and time", async () => {
    const capture = await openIn(directory, clock);
    const at = (alertname: string, startsAtMs: number) => firing(clock, { fingerprint: alertname, labels: { alertname }, startsAtMs });
    const nowMs = clock.wallMs();
    const results = await capture.alerts.receive([
      at("HighCpuUsage", nowMs - 60_000),
      at("HighLoad", nowMs - 5000),
      at("CpuOfLongAgo", nowMs - 3_600_000),
      at("DiskWrites", nowMs - 60_000),
      at("SomethingElse", nowMs - 60_000),
      at("YetAnother", nowMs - 60_000),
    ]);
    assert.deepEqual(
      results.map(({ result }) => result),
      ["captured", "joined", "captured", "captured", "captured", "captured"],
    );
  });

  it("never changes an archive that is closed: what comes while it is written, and later, gets a new one", async () => {
    const late: Promise<unknown>[] = [];
    const outcomes: string[] = [];
    const content = {
      sizeBytes: 2,
      chunks: () => {
        // the archive is being written: its lists are finished
        if (late.length === 0) {
          late.push(capture.alerts.receive([named("HighLoad")]).then((all) => outcomes.push(...all.map(({ result }) => result))));
        }
        return ["ok"];
      },
    };
    const part: Part = { name: "late", when: "now", run: async () => [{ name: "late.txt", content }] };
    const capture = await openIn(directory, clock, { parts: [part], spikes: lookup(burner()) });
    capture.start();
    const [first] = await capture.alerts.receive([named("HighCpuUsage")]);
    await capture.finished(1);
    const { path, archive } = capture.stored(first?.archiveId);
    const before = await readFile(path);
    await capture.finished(2);
    const [again] = await capture.alerts.receive([named("Spike", { resource: "load" })]);
    assert.deepEqual([outcomes, again?.result], [["captured"], "captured"]);
    await capture.finished(3);
    assert.deepEqual([await readFile(path), capture.stored(first?.archiveId).archive], [before, archive]);
    assert.equal(archive.joined, undefined);
    await capture.stop();
  });

  it("is remembered over a crash: every alert that was answered stands in the archive", async () => {
    const held = heldPart();
    const spikes = lookup(burner());
    // its time stands still: nothing of it ever comes to its end, as if it was killed
    const before = await openIn(directory, new ManualClock(clock.wallMs()), { parts: [held.part], spikes });
    before.start();
    const [first] = await before.alerts.receive([named("HighCpuUsage")]);
    await eventually("it is at work", held.isBegun);
    await before.alerts.receive([named("HighLoad")]);
    await clock.advance(5);

    const after = await openIn(directory, clock, { spikes });
    const [third] = await after.alerts.receive([named("Spike", { resource: "pressure_cpu" })]);
    assert.deepEqual([third?.result, third?.archiveId], ["joined", first?.archiveId]);
    after.start();
    await after.finished(1);
    assert.deepEqual(
      after.stored(first?.archiveId).archive.joined?.map(({ name }) => name),
      ["HighLoad", "Spike"],
    );
    await after.stop();
  });

  it("names all its alerts where there is no archive in the end", async () => {
    const luck = luckyPart();
    const capture = await openIn(directory, clock, { parts: [luck.part], spikes: lookup(burner()) });
    await capture.alerts.receive([named("HighCpuUsage"), named("HighLoad")]);
    capture.start();
    await capture.finished(1);
    luck.comes();
    const { id } = await capture.queue.request({});
    await capture.finished(2);
    assert.match(String((await capture.manifestOf(id)).notes), /there is no archive of HighCpuUsage and HighLoad \(.*: no luck/);
    await capture.stop();
  });
});
