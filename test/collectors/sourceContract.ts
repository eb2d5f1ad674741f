import assert from "node:assert/strict";
import { advance } from "../../src/attribution/advance.ts";
import { createLedger } from "../../src/attribution/ledger.ts";
import type { PartName } from "../../src/collectors/collector.ts";
import type { Sample, SourceName } from "../../src/model/sample.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";

/** A source on some machine, driven by a test. */
export interface Subject {
  /** The next Sample, when the machine has moved on. */
  next(): Promise<Sample>;
  /** Takes back everything; afterwards nothing of the source may be left. */
  close(): Promise<void>;
}

/** What a test knows of the machine that it shows to a source. */
export interface Machine {
  readonly source: SourceName;
  /** Every other part of the contract must be there. */
  readonly absent: readonly PartName[];
  readonly cores: number;
  readonly totalBytes: number;
  /** Burns as much CPU as it gets, the whole time. */
  readonly burnerPid: number;
  /** How much that was between two moments, by its own account. */
  burnerCores(fromMs: number, toMs: number): Promise<number>;
  /** Is there in the first Sample, and gone before the second. */
  readonly vanishingPid: number;
  /** Stands in the command line of some process behind `--password` or `password=`. */
  readonly secret: string;
  readonly hasTaskStates: boolean;
}

/** The first two Samples and what was made of them. */
export interface Told {
  readonly machine: Machine;
  /** The keys that were reported vanished, until the one that had to be was among them. */
  readonly vanished: ReadonlySet<string>;
  readonly samples: readonly [Sample, Sample];
  readonly snapshots: readonly [Snapshot, Snapshot];
}

/** The parts that every source fills where the machine has them. */
const parts: readonly PartName[] = ["cpu", "load", "memory", "disks", "network", "filesystems", "processes"];

/** A source may leave a process that did nothing unread for so many Samples, and not know that it is gone. */
const mostLate = 12;

/**
 * What holds for every source, told by two Samples. `open` shows it a machine; the machine's world is made and unmade by the caller.
 * Gives a function by which further tests of the caller's suite reach the same two Samples.
 */
