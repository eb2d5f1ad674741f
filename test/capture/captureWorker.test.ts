import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { QueueUnavailable } from "../../src/capture/contract.ts";
import type { Part } from "../../src/capture/making/part.ts";
import { alertPart } from "../../src/capture/parts/alert.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { eventually, firing, group, openIn, ringOf, untar, windUntil } from "./support.ts";

const minute = 60_000;

/** Fails as often as it is told to before it succeeds. */
function failing(times: number): { readonly part: Part; readonly runs: () => number } {
  let runs = 0;
  const content = {
    sizeBytes: 2,
    chunks: () => {
      runs++;
      if (runs <= times) throw new Error("no luck");
      return ["ok"];
    },
  };
  return { runs: () => runs, part: { name: "luck", when: "now", run: async () => [{ name: "luck.txt", content }] } };
}

describe("promised captures", () => {
  const tempDirectory = tempDirectories();
  let clock: ManualClock;
  let directory: string;
  beforeEach(async () => {
    clock = new ManualClock();
    directory = await tempDirectory();
  });

  it("take up after a crash what was promised, mark it late, and do not capture a re-send again", async () => {
    const before = await openIn(directory, clock);
    const [promised] = await before.alerts.receive([firing(clock)]);
    // it is never started: as if Culprit was killed right after its answer
    await writeFile(join(before.archivesDirectory, `${promised?.archiveId}.tar.gz.partial`), "half an archive");
    await rm(join(directory, "storage", "incidents.json"));
    await clock.advance(3600);

    const after = await openIn(directory, clock);
    const [joined] = await after.alerts.receive([firing(clock)]);
    assert.deepEqual([joined?.result, joined?.archiveId], ["joined", promised?.archiveId]);
    after.start();
    await after.finished(1);
    const { late, asked } = (await after.manifestOf(promised?.archiveId)) as { late: object; asked: { toMs: number } };
    assert.deepEqual(late, { seconds: 3600, reason: "Culprit was not running", attemptsBefore: 0 });
    assert.ok(asked.toMs >= clock.wallMs() - 60_000);
    assert.deepEqual((await readdir(after.archivesDirectory)).sort(), [
      ".reserve",
      `${promised?.archiveId}.json`,
      `${promised?.archiveId}.tar.gz`,
    ]);
    await after.stop();
  });

  it("are not made again when the crash came between the archive and its acknowledgement", async () => {
    const first = await openIn(directory, clock);
    first.start();
    const [result] = await first.alerts.receive([firing(clock)]);
    const [entry] = await readdir(join(directory, "storage", "captures"));
    await first.finished(1);
    await first.stop();
    const { archive } = first.stored(result?.archiveId);
    const request = (await first.manifestOf(archive.id)).request;
    const kept = { entries: [{ id: "1-0", item: request, retryAtMs: 0, attempts: 1 }] };
    await writeFile(join(directory, "storage", "captures", entry ?? ""), JSON.stringify(kept));

    const second = await openIn(directory, clock);
    second.start();
    await windUntil(clock, "the queue is empty", () => second.queue.pending().length === 0);
    assert.deepEqual(second.archives.list(), [archive]);
    assert.deepEqual(second.ends, []);
    await second.stop();
  });

  it("that fail are tried again later and marked, and their failures leave nothing behind", async () => {
    const luck = failing(2);
    const capture = await openIn(directory, clock, { parts: [luck.part] });
    capture.start();
    const startMs = clock.wallMs();
    const { id } = await capture.queue.request({});
    await eventually("the first attempt", () => luck.runs() === 1);
    await eventually("nothing is left of it", async () => (await readdir(capture.archivesDirectory)).join() === ".reserve");
    await capture.finished(1);
    assert.equal(luck.runs(), 3);
    assert.ok(clock.wallMs() - startMs >= 150_000, "30 s and 2 min lie between the attempts");
    const { late } = (await capture.manifestOf(id)) as { late: { attemptsBefore: number } };
    assert.equal(late.attemptsBefore, 2);
    assert.deepEqual(
      capture.ends.map(({ result }) => result),
      ["ok"],
    );
    await capture.stop();
  });

  it("that always fail are given up loudly after three retries, and the next one is made", async () => {
    const luck = failing(4);
    const capture = await openIn(directory, clock, { parts: [luck.part] });
    capture.start();
    let told = 0;
    capture.archives.onChange(() => told++);
    const { id } = await capture.queue.request({});
    await capture.finished(1);
    assert.equal(luck.runs(), 4);
    assert.deepEqual(
      capture.ends.map(({ request, result }) => [request.origin, result]),
      [["manual", "failed"]],
    );
    assert.equal(capture.archives.find(id), undefined);
    assert.deepEqual(capture.queue.pending(), []);
    assert.ok(told > 0, "who waits for it must hear of it");
    assert.ok(capture.lines().some((line) => line.level === "error" && line.id === id && line.reason === "no luck"));
    await capture.queue.request({});
    await capture.finished(2);
    assert.equal(capture.ends[1]?.result, "ok");
    await capture.stop();
  });

  it("do not wait behind one that is to be tried again later", async () => {
    const luck = failing(1);
    const capture = await openIn(directory, clock, { parts: [luck.part] });
    capture.start();
    await capture.queue.request({});
    await eventually("the first fails", () => luck.runs() === 1);
    const { id } = await capture.queue.request({});
    await eventually("the second is made at once", () => capture.ends.length === 1);
    assert.ok(capture.archives.find(id));
    assert.equal(capture.queue.pending().length, 1);
    await capture.stop();
  });

  /** Begins the capture that waits, and is killed while it is at work. */
  async function dieAtWork(life: number, parts: readonly Part[]): Promise<void> {
    // its time stands still from here on: wound on with the next life's clock, it would come to its end after all and replace what that made
    const itsClock = new ManualClock(clock.wallMs());
    const doomed = await openIn(directory, itsClock, { parts });
    if (life === 1) await doomed.alerts.receive([firing(itsClock)]);
    doomed.start();
    await eventually("the attempt is written down", async () => {
      const [name] = await readdir(join(directory, "storage", "captures"));
      return (await readFile(join(directory, "storage", "captures", name ?? ""), "utf8")).includes(`"attempts":${life}`);
    });
    // and here it is killed: a new life begins on the same directory
  }

  const hangs: Part = { name: "hangs.txt", when: "now", run: () => new Promise(() => undefined) };

  it("that take Culprit down again and again are made of less and less, so that what was promised exists", async () => {
    let commandRuns = 0;
    const commands: Part = {
      ...{ name: "commands", when: "now", external: true },
      run: async () => {
        commandRuns++;
        return [{ name: "commands/a.txt", content: { sizeBytes: 1, chunks: () => ["a"] } }];
      },
    };
    const machine: Part = {
      name: "machine.txt",
      when: "now",
      run: async () => [{ name: "machine.txt", content: { sizeBytes: 1, chunks: () => ["m"] } }],
    };
    const expected: readonly (readonly [deaths: number, note: RegExp, missing: readonly string[]])[] = [
      [1, /^of Culprit's own parts only: it was begun once before and did not come to its end; commands are left out$/, ["commands"]],
      [2, /^a small archive: it was begun 2 times before and .*the recording is cut$/, ["commands"]],
      [4, /^only what was asked for: it was begun 4 times before and .*; nothing of the machine/, ["commands", "machine.txt"]],
    ];
    for (const [deaths, note, missing] of expected) {
      directory = await tempDirectory();
      commandRuns = 0;
      for (let life = 1; life <= deaths; life++) await dieAtWork(life, [alertPart, commands, hangs]);
      const last = await openIn(directory, clock, { parts: [alertPart, commands, machine] });
      last.start();
      await last.finished(1);
      const [end] = last.ends;
      const left = end?.archive?.missing.filter(({ reason }) => reason.startsWith("left out: it was begun")).map(({ part }) => part);
      assert.deepEqual([end?.result, left], ["ok", missing]);
      const manifest = (await last.manifestOf(end?.request.id)) as { notes: readonly string[] };
      assert.match(manifest.notes[0] ?? "", note);
      assert.ok((await untar(last.stored(end?.request.id ?? "").path)).has("alert.json"), "what the alert said is in every archive");
      assert.equal(commandRuns, 1, "other programs are asked once and never again");
      await last.stop();
    }
  });

  it("that take Culprit down even when nothing is attempted any more are given up in the end", async () => {
    for (let life = 1; life <= 8; life++) await dieAtWork(life, [{ ...hangs, isPlain: true }]);
    const last = await openIn(directory, clock);
    last.start();
    await last.finished(1);
    assert.deepEqual(
      last.ends.map(({ result }) => result),
      ["failed"],
    );
    await last.stop();
  });

  it("that a full disk does not take are kept until it does, however long that is, and are then whole", async () => {
    let tries = 0;
    let hasRoom = false;
    const chunks = () => {
      tries++;
      if (!hasRoom) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      return ["ok"];
    };
    const part: Part = { name: "part", when: "now", run: async () => [{ name: "part.txt", content: { sizeBytes: 2, chunks } }] };
    const capture = await openIn(directory, clock, { parts: [part] });
    capture.start();
    const { id } = await capture.queue.request({});
    await windUntil(clock, "it has been tried for hours", () => tries > 20 && tries % 2 === 0);
    assert.deepEqual([capture.ends, capture.queue.pending().length], [[], 1]);
    hasRoom = true;
    await capture.finished(1);
    const { size, notes } = (await capture.manifestOf(id)) as { size: string; notes: readonly string[] };
    assert.deepEqual([size, notes], ["full", []]);
    await capture.stop();
  });

  it("are finished with what there is when Culprit stops, and what waits is kept", async () => {
    const start = clock.wallMs();
    const capture = await openIn(directory, clock, { recording: ringOf(start - minute, start, () => [group("burner", { cpuCores: 1 })]) });
    capture.start();
    const results = await capture.alerts.receive([firing(clock), firing(clock, { fingerprint: "fp2", labels: { alertname: "Other" } })]);
    await eventually("it waits for the seconds after", () => clock.waiting >= 2);
    await capture.stop();
    const { notes } = (await capture.manifestOf(results[0]?.archiveId)) as { notes: string[] };
    assert.match(notes.join(), /Culprit was being stopped/);
    assert.equal(capture.archives.find(results[1]?.archiveId ?? ""), undefined);

    const again = await openIn(directory, clock);
    again.start();
    await again.finished(1);
    assert.ok(again.archives.find(results[1]?.archiveId ?? ""));
    await again.stop();
  });

  it("that cannot be finished in time are left whole in the queue when Culprit stops", async () => {
    const stuck: Part = { name: "stuck", when: "after", run: () => new Promise(() => undefined) };
    const capture = await openIn(directory, clock, { parts: [stuck] });
    capture.start();
    const { id } = await capture.queue.request({});
    await eventually("it is at work", () => clock.waiting >= 2);
    const { waiting } = clock;
    let isStopped = false;
    const stopping = capture.stop(5).then(() => {
      isStopped = true;
    });
    // the timer of the housekeeping goes, that of the stop comes
    await eventually("its time runs", () => clock.waiting >= waiting);
    await clock.advance(5);
    await eventually("a part that hangs is not waited for", () => isStopped);
    await stopping;
    assert.deepEqual(capture.ends, []);

    const again = await openIn(directory, clock);
    again.start();
    await again.finished(1);
    assert.equal(((await again.manifestOf(id)) as { late: { attemptsBefore: number } }).late.attemptsBefore, 1);
    await again.stop();
  });

  it("are refused, and not half accepted, when the queue cannot be written", async () => {
    const capture = await openIn(directory, clock);
    capture.start();
    const queue = join(directory, "storage", "captures");
    await rm(queue, { recursive: true });
    await writeFile(queue, "in the way");
    await assert.rejects(capture.alerts.receive([firing(clock)]), QueueUnavailable);
    await assert.rejects(capture.queue.request({}), QueueUnavailable);
    assert.deepEqual(capture.queue.pending(), []);
    await rm(queue);
    const [result] = await capture.alerts.receive([firing(clock)]);
    assert.equal(result?.result, "captured", "the refused one has opened no incident");
    await capture.finished(1);
    await capture.stop();
  });

  it("make one archive when the incident could not be stored and the sender tries again", async () => {
    const capture = await openIn(directory, clock);
    capture.start();
    await mkdir(join(directory, "storage", "incidents.json", "in the way"), { recursive: true });
    await assert.rejects(capture.alerts.receive([firing(clock)]), QueueUnavailable);
    await rm(join(directory, "storage", "incidents.json"), { recursive: true });
    const [again] = await capture.alerts.receive([firing(clock)]);
    assert.equal(again?.result, "joined");
    await capture.finished(1);
    assert.equal(capture.stored(again?.archiveId).archive.id, again?.archiveId);
    await capture.stop();
  });
});
