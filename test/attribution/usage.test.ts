import assert from "node:assert/strict";
import { advance } from "../../src/attribution/advance.ts";
import { createLedger } from "../../src/attribution/ledger.ts";
import type { ProcessKey, ProcessReading } from "../../src/model/sample.ts";
import type { ResourceUsage } from "../../src/model/snapshot.ts";
import { parsePidIo, parseSharedPages } from "../../src/procfs/pidUsage.ts";
import { processesOf, processReading, sampleAt } from "../support/samples.ts";
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
    assert.deepEqual(parsePidIo(scan(text)), { readBytes: 4096, writtenBytes: 8192 });
    assert.throws(() => parsePidIo(scan("rchar: 1\n", "/proc/7/io")), /\/proc\/7\/io/);
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
