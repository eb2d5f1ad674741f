import assert from "node:assert/strict";
import { chooseCulprits } from "../../../src/capture/culprits/choose.ts";
import type { ProcessListRow } from "../../../src/capture/making/processList.ts";
import type { Snapshot } from "../../../src/model/snapshot.ts";
import type { ResourceUsage } from "../../../src/model/usage.ts";
import { smallProcessList, snapshotAt } from "../support.ts";

function row(pid: number, changes: Partial<ProcessListRow> = {}): ProcessListRow {
  const [first] = smallProcessList.rows;
  assert.ok(first);
  return { ...first, pid, residentBytes: 0, cpuSeconds: 0, ...changes };
}

function recent(usages: Readonly<Record<number, ResourceUsage>>, elapsedSeconds = 1): Snapshot {
  const processes = Object.entries(usages).map(([pid, usage]) => ({
    key: `${Number(pid)}@1` as const,
    pid: Number(pid),
    parentPid: 1,
    groupId: "",
    process: "p",
    state: "R",
    commandLine: "p",
    usage,
  }));
  return { ...snapshotAt(0, []), elapsedSeconds, processes };
}

describe("the processes that are looked at closely", () => {
  it("lead in CPU, memory, I/O or tasks, and say in which", () => {
    const rows = [row(1), row(2), row(3, { residentBytes: 2 ** 30 }), row(4), row(5)];
    const snapshots = [
      recent({ 1: { cpuCores: 2 }, 2: { writtenBytesPerSecond: 1024 }, 4: { uninterruptibleTasks: 3 } }),
      recent({ 1: { cpuCores: 0 } }, 3),
    ];
    assert.deepEqual(
      chooseCulprits({ rows, recent: snapshots, named: [] }).map(({ row: { pid }, reasons }) => [pid, ...reasons]),
      [
        [1, "CPU: 0.50 cores"],
        [3, "memory: 1.1 GB resident"],
        [2, "I/O: 256 B/s"],
        [4, "tasks: 0 running, 3 in uninterruptible sleep"],
      ],
    );
  });

  it("begin with those that the verdict names, and may lead in several", () => {
    const rows = [row(1), row(2), row(3)];
    const chosen = chooseCulprits({ rows, recent: [recent({ 1: { cpuCores: 2 }, 2: { cpuCores: 1, runningTasks: 1 } })], named: [2, 99] });
    assert.deepEqual(
      chosen.map(({ row: { pid }, reasons }) => [pid, reasons.length]),
      [
        [2, 3],
        [1, 1],
      ],
    );
  });

  it("are ten at most, and the first of each resource are among them", () => {
    const rows = Array.from({ length: 40 }, (_, index) => row(index + 1, { residentBytes: index === 39 ? 1e9 : 1000 }));
    const busy = Object.fromEntries(
      rows.map(({ pid }) => [pid, { cpuCores: pid / 10, runningTasks: pid === 7 ? 50 : 1, readBytesPerSecond: pid === 8 ? 1e9 : 1 }]),
    );
    const chosen = chooseCulprits({ rows, recent: [recent(busy)], named: [20, 21, 22] });
    assert.ok(chosen.length <= 10 && chosen.length >= 8, String(chosen.length));
    for (const pid of [7, 8, 20, 40])
      assert.ok(
        chosen.some((one) => one.row.pid === pid),
        String(pid),
      );
  });

  it("are told from the process table alone where nothing is sampled", () => {
    const rows = [
      row(1, { cpuSeconds: 50, ageSeconds: 100 }),
      row(2, { state: "D" }),
      row(3),
      row(4, { cpuSeconds: 0.1, ageSeconds: 1000 }),
    ];
    assert.deepEqual(
      chooseCulprits({ rows, recent: [], named: [] }).map(({ row: { pid }, reasons }) => [pid, ...reasons]),
      [
        [1, "CPU: 0.50 cores on average since its start"],
        [2, "state: in uninterruptible sleep"],
      ],
    );
  });

  it("are none where there is nothing", () => assert.deepEqual(chooseCulprits({ rows: [], recent: [], named: [1] }), []));
});
