import assert from "node:assert/strict";
import { DeadMount } from "../support/deadMount.ts";
import { requireFree, requireFuse, requireServer } from "../support/servers.ts";
import { busyThreads, isNamed } from "../workloads/cpuWorkloads.ts";
import { diskDirectory } from "../workloads/diskDirectory.ts";
import { amountOf, creditedBytes, type EngineLine, type EngineTick } from "../workloads/engineOutput.ts";
import { blockedParent, growingMemory, sharedMemory, shortWriters, steadyReader, steadyWriter } from "../workloads/otherWorkloads.ts";
import { type RunResult, runWorkloads } from "../workloads/run.ts";
import { assertShare, truthOf } from "./attributionRows.ts";

const seconds = 10;
const mebibyte = 1024 * 1024;

describe("who used the disk, the memory and the load", () => {
  describe("the disk", () => {
    const rows = { writer: steadyWriter(), reader: steadyReader(), shortLived: shortWriters() };
    let run: RunResult;
    before(async function () {
      const { path, obstacle } = diskDirectory();
      requireFree(this, obstacle);
      this.timeout(60_000);
      run = await runWorkloads(Object.values(rows), { seconds, baseDirectory: path });
    });

    it("shows what a process has written", () => {
      const { writer } = rows;
      const shown = creditedBytes(run.ticks, writer.owns, "writtenBytesPerSecond");
      assertShare(writer.name, truthOf(run, writer, "written"), shown, "bytes written");
    });

    it("shows what a process has read", () => {
      const { reader } = rows;
      assertShare(reader.name, truthOf(run, reader, "read"), creditedBytes(run.ticks, reader.owns, "readBytesPerSecond"), "bytes read");
    });

    it("shows at the parent what children have written that are gone", () => {
      const { shortLived } = rows;
      const shown = creditedBytes(run.ticks, shortLived.owns, "writtenBytesPerSecond");
      assertShare(shortLived.name, truthOf(run, shortLived, "written"), shown, "bytes written");
    });
  });

  describe("memory and waiting", () => {
    const growing = growingMemory();
    const sharing = sharedMemory();
    const blocked = 4;
    let run: RunResult;
    let dead: DeadMount | undefined;
    before(async function () {
      requireServer(this, "python3");
      requireFuse(this);
      this.timeout(60_000);
      dead = new DeadMount();
      const { path } = dead;
      const blockedParents = Array.from({ length: blocked }, (_, index) => blockedParent(path, index + 1));
      // the blocked go on before they are ended: a child of theirs hangs in the kernel until then
      const beforeEnd = async () => dead?.revive();
      run = await runWorkloads([growing, sharing, ...blockedParents], { seconds, beforeEnd });
    });
    after(() => dead?.remove());

    it("shows the process whose memory grows, and no other grows as much", () => {
      const truth = truthOf(run, growing, "memory");
      const grown = growthOf(run.ticks, growing.owns);
      // Node's own start is in it as well
      assert.ok(grown > 0.85 * truth && grown < truth + 64 * mebibyte, `grew by ${truth} in truth, by ${grown} as shown`);
      const others = run.ticks.at(-1)?.lines.filter((line) => !growing.owns(line) && !sharing.owns(line)) ?? [];
      for (const line of others) assert.ok(growthOf(run.ticks, (one) => sameLabels(one, line)) < grown, `${line.process} grew more`);
    });

    it("counts memory once that several workers share", () => {
      const truth = truthOf(run, sharing, "memory");
      const shown = amountOf(lastOf(run.ticks), sharing.owns, "residentBytes");
      assert.ok(shown > truth && shown < 1.7 * truth, `${truth} bytes are shared, ${shown} are shown`);
    });

    it("shows who waits in the kernel without burning anything", () => {
      // their children wait as well, in D or interruptibly, as the kernel likes
      const isBlocked = isNamed("blocked-parent");
      for (const tick of run.ticks.slice(2, seconds)) {
        const waiting = amountOf(tick, isBlocked, "uninterruptibleTasks");
        assert.ok(waiting >= blocked && waiting <= 2 * blocked, `${blocked} are blocked, ${waiting} are shown`);
        assert.ok(amountOf(tick, isBlocked, "cpuCores") < 0.05);
      }
    });
  });

  describe("the load", () => {
    const threads = 6;

    it("counts the threads of one process that wait for a CPU", async function () {
      this.timeout(60_000);
      const busy = busyThreads(threads);
      const run = await runWorkloads([busy], { seconds });
      assert.equal(truthOf(run, busy, "tasks"), threads);
      // all of them are there between the second and the last but one second
      const middle = run.ticks.slice(2, seconds - 1).map((tick) => amountOf(tick, busy.owns, "runningTasks"));
      const mean = middle.reduce((sum, count) => sum + count, 0) / middle.length;
      assertShare(busy.name, threads, mean, "threads", `in each second: ${middle.join(" ")}`);
      const cores = run.ticks.slice(2, seconds - 1).map((tick) => amountOf(tick, busy.owns, "cpuCores"));
      assert.ok(
        cores.every((one) => one > 0.5),
        `cores in each second: ${cores.join(" ")}`,
      );
    });
  });
});

function lastOf(ticks: readonly EngineTick[]): EngineTick {
  const last = ticks.at(-1);
  assert.ok(last !== undefined);
  return last;
}

/** How much more memory lines have at the end than when they were first seen. */
function growthOf(ticks: readonly EngineTick[], owns: (line: EngineLine) => boolean): number {
  const amounts = ticks.map((tick) => amountOf(tick, owns, "residentBytes")).filter((bytes) => bytes > 0);
  return (amounts.at(-1) ?? 0) - (amounts[0] ?? 0);
}

function sameLabels(a: EngineLine, b: EngineLine): boolean {
  return a.kind === b.kind && a.process === b.process && a.unit === b.unit && a.container === b.container && a.user === b.user;
}
