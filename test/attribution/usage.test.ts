import assert from "node:assert/strict";
import { advance } from "../../src/attribution/advance.ts";
import { createLedger } from "../../src/attribution/ledger.ts";
import type { ProcessKey, ProcessReading } from "../../src/model/processes.ts";
import type { ResourceUsage } from "../../src/model/usage.ts";
import { parsePidIo, parseSharedPages } from "../../src/procfs/pidUsage.ts";
import { Skips } from "../../src/procfs/skips.ts";
import { cpuReading, processesOf, processReading, sampleAt } from "../support/samples.ts";
import { scan } from "../support/text.ts";

class Machine {
  readonly #ledger = createLedger();
  #second = 0;

  second(changed: readonly ProcessReading[], vanished: readonly ProcessKey[] = []): ReadonlyMap<string, ResourceUsage> {
    const at = ++this.#second;
    const readings = changed.map((reading) => ({ ...reading, readAtSeconds: at, unchangedUntilSeconds: at - 1 }));
    const snapshot = advance(this.#ledger, sampleAt(at, { processes: processesOf(readings, { vanished }) }), { gapSeconds: 5 });
    return new Map(snapshot.groups.map((group) => [group.process || group.kind, group.usage]));
  }
}

const shell = (writtenBytes: number, more: Partial<ProcessReading> = {}) =>
  processReading(10, "sh", { readBytes: 0, writtenBytes, ...more });
const writer = (writtenBytes: number) => processReading(20, "dd", { parentPid: 10, readBytes: 0, writtenBytes });

describe("the I/O of processes", () => {
  let machine: Machine;
  beforeEach(() => {
    machine = new Machine();
    machine.second([shell(0), processReading(1, "init", { parentPid: 0, readBytes: 0, writtenBytes: 0 })]);
  });

  it("is the rise of their counters per second", () => {
    assert.equal(machine.second([shell(5000)]).get("sh")?.writtenBytesPerSecond, 5000);
    assert.equal(machine.second([]).get("sh")?.writtenBytesPerSecond, 0);
  });

  it("is not the shell's that merely reaped the writer", () => {
    assert.equal(machine.second([writer(7000)]).get("dd")?.writtenBytesPerSecond, 7000);
    assert.equal(machine.second([shell(7000, { childUserSeconds: 0.1 })], ["20@1"]).get("sh")?.writtenBytesPerSecond, 0);
  });

  it("is the shell's where the writer died unseen", () => {
    assert.equal(machine.second([shell(7000, { childUserSeconds: 0.1 })]).get("sh")?.writtenBytesPerSecond, 7000);
  });

  it("is the shell's only as far as nobody saw it of the writer that it reaped", () => {
    machine.second([writer(7000)]);
    assert.equal(machine.second([shell(9500, { childUserSeconds: 0.1 })], ["20@1"]).get("sh")?.writtenBytesPerSecond, 2500);
  });

  it("is not the shell's either that is seen to have reaped the writer only a second later", () => {
    machine.second([writer(7000)]);
    assert.equal(machine.second([], ["20@1"]).get("sh")?.writtenBytesPerSecond, 0);
    assert.equal(machine.second([shell(7000, { childUserSeconds: 0.1 })]).get("sh")?.writtenBytesPerSecond, 0);
  });

  it("is a parent's own again when it never took over what a child had written", () => {
    machine.second([writer(7000)]);
    machine.second([], ["20@1"]);
    for (let second = 0; second < 4; second++) machine.second([]);
    assert.equal(machine.second([shell(6000)]).get("sh")?.writtenBytesPerSecond, 6000);
  });

  it("goes to the account of who adopted a writer whose shell died before", () => {
    machine.second([writer(7000)]);
    const init = (writtenBytes: number) => processReading(1, "init", { parentPid: 0, readBytes: 0, writtenBytes, childUserSeconds: 1 });
    const usage = machine.second([init(7000)], ["10@1", "20@1"]);
    assert.equal(usage.get("init")?.writtenBytesPerSecond, 0);
    // what it does itself is its own
    assert.equal(machine.second([init(7400)]).get("init")?.writtenBytesPerSecond, 400);
  });

  it("is what a process did itself when its pid was another's before", () => {
    machine.second([writer(7000)]);
    const tenant = processReading(20, "cat", { key: "20@5", parentPid: 10, readBytes: 0, writtenBytes: 300 });
    const usage = machine.second([tenant, shell(7000, { childUserSeconds: 0.1 })], ["20@1"]);
    assert.equal(usage.get("cat")?.writtenBytesPerSecond, 300);
    assert.equal(usage.get("sh")?.writtenBytesPerSecond, 0);
  });

  it("is told of a process that used no CPU time", () => {
    assert.equal(machine.second([shell(5000, { userSeconds: 0 })]).get("sh")?.writtenBytesPerSecond, 5000);
  });

  it("is unknown of init in a second in which it took others' over", () => {
    const init = processReading(1, "init", { parentPid: 0, readBytes: 0, writtenBytes: 9000, childUserSeconds: 1 });
    assert.equal(machine.second([init]).get("init")?.writtenBytesPerSecond, 0);
  });

  it("stays unknown where the kernel denies it", () => {
    machine.second([processReading(30, "secret")]);
    assert.equal(machine.second([processReading(30, "secret", { userSeconds: 1 })]).get("secret")?.writtenBytesPerSecond, undefined);
  });

  it("is what went to storage, not what passed through write()", () => {
    const text = "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 0\n";
    assert.deepEqual(parsePidIo(scan(text), new Skips()), { readBytes: 4096, writtenBytes: 8192 });
    assert.throws(() => parsePidIo(scan("rchar: 1\n", "/proc/7/io"), new Skips()), /\/proc\/7\/io/);
  });
});

describe("the memory of a group", () => {
  const worker = (pid: number, residentBytes: number, sharedBytes: number) =>
    processReading(pid, "postgres", { residentBytes, sharedBytes });

  it("counts what its workers share once", () => {
    const usage = new Machine().second([worker(1, 1000, 800), worker(2, 1100, 800), worker(3, 900, 700)]).get("postgres");
    assert.equal(usage?.residentBytes, 200 + 300 + 200 + 800);
  });

  it("follows when the worker that had mapped most ends", () => {
    const machine = new Machine();
    machine.second([worker(1, 1000, 800), worker(2, 500, 300)]);
    assert.equal(machine.second([], ["1@1"]).get("postgres")?.residentBytes, 200 + 300);
  });

  it("takes the shared pages from the third number of statm", () => {
    assert.equal(parseSharedPages(scan("4190 3424 1700 1 0 220 0\n")), 1700);
  });
});

describe("the load of tasks that wait in the kernel", () => {
  it("is counted where the kernel's own figures are silent, and shows what they wait for", () => {
    // parents blocked in vfork(): in the load average, but neither in procs_blocked nor in the pressure
    const silent = { some: 0, full: 0 };
    const parts = { pressure: { cpu: silent, memory: silent, io: silent } };
    const ledger = createLedger();
    const blocked = [11, 12, 13, 14].map((pid) => processReading(pid, "make", { state: "D", waitChannel: "kernel_clone" }));
    const waiting = [...blocked, processReading(15, "threads", { uninterruptibleThreads: 3 })];
    advance(ledger, sampleAt(1, { ...parts, cpu: { ...cpuReading(1, {}), blockedTasks: 0 }, processes: processesOf(waiting) }), {
      gapSeconds: 5,
    });
    // nobody has moved since, and they wait all the same
    const { host, groups, processes } = advance(
      ledger,
      sampleAt(2, { ...parts, cpu: { ...cpuReading(2, { idle: 2 }), blockedTasks: 0 }, processes: processesOf([]) }),
      { gapSeconds: 5 },
    );
    assert.equal(host.tasks?.uninterruptible, 7);
    assert.equal(host.pressure?.io?.some, 0);
    const usage = new Map(groups.map((group) => [group.process, group.usage]));
    assert.equal(usage.get("make")?.uninterruptibleTasks, 4);
    assert.equal(usage.get("threads")?.uninterruptibleTasks, 3);
    assert.deepEqual(
      processes.map(({ process, waitChannel, usage: { cpuCores } }) => [process, waitChannel, cpuCores]),
      [...blocked.map(() => ["make", "kernel_clone", 0]), ["threads", undefined, 0]],
    );
  });

  it("is the kernel's count where that knows of more than were seen", () => {
    const cpu = { ...cpuReading(1, {}), blockedTasks: 5 };
    const snapshot = advance(createLedger(), sampleAt(1, { cpu, processes: processesOf([processReading(11, "dd", { state: "D" })]) }), {
      gapSeconds: 5,
    });
    assert.equal(snapshot.host.tasks?.uninterruptible, 5);
  });
});
