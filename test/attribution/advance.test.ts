import assert from "node:assert/strict";
import { advance } from "../../src/attribution/advance.ts";
import { createLedger } from "../../src/attribution/ledger.ts";
import type { Sample } from "../../src/model/sample.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { cpuReading, processesOf, processReading, sampleAt } from "../support/samples.ts";

function fold(...samples: Sample[]): Snapshot {
  const ledger = createLedger();
  let last: Snapshot | undefined;
  for (const sample of samples) last = advance(ledger, sample, { gapSeconds: 5 });
  assert.ok(last);
  return last;
}

function coresOf(snapshot: Snapshot, name: string): number | undefined {
  const group = snapshot.groups.find((one) => one.process === name || (one.process === "" && one.kind === name));
  assert.ok(group, `no line ${name}`);
  return group.usage.cpuCores;
}

function near(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
}

const disk = {
  device: "sda",
  whole: true,
  readsCompleted: 0,
  readsMerged: 0,
  readBytes: 1000,
  readSeconds: 0,
  writesCompleted: 0,
  writesMerged: 0,
  writtenBytes: 10,
  writeSeconds: 0,
  ioNow: 0,
  ioSeconds: 1,
  ioWeightedSeconds: 0,
};

describe("what happened between two Samples", () => {
  it("is unknown for rates, not zero, after the first", () => {
    const first = fold(
      sampleAt(0, { cpu: cpuReading(0, { idle: 5 }), processes: processesOf([processReading(7, "node", { userSeconds: 3 })]) }),
    );
    assert.equal(first.elapsedSeconds, undefined);
    assert.equal(first.host.cpu?.busyCores, undefined);
    assert.equal(coresOf(first, "node"), undefined);
    assert.equal(first.groups[0]?.usage.residentBytes, 1024);
  });

  it("gives a process the CPU it used, per second of its own time between readings", () => {
    const snapshot = fold(
      sampleAt(0, { cpu: cpuReading(0, { idle: 5 }), processes: processesOf([processReading(7, "node", { userSeconds: 3 })]) }),
      sampleAt(2, {
        cpu: cpuReading(2, { idle: 8 }),
        processes: processesOf([processReading(7, "node", { userSeconds: 3.5, systemSeconds: 0.3, readAtSeconds: 2 })]),
      }),
    );
    near(coresOf(snapshot, "node"), 0.4);
    near(snapshot.host.cpu?.busyCores, 0.5);
    near(coresOf(snapshot, "unattributed"), 0.1);
    near(snapshot.coverage?.cpu, 0.8);
  });

  it("counts what the tick of the kernel does not see: busy is the time that was not idle", () => {
    const snapshot = fold(
      sampleAt(0, { cpu: cpuReading(0, { idle: 0 }), processes: processesOf([]) }),
      sampleAt(1, { cpu: cpuReading(1, { idle: 1.1 }), processes: processesOf([]) }),
    );
    near(snapshot.host.cpu?.busyCores, 0.9);
    near(snapshot.host.cpu?.usageRatio, 0.45);
    near(coresOf(snapshot, "unattributed"), 0.9);
  });

  it("shows interrupts as a line of their own, and time stolen or spent waiting as not busy", () => {
    const snapshot = fold(
      sampleAt(0, { cpu: cpuReading(0, {}), processes: processesOf([]) }),
      sampleAt(1, {
        cpu: cpuReading(1, { idle: 1, iowait: 0.2, steal: 0.3, irq: 0.1, softirq: 0.1, user: 0.3 }),
        processes: processesOf([]),
      }),
    );
    near(snapshot.host.cpu?.busyCores, 0.5);
    near(coresOf(snapshot, "interrupts"), 0.2);
    near(coresOf(snapshot, "unattributed"), 0.3);
  });

  it("knows nothing of a tick in which idle time falls, but minds none that only moves to another mode", () => {
    const busyCores = (from: Parameters<typeof cpuReading>[1], to: Parameters<typeof cpuReading>[1]) =>
      fold(sampleAt(0, { cpu: cpuReading(0, from) }), sampleAt(1, { cpu: cpuReading(1, to) })).host.cpu?.busyCores;
    assert.equal(busyCores({ idle: 10, iowait: 5 }, { idle: 9, iowait: 4 }), undefined);
    near(busyCores({ idle: 10, iowait: 5 }, { idle: 8, iowait: 8.5 }), 0.5);
  });

  it("raises busy to what the named have used, and keeps every remainder at zero or above", () => {
    const snapshot = fold(
      sampleAt(0, { cpu: cpuReading(0, {}), processes: processesOf([processReading(7, "node")]) }),
      sampleAt(1, {
        cpu: cpuReading(1, { idle: 1.5, irq: 0.1 }),
        processes: processesOf([processReading(7, "node", { userSeconds: 0.8, readAtSeconds: 1 })]),
      }),
    );
    near(snapshot.host.cpu?.busyCores, 0.8);
    near(coresOf(snapshot, "unattributed"), 0);
    near(coresOf(snapshot, "interrupts"), 0);
    near(snapshot.coverage?.cpu, 1);
  });

  it("gives all that a newborn has used to the time since the last look", () => {
    const snapshot = fold(
      sampleAt(0, { cpu: cpuReading(0, {}), processes: processesOf([]) }),
      sampleAt(1, {
        cpu: cpuReading(1, { idle: 1 }),
        processes: processesOf([processReading(9, "tar", { userSeconds: 0.25, readAtSeconds: 1, unchangedUntilSeconds: 0 })]),
      }),
    );
    near(coresOf(snapshot, "tar"), 0.25);
  });

  it("spreads the rise of a process that had been still over the time since it was last seen so", () => {
    const snapshot = fold(
      sampleAt(0, { cpu: cpuReading(0, {}), processes: processesOf([processReading(7, "node")]) }),
      sampleAt(10, {
        cpu: cpuReading(10, { idle: 19 }),
        processes: processesOf([processReading(7, "node", { userSeconds: 0.5, readAtSeconds: 10, unchangedUntilSeconds: 9 })]),
      }),
    );
    near(coresOf(snapshot, "node"), 0.5);
  });

  it("says zero, not unknown, of a process that was read and had not moved", () => {
    const snapshot = fold(
      sampleAt(0, { cpu: cpuReading(0, {}), processes: processesOf([processReading(7, "idle")]) }),
      sampleAt(1, { cpu: cpuReading(1, { idle: 2 }), processes: processesOf([]) }),
    );
    assert.equal(coresOf(snapshot, "idle"), 0);
  });

  it("gives the very same object for a group that stays idle", () => {
    const ledger = createLedger();
    advance(ledger, sampleAt(0, { processes: processesOf([processReading(7, "idle")]) }), { gapSeconds: 5 });
    const second = advance(ledger, sampleAt(1, { processes: processesOf([]) }), { gapSeconds: 5 });
    const third = advance(ledger, sampleAt(2, { processes: processesOf([]) }), { gapSeconds: 5 });
    assert.equal(second.groups[0], third.groups[0]);
  });

  it("lets a process go, takes another with its number for new, and forgets empty groups", () => {
    const ledger = createLedger();
    advance(ledger, sampleAt(0, { cpu: cpuReading(0, {}), processes: processesOf([processReading(7, "old", { userSeconds: 100 })]) }), {
      gapSeconds: 5,
    });
    const next = advance(
      ledger,
      sampleAt(1, {
        cpu: cpuReading(1, { idle: 1 }),
        processes: processesOf([processReading(7, "new", { key: "7@2", userSeconds: 0.1, readAtSeconds: 1, unchangedUntilSeconds: 0 })], {
          vanished: ["7@1"],
        }),
      }),
      { gapSeconds: 5 },
    );
    near(coresOf(next, "new"), 0.1);
    assert.equal(
      next.groups.some((group) => group.process === "old"),
      false,
    );
  });

  it("moves a process that took another name into that name's group, with its memory", () => {
    const before = processReading(7, "sh", { residentBytes: 1000 });
    const after = processReading(7, "tar", {
      residentBytes: 5000,
      readAtSeconds: 1,
      identity: { commandLine: "tar", user: "root", cgroupPath: "/" },
    });
    const snapshot = fold(
      sampleAt(0, { processes: processesOf([before, processReading(8, "sh", { residentBytes: 1 })]) }),
      sampleAt(1, { processes: processesOf([after]) }),
    );
    assert.deepEqual(
      snapshot.groups.filter((group) => group.kind === "process").map((group) => [group.process, group.usage.residentBytes]),
      [
        ["sh", 1],
        ["tar", 5000],
      ],
    );
  });

  it("counts tasks that run and wait, without Culprit's own reader", () => {
    const load = { load1: 0, load5: 0, load15: 0, runnableTasks: 4, totalTasks: 100, lastPid: 1 };
    const snapshot = fold(
      sampleAt(0, {
        cpu: { ...cpuReading(0, {}), blockedTasks: 0 },
        load,
        processes: processesOf(
          [
            processReading(7, "burn", { state: "R" }),
            processReading(8, "vfork", { state: "D" }),
            processReading(99, "culprit", { state: "R" }),
          ],
          {
            readerPid: 99,
          },
        ),
      }),
    );
    assert.deepEqual(snapshot.host.tasks, { running: 3, uninterruptible: 1 });
    const tasks = snapshot.groups.map(({ kind, process, usage }) => [process || kind, usage.runningTasks, usage.uninterruptibleTasks]);
    assert.deepEqual(tasks, [
      ["burn", 1, 0],
      ["vfork", 0, 1],
      ["culprit", 0, 0],
      ["unattributed", 2, undefined],
    ]);
    assert.deepEqual(
      snapshot.processes.map((process) => process.process),
      ["burn", "vfork"],
    );
  });

  it("marks a gap and counts disks whose counters were reset as unknown", () => {
    const snapshot = fold(
      sampleAt(0, { disks: [disk] }),
      sampleAt(10, { disks: [{ ...disk, readBytes: 5, writtenBytes: 110, ioSeconds: 6 }] }),
    );
    assert.equal(snapshot.gap, true);
    assert.deepEqual(snapshot.host.disks, [
      // held for a moment: a counter that only dipped must not be taken for one that began anew
      { device: "sda", whole: true, readBytes: 1000, writtenBytes: 110, ioSeconds: 6, writtenBytesPerSecond: 10, busyRatio: 0.5 },
    ]);
  });

  it("knows of a device that did nothing and then something, however its reading and its place changed", () => {
    const still = { ...disk, device: "sdb", readBytes: 70 };
    const loop = { ...still, device: "loop0", whole: false };
    const eth0 = { device: "eth0", receive: { bytes: 7 }, transmit: { bytes: 9 } };
    const ledger = createLedger();
    const hosts = [
      sampleAt(0, { disks: [still], network: [eth0] }),
      sampleAt(1, { disks: [still], network: [eth0] }),
      sampleAt(1, { disks: [still], network: [eth0] }),
      sampleAt(3, { disks: [loop, still], network: [eth0] }),
      sampleAt(4, { disks: [loop, { ...still, writtenBytes: 30 }], network: [{ ...eth0, receive: { bytes: 8 } }] }),
    ].map((sample) => advance(ledger, sample, { gapSeconds: 5 }).host);
    const levels = { device: "sdb", whole: true, readBytes: 70, writtenBytes: 10, ioSeconds: 1 };
    const idle = { ...levels, readBytesPerSecond: 0, writtenBytesPerSecond: 0, busyRatio: 0 };
    assert.deepEqual(
      hosts.map(({ disks }) => disks?.filter(({ device }) => device === "sdb")),
      [[levels], [idle], [levels], [idle], [{ ...idle, writtenBytes: 30, writtenBytesPerSecond: 20 }]],
    );
    assert.deepEqual(hosts[3]?.disks?.[0], { ...levels, device: "loop0", whole: false });
    assert.deepEqual(
      hosts.map(({ network }) => network?.[0]?.receiveBytesPerSecond),
      [undefined, 0, undefined, 0, 1],
    );
    assert.equal(hosts[3]?.disks?.[1], hosts[1]?.disks?.[0]);
  });

  it("calls memory used what is not available", () => {
    const memory = { totalBytes: 1000, availableBytes: 250, swapTotalBytes: 100, swapFreeBytes: 60, fields: new Map() };
    assert.deepEqual(fold(sampleAt(0, { memory })).host.memory, {
      totalBytes: 1000,
      availableBytes: 250,
      usageRatio: 0.75,
      swapTotalBytes: 100,
      swapUsedBytes: 40,
    });
  });
});
