import assert from "node:assert/strict";
import { wholeDevices } from "../../src/procfs/blockDevices.ts";

describe("the devices that add up to the machine's disk traffic", () => {
  const alone = { heldBy: [] };
  const wholeOf = (
    devices: Readonly<Record<string, Parameters<typeof wholeDevices>[0] extends ReadonlyMap<string, infer One> ? One : never>>,
  ) => [...wholeDevices(new Map(Object.entries(devices)))];

  it("are each counted once, however they are stacked", () => {
    const whole = wholeOf({
      sda: alone,
      sda1: { partitionOf: "sda", heldBy: [] },
      sdb: { heldBy: ["md0"] },
      sdc: { heldBy: ["md0"] },
      md0: alone,
      sdd: alone,
      sdd1: { partitionOf: "sdd", heldBy: [] },
      sdd2: { partitionOf: "sdd", heldBy: ["dm-0"] },
      "dm-0": alone,
      loop0: alone,
      zram0: alone,
    });
    assert.deepEqual(whole, ["sda", "md0", "sdd1", "dm-0"]);
  });

  it("leave out what is built from files or volumes of another of them", () => {
    const whole = wholeOf({
      sda: alone,
      loop0: { heldBy: ["dm-0"] },
      "dm-0": alone,
      zd0: alone,
      zd0p1: { partitionOf: "zd0", heldBy: ["dm-1"] },
      zd0p2: { partitionOf: "zd0", heldBy: [] },
      "dm-1": { heldBy: ["dm-2"] },
      "dm-2": alone,
      zram0: { heldBy: ["dm-3"] },
      "dm-3": alone,
    });
    assert.deepEqual(whole, ["sda"]);
  });

  it("are the volumes of a pool where its disks cannot be seen", () => {
    assert.deepEqual(wholeOf({ zd0: alone, zd16: { heldBy: ["dm-0"] }, "dm-0": alone, loop0: alone }), ["zd0", "dm-0"]);
  });

  it("survive stacks that bite their own tail", () => {
    assert.deepEqual(wholeOf({ "dm-0": { heldBy: ["dm-1"] }, "dm-1": { heldBy: ["dm-0"] }, sda: alone }), ["sda"]);
  });
});
