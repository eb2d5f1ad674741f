import assert from "node:assert/strict";
import { divide, isCalm, type OnceFigures, strainOf, watchDevices } from "../../src/commands/onceView.ts";
import type { HostDisk, Snapshot } from "../../src/model/snapshot.ts";

const calm: OnceFigures = { cpu: { cores: 2, usageRatio: 0.05, busyCores: 0.1 }, pressure: {}, coverage: {} };

describe("What strains a machine", () => {
  for (const [what, figures, resource, isQuiet] of [
    ["nothing", calm, "cpu", true],
    ["the CPU", { ...calm, cpu: { cores: 2, usageRatio: 0.97 } }, "cpu", false],
    [
      "a disk that is never idle",
      { ...calm, disks: [{ device: "a", readBytesPerSecond: 0, writtenBytesPerSecond: 9, busyRatio: 0.99 }] },
      "io",
      false,
    ],
    ["tasks that wait for a disk", { ...calm, pressure: { io: { some: 0.5 } } }, "io", false],
    ["memory that is nearly used up", { ...calm, memory: { totalBytes: 100, availableBytes: 3, usageRatio: 0.97 } }, "memory", false],
    ["tasks that wait for memory", { ...calm, pressure: { memory: { some: 0.3 } } }, "memory", false],
    ["tasks in D that wait for nothing the kernel counts", { ...calm, tasks: { running: 0, uninterruptible: 6 } }, "load", false],
    ["much memory alone, which is nothing", { ...calm, memory: { totalBytes: 100, availableBytes: 20, usageRatio: 0.8 } }, "cpu", true],
    ["a machine that tells nothing", { pressure: {}, coverage: {} }, "cpu", true],
  ] as const satisfies readonly (readonly [string, OnceFigures, string, boolean])[]) {
    it(`is found: ${what}`, () => {
      const { resource: found, strain } = strainOf(figures);
      assert.deepEqual([found, isCalm(strain)], [resource, isQuiet]);
    });
  }

  it("is the CPU when that is nearer to too much than the rest", () => {
    assert.equal(strainOf({ ...calm, cpu: { cores: 2, usageRatio: 0.95 }, pressure: { io: { some: 0.3 } } }).resource, "cpu");
  });
});

describe("A look", () => {
  it("leaves no past when it is short, and ten seconds at least when it is long enough", () => {
    for (const seconds of [1, 5, 14]) {
      const { nowSeconds, pastSeconds } = divide(seconds);
      assert.ok(nowSeconds >= seconds);
      assert.equal(pastSeconds, undefined);
    }
    assert.deepEqual(divide(14.97), { nowSeconds: 5, pastSeconds: 10 });
    assert.deepEqual(divide(30), { nowSeconds: 10, pastSeconds: 20 });
    assert.deepEqual(divide(3600), { nowSeconds: 30, pastSeconds: 3570 });
  });

  it("has the means of its devices, the busiest first, and none of a gap", () => {
    const devices = watchDevices();
    assert.equal(devices.uses(), undefined);
    const disk = (device: string, written: number, busyRatio?: number): HostDisk => ({
      device,
      whole: device !== "a1",
      readBytes: 0,
      writtenBytes: 0,
      readBytesPerSecond: 0,
      writtenBytesPerSecond: written,
      ...(busyRatio === undefined ? {} : { busyRatio }),
    });
    const take = (elapsedSeconds: number, disks: readonly HostDisk[], gap = false) =>
      devices.take({ takenAtMs: 0, elapsedSeconds, gap, host: { disks }, processes: [], groups: [] } satisfies Snapshot);
    take(1, [disk("a", 100, 0.1), disk("b", 0, 0.5), disk("a1", 100, 1)]);
    take(3, [disk("a", 500, 0.5), disk("b", 0, 0.9)]);
    take(60, [disk("a", 1e9, 1)], true);
    assert.deepEqual(devices.uses(), [
      { device: "b", readBytesPerSecond: 0, writtenBytesPerSecond: 0, busyRatio: 0.8 },
      { device: "a", readBytesPerSecond: 0, writtenBytesPerSecond: 400, busyRatio: 0.4 },
    ]);
  });
});
