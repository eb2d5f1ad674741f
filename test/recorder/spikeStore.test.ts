import assert from "node:assert/strict";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Spike } from "../../src/model/spike.ts";
import { openSpikeStore, type SpikeStore, type SpikeStoreOptions } from "../../src/recorder/spikeStore.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

const newDirectory = tempDirectories();

function spikeAt(clock: ManualClock, id: string, more: Partial<Spike> = {}): Spike {
  const startMs = clock.wallMs();
  const verdict = { sentence: `It was ${id}.`, shares: [], final: false };
  return { id, resource: "cpu", startMs, peakMs: startMs, baseline: 0.1, peak: 2, unit: "cores", verdict, ...more };
}

describe("the store of spikes", () => {
  let clock: ManualClock;
  let directory: string;
  let log: ReturnType<typeof recordedLog>;
  const open = (more: Partial<SpikeStoreOptions> = {}): Promise<SpikeStore> => openSpikeStore({ directory, clock, log: log.log, ...more });
  const path = () => join(directory, "spikes.jsonl");
  const idsOf = (store: SpikeStore) => store.list().map(({ id }) => id);

  beforeEach(async () => {
    clock = new ManualClock();
    log = recordedLog();
    directory = join(await newDirectory(), "recording");
  });

  it("has after a restart what it had before, the newest first and as it was known last", async () => {
    const store = await open();
    for (const id of ["a", "b"]) {
      store.save(spikeAt(clock, id));
      await clock.advance(10);
      store.save(spikeAt(clock, id, { peak: 3, endMs: clock.wallMs(), ending: "fell_back", startMs: clock.wallMs() - 10_000 }));
    }
    await store.flush();
    const again = await open();
    assert.deepEqual(idsOf(again), ["b", "a"]);
    assert.deepEqual(again.find("a"), store.find("a"));
    assert.equal(again.find("a")?.peak, 3);
    assert.equal(again.find("c"), undefined);
    const aMs = store.find("a")?.startMs ?? 0;
    assert.deepEqual(
      again.overlapping(aMs + 5000, aMs + 6000).map(({ id }) => id),
      ["a"],
    );
    assert.deepEqual(again.overlapping(aMs + 60_000, aMs + 70_000), []);
  });

  it("brings its file back where somebody has removed it, when it is told to look", async () => {
    const store = await open();
    await store.check();
    for (const id of ["a", "b"]) store.save(spikeAt(clock, id, { endMs: clock.wallMs() }));
    await store.flush();
    await rm(directory, { recursive: true });
    await store.check();
    assert.deepEqual(idsOf(await open()).sort(), ["a", "b"]);
    await rm(directory, { recursive: true });
    await writeFile(directory, "in the way");
    await assert.rejects(store.check());
    await store.close();
  });

  it("closes one that nobody saw the end of where it was last heard of, and says so", async () => {
    const store = await open();
    const lasting = spikeAt(clock, "lasting");
    store.save(lasting);
    await clock.advance(40);
    store.save(lasting);
    await store.flush();
    const lastHeardMs = clock.wallMs();
    await clock.advance(3600);
    for (const again of [await open(), await open()]) {
      const closed = again.find("lasting");
      assert.deepEqual([closed?.endMs, closed?.ending, closed?.verdict?.final], [lastHeardMs, "unseen", true]);
    }
  });

  it("closes it at the last recorded second where that is known and not long after", async () => {
    const store = await open();
    store.save(spikeAt(clock, "lasting"));
    await store.flush();
    const heardMs = clock.wallMs();
    assert.equal((await open({ lastRecordedMs: heardMs + 200_000 })).find("lasting")?.endMs, heardMs, "it would have been heard of again");
    await rm(path());
    store.save(spikeAt(clock, "lasting"));
    await store.flush();
    assert.equal((await open({ lastRecordedMs: heardMs + 45_000 })).find("lasting")?.endMs, heardMs + 45_000);
  });

  it("loses a torn line and lines that it cannot understand, and nothing else", async () => {
    const store = await open();
    store.save(spikeAt(clock, "kept", { endMs: clock.wallMs() }));
    await store.flush();
    await appendFile(path(), '{"schemaVersion":1}\nnot json\n{"schemaVersion":1,"atMs":17,"spike":{"id":"to');
    const again = await open();
    assert.deepEqual(idsOf(again), ["kept"]);
    assert.equal(log.lines().filter(({ level }) => level === "warn").length, 1);
    again.save(spikeAt(clock, "next", { endMs: clock.wallMs() }));
    await again.flush();
    assert.deepEqual(idsOf(await open()).sort(), ["kept", "next"]);
  });

  it("keeps no more than so many and none that is too old, and the file does not grow for ever", async () => {
    const store = await open({ maxCount: 3, maxAgeSeconds: 3600 });
    for (let index = 0; index < 5; index++) {
      store.save(spikeAt(clock, `s${index}`, { endMs: clock.wallMs() }));
      await clock.advance(60);
    }
    assert.deepEqual(idsOf(store), ["s4", "s3", "s2"]);
    const lasting = spikeAt(clock, "long");
    for (let index = 0; index < 3000; index++) {
      store.save(lasting);
      if (index % 10 === 0) await store.flush();
    }
    await store.flush();
    assert.ok((await readFile(path(), "utf8")).split("\n").length < 2500);
    await clock.advance(7200);
    assert.deepEqual(idsOf(await open({ maxAgeSeconds: 3600 })), []);
  });

  it("keeps in memory what the disk refuses, says so once, and writes it when it can", async () => {
    const store = await open();
    await rm(directory, { recursive: true });
    await writeFile(directory, "in the way");
    for (const id of ["a", "b"]) {
      store.save(spikeAt(clock, id, { endMs: clock.wallMs() }));
      await store.flush();
    }
    assert.deepEqual(idsOf(store).sort(), ["a", "b"]);
    assert.equal(log.lines().filter(({ level }) => level === "error").length, 1);
    await rm(directory);
    await mkdir(directory);
    await clock.advance(10);
    await store.flush();
    assert.deepEqual(idsOf(await open()).sort(), ["a", "b"], "nothing has to happen first");
    store.save(spikeAt(clock, "c", { endMs: clock.wallMs() }));
    await store.close();
    assert.deepEqual(idsOf(await open()).sort(), ["a", "b", "c"]);
  });
});
