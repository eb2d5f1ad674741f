import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EventStore } from "../../src/events/eventStore.ts";
import type { MachineEvent } from "../../src/model/machineEvent.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

describe("the store of events", () => {
  const newDirectory = tempDirectories();
  let clock: ManualClock;
  let directory: string;
  let log: ReturnType<typeof recordedLog>;
  const open = () => EventStore.open({ directory, clock, log: log.log });
  const event = (id: string, ageSeconds = 0, more: Partial<MachineEvent> = {}): MachineEvent => ({
    ...{ id, atMs: clock.wallMs() - ageSeconds * 1000, kind: "deployment", text: `deployed ${id}` },
    ...more,
  });
  const idsOf = (store: EventStore) => store.between(0, Number.POSITIVE_INFINITY).map(({ id }) => id);

  beforeEach(async () => {
    clock = new ManualClock();
    log = recordedLog();
    directory = join(await newDirectory(), "recording");
  });

  it("has after a restart what it had before, the oldest first", async () => {
    const store = await open();
    assert.equal(await store.keep(event("b", 10)), undefined);
    store.add([event("a", 60, { kind: "reboot", detail: "after 2 min", unit: "x.service", by: "ci" })]);
    await store.close();
    const again = await open();
    assert.deepEqual(idsOf(again), ["a", "b"]);
    assert.deepEqual(again.between(0, Number.POSITIVE_INFINITY), store.between(0, Number.POSITIVE_INFINITY));
    const atMs = clock.wallMs() - 10_000;
    assert.deepEqual(
      again.between(atMs, atMs).map(({ id }) => id),
      ["b"],
    );
  });

  it("takes what is found twice once, and what has changed anew", async () => {
    const store = await open();
    assert.equal(store.add([event("a")]).length, 1);
    const { revision } = store;
    assert.equal(store.add([event("a")]).length, 0);
    assert.equal(store.revision, revision);
    assert.equal(store.add([event("a", 0, { text: "more" })]).length, 1);
    assert.deepEqual(
      store.between(0, Number.POSITIVE_INFINITY).map(({ text }) => text),
      ["more"],
    );
    await store.close();
  });

  it("keeps the newest 300 of each kind, and none that is older than ninety days", async () => {
    const store = await open();
    store.add([event("boot", 80 * 86_400, { kind: "reboot" }), event("ancient", 91 * 86_400)]);
    store.add(Array.from({ length: 400 }, (_, index) => event(`d${index}`, 400 - index)));
    const kept = idsOf(store);
    assert.deepEqual([kept.length, kept[0], kept[1], kept.at(-1)], [301, "boot", "d100", "d399"]);
    await clock.advance(11 * 86_400);
    store.add([event("new")]);
    assert.ok(!idsOf(store).includes("boot"));
    await store.close();
  });

  it("leaves out what is odd in its file, and moves a file aside that is none of its own", async () => {
    const store = await open();
    await store.keep(event("a"));
    await store.close();
    const path = join(directory, "events.json");
    const file = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...file, events: [{ id: 1 }, { ...file.events[0], kind: "other" }, ...file.events] }));
    assert.deepEqual(idsOf(await open()), ["a"]);
    await writeFile(path, "[]");
    assert.deepEqual(idsOf(await open()), []);
    assert.match(log.lines().at(-1)?.message as string, /^events: their list cannot be understood and is moved aside/);
  });
});
