import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig } from "../../src/config.ts";
import type { MachineEvent } from "../../src/model/machineEvent.ts";
import { type MachineEvents, openMachineEvents } from "../../src/wiring/machineEvents.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

describe("The events of a running Culprit", () => {
  const tempDirectory = tempDirectories();
  let clock: ManualClock;
  let directory: string;
  let told: MachineEvent[];
  let opened: MachineEvents | undefined;

  beforeEach(async () => {
    clock = new ManualClock();
    directory = join(await tempDirectory(), "recording");
    told = [];
  });
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });

  async function open(before?: { readonly takenAtMs: number; readonly bootTimeSeconds: number }): Promise<MachineEvents> {
    const cwd = await tempDirectory();
    const config = loadConfig({ argv: [`--path.rootfs=${cwd}`], env: {}, cwd });
    opened = await openMachineEvents(config, {
      ...{ directory, clock, log: recordedLog().log, onNew: (events: readonly MachineEvent[]) => void told.push(...events) },
      before: before && { takenAtMs: before.takenAtMs, host: { bootTimeSeconds: before.bootTimeSeconds } },
    });
    return opened;
  }
  const post = (events: MachineEvents, text = "deployed 1.4") => events.post({ atMs: clock.wallMs(), text, by: "ci" });

  it("tell of a start of the machine since the last second of the run before, and keep it", async () => {
    const nowMs = clock.wallMs();
    const events = await open({ takenAtMs: nowMs - 300_000, bootTimeSeconds: nowMs / 1000 - 86_400 });
    events.take({ takenAtMs: nowMs, host: { bootTimeSeconds: nowMs / 1000 - 60 } });
    assert.deepEqual(
      told.map(({ kind, atMs }) => [kind, atMs]),
      [["reboot", nowMs - 60_000]],
    );
    await events.close();
    assert.deepEqual((await open()).between(0, Number.POSITIVE_INFINITY), told);
  });

  it("take sixty in a minute from people, and say that there were too many", async () => {
    const events = await open();
    for (let count = 0; count < 60; count++) assert.ok("event" in (await post(events, `deployed ${count}`)));
    const refused = await post(events);
    assert.deepEqual(refused, { refused: "too_many", reason: "more than 60 events in a minute are not taken" });
    await clock.advance(60);
    assert.ok("event" in (await post(events)));
    assert.equal(told.length, 61);
  });

  it("promise nothing that the disk has not taken, and do not show it", async () => {
    const events = await open();
    await rm(directory, { recursive: true });
    await mkdir(join(directory, ".."), { recursive: true });
    await writeFile(directory, "in the way");
    const refused = await post(events);
    assert.ok("refused" in refused && refused.refused === "unwritten", JSON.stringify(refused));
    assert.match(refused.reason, /^the event cannot be kept now: /);
    assert.deepEqual([events.between(0, Number.POSITIVE_INFINITY), told], [[], []]);
  });
});
