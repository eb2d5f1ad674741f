import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Silences } from "../../src/notify/silences.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

describe("Silences", () => {
  const tempDirectory = tempDirectories();
  const recorded = recordedLog();
  let storageDirectory: string;
  let clock: ManualClock;
  const open = () => Silences.open({ storageDirectory, clock, log: recorded.log });
  beforeEach(async () => {
    storageDirectory = await tempDirectory();
    clock = new ManualClock();
  });

  it("hold what they name, or everything, until they end", async () => {
    const silences = await open();
    const nowMs = clock.wallMs();
    await silences.add({ seconds: 3600, triggers: ["HighLoad"], by: "admin" });
    assert.equal(silences.until({ name: "HighLoad" }, nowMs), nowMs + 3_600_000);
    assert.equal(silences.until({ name: "Spike" }, nowMs), undefined);
    await silences.add({ seconds: 600, by: "admin" });
    assert.equal(silences.until({ name: "Spike" }, nowMs), nowMs + 600_000);
    assert.equal(silences.until({ name: "HighLoad" }, nowMs), nowMs + 3_600_000);
    await clock.advance(600);
    assert.equal(silences.until({ name: "Spike" }, clock.wallMs()), undefined);
    assert.deepEqual(
      silences.list().map(({ triggers }) => triggers),
      [["HighLoad"]],
    );
  });

  it("hold what certain groups have done, and what these did with another they do not", async () => {
    const silences = await open();
    const nowMs = clock.wallMs();
    const [dump, tar] = [["pg_dump", "nightly-backup.service"], ["tar"]];
    await silences.add({ seconds: 3600, triggers: ["HighLoad"], groups: ["nightly-backup.service"], by: "admin" });
    const isHeld = (name: string, ...culprits: readonly string[][]) => silences.until({ name, culprits }, nowMs) !== undefined;
    assert.deepEqual(
      [isHeld("HighLoad", dump), isHeld("HighLoad", dump, tar), isHeld("HighLoad", tar), isHeld("HighLoad"), isHeld("Spike", dump)],
      [true, false, false, false, false],
    );
    assert.deepEqual((await open()).list(), silences.list());
  });

  it("outlive a restart, and so does their end", async () => {
    const silences = await open();
    const first = await silences.add({ seconds: 3600, triggers: ["HighLoad"], reason: "the move", by: "admin" });
    const second = await silences.add({ seconds: 7200, by: "admin" });
    assert.deepEqual((await open()).list(), [first, second]);
    assert.deepEqual(await silences.end(first?.id ?? ""), first);
    assert.equal(await silences.end(first?.id ?? ""), undefined);
    assert.deepEqual((await open()).list(), [second]);
  });

  it("are bounded, and what has ended takes no place", async () => {
    const silences = await open();
    for (let count = 0; count < 50; count++) assert.ok(await silences.add({ seconds: 60, by: "admin" }));
    assert.equal(await silences.add({ seconds: 60, by: "admin" }), undefined);
    await clock.advance(60);
    assert.ok(await silences.add({ seconds: 60, by: "admin" }));
  });

  it("that nobody understands any more are moved aside, and their file comes back where it was removed", async () => {
    const path = join(storageDirectory, "notifications", "silences.json");
    await open();
    await writeFile(path, "{}");
    const silences = await open();
    assert.deepEqual(silences.list(), []);
    const added = await silences.add({ seconds: 60, by: "admin" });
    await rm(path);
    await silences.check();
    assert.deepEqual((await open()).list(), [added]);
  });
});