export function describeSource(open: () => Promise<{ readonly machine: Machine; readonly subject: Subject }>): () => Told {
  let told: Told | undefined;
  const tell = (): Told => {
    assert.ok(told, "no Sample was taken");
    return told;
  };

  before(async function () {
    this.timeout(60_000);
    const { machine, subject } = await open();
    try {
      const samples = [await subject.next(), await subject.next()] as const;
      const ledger = createLedger();
      const [first, second] = samples.map((sample) => advance(ledger, sample, { gapSeconds: 60 }));
      assert.ok(first !== undefined && second !== undefined);
      const vanished = new Set<string>(samples[1].processes?.vanished);
      const key = keyOf(samples[0], machine.vanishingPid);
      for (let more = 0; more < mostLate && key !== undefined && !vanished.has(key); more++) {
        for (const later of (await subject.next()).processes?.vanished ?? []) vanished.add(later);
      }
      told = { machine, samples, snapshots: [first, second], vanished };
    } finally {
      await subject.close();
    }
  });

  it("fills every part that the machine has, and calls the others absent", () => {
    const { machine, samples } = tell();
    for (const [index, sample] of samples.entries()) {
      assert.equal(sample.source, machine.source);
      const results = Object.fromEntries(sample.outcomes.map(({ collector, result, reason }) => [collector, reason ?? result]));
      for (const part of parts) {
        // sizes of file systems are asked off the tick, for statfs may hang: the first tick only asks
        if (index === 0 && part === "filesystems" && machine.source === "procfs") continue;
        assert.equal(results[part], machine.absent.includes(part) ? "absent" : "ok", `${part}: ${results[part]}`);
        assert.equal(sample[part] === undefined, machine.absent.includes(part), part);
      }
    }
  });

  it("gives levels with the first Sample, and no rates", () => {
    const { snapshots, machine } = tell();
    const { host, groups, processes, elapsedSeconds } = snapshots[0];
    assert.equal(elapsedSeconds, undefined);
    assert.equal(host.cpu?.busyCores, undefined);
    assert.ok((host.memory?.usageRatio ?? 0) > 0 && (host.memory?.usageRatio ?? 1) < 1);
    assert.ok(groups.some((group) => (group.usage.residentBytes ?? 0) > 0));
    // whoever was born while the first Sample was being taken has all its life in it; of all others the past is unknown
    assert.ok(!processes.some((process) => process.pid === machine.burnerPid && (process.usage.cpuCores ?? 0) > 0));
    assert.ok(groups.some((group) => group.usage.cpuCores === undefined));
    for (const disk of host.disks ?? []) assert.equal(disk.readBytesPerSecond, undefined, machine.source);
  });

  it("gives rates with the second Sample", () => {
    const { snapshots, machine } = tell();
    const { host } = snapshots[1];
    assert.ok(host.cpu?.busyCores !== undefined && host.cpu.busyCores > 0.05, `busy cores: ${host.cpu?.busyCores}`);
    // processes and CPUs are read one after the other, so on a busy machine the sum of the former may be a hair larger
    assert.ok(host.cpu.busyCores <= machine.cores * 1.05, `busy cores: ${host.cpu.busyCores}`);
    assert.equal(host.cpu.coreUsageRatios?.length, machine.cores);
    assert.ok(host.network?.every((one) => one.receiveBytesPerSecond !== undefined && one.receiveBytesPerSecond >= 0));
    for (const disk of host.disks ?? []) assert.ok(disk.readBytesPerSecond !== undefined && disk.readBytesPerSecond >= 0);
  });

  it("knows how large the machine is", () => {
    const { snapshots, machine } = tell();
    const { cpu, memory } = snapshots[1].host;
    assert.equal(cpu?.cores, machine.cores);
    assert.ok(Math.abs((memory?.totalBytes ?? 0) / machine.totalBytes - 1) < 0.01, `${memory?.totalBytes} of ${machine.totalBytes}`);
    assert.ok((memory?.availableBytes ?? 0) > 0 && (memory?.availableBytes ?? Number.NaN) <= machine.totalBytes);
  });

  it("knows when the machine was started", () => {
    const { samples } = tell();
    const [before, after] = samples.map((sample) => sample.cpu?.bootTimeSeconds);
    assert.ok(before !== undefined && before * 1000 < samples[0].takenAtMs);
    assert.equal(after, before);
  });

  it("gives the burner what it burnt, and names its group first", async () => {
    const { samples, snapshots, machine } = tell();
    const second = samples[1];
    const burner = snapshots[1].processes.find((process) => process.pid === machine.burnerPid);
    const reading = second.processes?.changed.find((process) => process.pid === machine.burnerPid);
    assert.ok(burner && reading?.unchangedUntilSeconds !== undefined, "the burner is not among the busy processes");
    const wallMs = (monotonicSeconds: number) => second.takenAtMs + (monotonicSeconds - second.monotonicSeconds) * 1000;
    const truth = await machine.burnerCores(wallMs(reading.unchangedUntilSeconds), wallMs(reading.readAtSeconds));
    const told = burner.usage.cpuCores ?? 0;
    assert.ok(
      truth > 0.05 && Math.abs(told - truth) < 0.05 + 0.15 * truth,
      `cores of the burner: ${told}, and by its own account ${truth}`,
    );
    // where others take every core that is left, who is first is up to them
    if ((snapshots[1].host.cpu?.busyCores ?? 0) > machine.cores * 0.95) return;
    const named = snapshots[1].groups.filter((group) => group.kind === "process");
    const top = named.sort((a, b) => (b.usage.cpuCores ?? 0) - (a.usage.cpuCores ?? 0))[0];
    assert.equal(top?.id, burner.groupId);
  });

  it("accounts for no more CPU than the machine had", () => {
    const { snapshots, machine } = tell();
    const sum = snapshots[1].groups.reduce((cores, group) => cores + (group.usage.cpuCores ?? 0), 0);
    assert.ok(Math.abs(sum - (snapshots[1].host.cpu?.busyCores ?? 0)) < 1e-6);
    assert.ok(sum <= machine.cores * 1.05, `${sum} cores of ${machine.cores}`);
  });

  it("tells of a process that vanished", () => {
    const { samples, machine, vanished } = tell();
    const key = keyOf(samples[0], machine.vanishingPid);
    assert.ok(key, "the first Sample does not hold it");
    assert.ok(vanished.has(key));
    assert.ok(!samples[1].processes?.changed.some((process) => process.pid === machine.vanishingPid));
  });

  it("gives every process in the first Sample, each with its key, and later only those that changed", () => {
    const [first, second] = tell().samples;
    const known = new Map(first.processes?.changed.map((process) => [process.key as string, process.readAtSeconds]));
    assert.equal(known.size, first.processes?.changed.length);
    for (const key of first.processes?.vanished ?? []) known.delete(key);
    assert.equal(known.size, first.processes?.total);
    assert.ok(second.processes !== undefined && second.processes.changed.length < second.processes.total);
    for (const process of second.processes.changed) {
      const before = known.get(process.key);
      if (before === undefined) continue;
      assert.ok(process.readAtSeconds > before);
      assert.ok((process.unchangedUntilSeconds ?? 0) >= before);
    }
  });

  it("redacts command lines where it reads them", () => {
    const { samples, machine } = tell();
    const text = JSON.stringify(samples);
    assert.doesNotMatch(text, new RegExp(machine.secret));
    assert.match(text, /password[= ]\*\*\*/);
  });

  it("counts tasks where the OS tells their states, and nowhere else", () => {
    const { snapshots, machine } = tell();
    const { tasks } = snapshots[1].host;
    assert.equal(tasks?.running !== undefined, machine.hasTaskStates);
    assert.equal(tasks?.uninterruptible !== undefined, machine.hasTaskStates);
    const named = snapshots[1].groups.filter((group) => group.kind === "process");
    assert.ok(named.every((group) => (group.usage.runningTasks !== undefined) === machine.hasTaskStates));
  });

  it("freezes a Sample", () => {
    assert.ok(tell().samples.every((sample) => Object.isFrozen(sample)));
  });

  return tell;
}

function keyOf(sample: Sample, pid: number): string | undefined {
  return sample.processes?.changed.find((process) => process.pid === pid)?.key;
}
