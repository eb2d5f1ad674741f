import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import type { Part } from "../../src/capture/making/part.ts";
import { snapshotsPart } from "../../src/capture/parts/snapshots.ts";
import { AbandonedRequests } from "../../src/capture/requests/abandonedRequests.ts";
import type { CaptureRequest, JoinedAlert } from "../../src/model/capture.ts";
import { Ring } from "../../src/recorder/ring.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { eventually, firing, group, inMemory, luckyPart, openIn, snapshotAt } from "./support.ts";

/** Works until it is let go. */
function busyPart(): { readonly part: Part; readonly begun: () => number; readonly letGo: () => void } {
  let begun = 0;
  let letGo: () => void = () => undefined;
  const part: Part = {
    name: "busy",
    when: "now",
    async run() {
      begun++;
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      return [];
    },
  };
  return { part, begun: () => begun, letGo: () => letGo() };
}

describe("while a capture is being made", () => {
  const tempDirectory = tempDirectories();
  let clock: ManualClock;
  let directory: string;
  beforeEach(async () => {
    clock = new ManualClock();
    directory = await tempDirectory();
  });

  it("it is known how many alerts beside its own were cut off, and the archive says so", async () => {
    const capture = await openIn(directory, clock, { parts: [] });
    const [result] = await capture.alerts.receive([firing(clock)], { truncatedAlerts: 7 });
    capture.start();
    await capture.finished(1);
    const files = await capture.filesOf(result?.archiveId);
    const manifest = JSON.parse(String(files.get("manifest.json"))) as { notes: string[]; request: CaptureRequest };
    const note = "7 more alerts of the same notification have no archive: Alertmanager cut them off (max_alerts of its receiver)";
    assert.deepEqual([manifest.request.truncatedAlerts, manifest.notes], [7, [note]]);
    assert.ok(String(files.get("summary.txt")).includes(note));
  });

  it("the seconds after it was asked for are recorded, and stand in the archive beside those before", async () => {
    const ring = new Ring({ keepSeconds: 3600, mostBytes: 1e9 });
    const askedAtMs = clock.wallMs();
    const record = () => {
      const ms = clock.wallMs();
      ring.push(ms, JSON.stringify(snapshotAt(ms, [group("burner", { cpuCores: ms > askedAtMs ? 3 : 1 })])));
    };
    // the recorder's own seconds: none of them lies ahead
    for (let ms = askedAtMs - 60_000; ms < askedAtMs; ms += 1000)
      ring.push(ms, JSON.stringify(snapshotAt(ms, [group("burner", { cpuCores: 1 })])));
    const tick = () => {
      record();
      clock.after(1, tick);
    };
    const capture = await openIn(directory, clock, { recording: inMemory(ring), parts: [snapshotsPart] });
    capture.start();
    tick();
    const [result] = await capture.alerts.receive([firing(clock)]);
    await capture.finished(1);
    const files = await capture.filesOf(result?.archiveId);
    const times = (files.get("snapshots.jsonl")?.toString() ?? "")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { takenAtMs: number }).takenAtMs);
    assert.equal(times[0], askedAtMs - 60_000);
    // the fifteenth may be written down just after it was looked for
    assert.deepEqual(
      times.slice(60, 75),
      Array.from({ length: 15 }, (_, second) => askedAtMs + second * 1000),
    );
    assert.ok((files.get("report.html")?.length ?? 0) > 1000);
    await capture.stop();
  });

  it("alerts of its incident join, and its manifest and summary account for each of them", async () => {
    const busy = busyPart();
    const capture = await openIn(directory, clock, { parts: [busy.part] });
    capture.start();
    const twin = firing(clock, { fingerprint: "fp2", labels: { alertname: "HighCpu", instance: "web1", replica: "b" } });
    const [first] = await capture.alerts.receive([firing(clock)]);
    await eventually("it is at work", () => busy.begun() === 1);
    const joinedAtMs = clock.wallMs();
    await capture.alerts.receive([twin]);
    await clock.advance(5);
    const [again] = await capture.alerts.receive([firing(clock)]);
    await capture.alerts.receive([twin]);
    assert.equal(again?.result, "joined");
    busy.letGo();
    await capture.finished(1);
    const { joined } = (await capture.manifestOf(first?.archiveId)) as { joined: readonly JoinedAlert[] };
    assert.deepEqual(
      joined.map(({ fingerprint, times, firstAtMs, lastAtMs }) => [fingerprint, times, firstAtMs, lastAtMs]),
      [
        ["fp2", 2, joinedAtMs, joinedAtMs + 5000],
        ["fp1", 1, joinedAtMs + 5000, joinedAtMs + 5000],
      ],
    );
    const summary = (await capture.filesOf(first?.archiveId)).get("summary.txt")?.toString() ?? "";
    assert.match(summary, /^the same alert +- +fp1 +2026-11-21 09:59:05 UTC +once, last at 2026-11-21 10:00:05 UTC +the same$/m);
    assert.match(
      summary,
      /^HighCpu +replica=b +fp2 +2026-11-21 09:59:00 UTC +2 times, last at 2026-11-21 10:00:05 UTC +no spike was noticed$/m,
    );
    await capture.stop();
  });

  it("other requests wait for their turn, each with an archive of its own; a trigger's request is kept once", async () => {
    const busy = busyPart();
    const capture = await openIn(directory, clock, { parts: [busy.part] });
    capture.start();
    await capture.alerts.receive([firing(clock)]);
    await eventually("it is at work", () => busy.begun() === 1);
    const asked = {
      origin: "trigger",
      name: "cpu",
      labels: { trigger: "cpu" },
      annotations: { summary: "CPU above 90 %" },
      onsetMs: clock.wallMs() - 60_000,
      incidentKey: "trigger-1",
    } as const;
    const [one, same] = await Promise.all([capture.requestFor(asked), capture.requestFor(asked)]);
    const other = await capture.requestFor({ ...asked, incidentKey: "trigger-2", onsetMs: clock.wallMs() + 1e9 });
    const person = await capture.queue.request({ reason: "slow" });
    assert.deepEqual(one, same);
    assert.deepEqual(
      capture.queue.pending().map(({ name }) => name),
      ["HighCpu", "cpu", "cpu", "manual"],
    );
    await clock.advance(20);
    for (let number = 1; number <= 4; number++) {
      await eventually(`number ${number} is at work`, () => busy.begun() === number);
      busy.letGo();
      await capture.finished(number);
    }
    assert.deepEqual(await capture.requestFor(asked), one, "its archive is there");
    const manifests = await Promise.all([one.id, other.id, person.id].map((id) => capture.manifestOf(id)));
    for (const manifest of manifests) assert.deepEqual((manifest.late as { reason: string }).reason, "others were made before it");
    const [ofTrigger, ofOther] = manifests.map(({ request }) => request as CaptureRequest);
    assert.ok(ofTrigger && ofOther);
    assert.deepEqual(ofTrigger.annotations, { summary: "CPU above 90 %" });
    assert.equal(ofOther.onsetMs, ofOther.requestedAtMs, "no onset lies ahead");
    assert.equal(capture.archives.list().length, 4);
    await capture.stop();
  });

  it("Culprit may be killed: the half archive goes, the request stays, and its archive says that it is late and was begun before", async () => {
    const busy = busyPart();
    // its time stands still: nothing of it ever comes to its end, as if it was killed
    const before = await openIn(directory, new ManualClock(clock.wallMs()), { parts: [busy.part] });
    before.start();
    const [promised] = await before.alerts.receive([firing(clock)]);
    await eventually("it is at work", () => busy.begun() === 1);
    await before.alerts.receive([firing(clock)]);
    await clock.advance(90);

    const after = await openIn(directory, clock);
    after.start();
    await after.finished(1);
    const { late, joined } = (await after.manifestOf(promised?.archiveId)) as { late: object; joined: readonly JoinedAlert[] };
    assert.deepEqual(late, { seconds: 90, reason: "it was begun before and did not come to its end", attemptsBefore: 1 });
    assert.deepEqual(
      joined.map(({ fingerprint }) => fingerprint),
      ["fp1"],
    );
    assert.deepEqual(
      (await readdir(after.archivesDirectory)).filter((name) => name.endsWith(".partial")),
      [],
    );
    await after.stop();
  });

  it("a request that is given up is accounted for in the next manifest, and in no other", async () => {
    const luck = luckyPart();
    const capture = await openIn(directory, clock, { parts: [luck.part] });
    capture.start();
    const lost = await capture.queue.request({});
    await capture.finished(1);
    luck.comes();
    const notes: unknown[] = [];
    for (const count of [2, 3]) {
      const { id } = await capture.queue.request({});
      await capture.finished(count);
      notes.push((await capture.manifestOf(id)).notes);
    }
    assert.deepEqual(notes, [[`there is no archive of manual (${lost.id}), asked for at 2026-11-21 10:00:00 UTC: no luck`], []]);
    await capture.stop();
  });
});

describe("requests that got no archive", () => {
  it("are told of by number where they are very many, until an archive has said so", () => {
    const abandoned = new AbandonedRequests();
    const request = { id: "x", name: "n", requestedAtMs: 0 } as CaptureRequest;
    for (let number = 0; number < 60; number++) abandoned.add({ ...request, id: String(number) }, [], "too many");
    const told = abandoned.notes();
    assert.equal(told.length, 51);
    assert.equal(told.at(-1), "and 10 more requests got no archive: see the log");
    abandoned.add({ ...request, id: "late" }, [], "too many");
    abandoned.told(told);
    assert.deepEqual(abandoned.notes(), []);
  });
});
