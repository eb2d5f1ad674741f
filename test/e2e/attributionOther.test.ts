import assert from "node:assert/strict";
import { DeadMount } from "../support/deadMount.ts";
import { requireFree, requireFuse, requireServer } from "../support/servers.ts";
import { busyThreads, isNamed } from "../workloads/cpuWorkloads.ts";
import { diskDirectory } from "../workloads/diskDirectory.ts";
import {
  amountOf,
  creditedBytes,
  creditedSeconds,
  type EngineLine,
  type EngineTick,
  keyOf,
  linesBelow,
} from "../workloads/engineOutput.ts";
import {
  blockedName,
  blockedParent,
  growingMemory,
  orphanWriter,
  reapedWriter,
  sharedMemory,
  shortWriters,
  steadyReader,
  steadyWriter,
  writersReapers,
} from "../workloads/otherWorkloads.ts";
import { type RunResult, runWorkloads } from "../workloads/run.ts";
import type { Workload } from "../workloads/workload.ts";
import { assertShare, truthOf } from "./attributionRows.ts";

const seconds = 10;

describe("who used the disk, the memory and the load", () => {
  describe("the disk", () => {
    const rows = { writer: steadyWriter(), reader: steadyReader(), shortLived: shortWriters() };
    const reaped = { byParent: reapedWriter(), byAdopter: orphanWriter() };
    let run: RunResult;
    before(async function () {
      const { path, obstacle } = diskDirectory();
      requireFree(this, obstacle);
      requireServer(this, "perl");
      this.timeout(180_000);
      run = await runWorkloads([...Object.values(rows), ...Object.values(reaped)], { seconds, baseDirectory: path, withUngated: true });
    });

    const views = { "with the gate": () => run.ticks, "without it": () => run.ungatedTicks };
    for (const [view, ticksOf] of Object.entries(views)) {
      const written = (workload: Workload) => {
        const shown = creditedBytes(ticksOf(), workload.owns, "writtenBytesPerSecond");
        assertShare(workload.name, truthOf(run, workload, "written"), shown, "bytes written", ranking(ticksOf(), "writtenBytesPerSecond"));
      };
      it(`shows what a process has written, ${view}`, () => written(rows.writer));
      it(`shows at the parent what children have written that are gone, ${view}`, () => written(rows.shortLived));

      it(`shows what a process has read, ${view}`, () => {
        const { reader } = rows;
        const shown = creditedBytes(ticksOf(), reader.owns, "readBytesPerSecond");
        assertShare(reader.name, truthOf(run, reader, "read"), shown, "bytes read", ranking(ticksOf(), "readBytesPerSecond"));
      });

      for (const [workload, reaper] of [
        [reaped.byParent, writersReapers.parent],
        [reaped.byAdopter, writersReapers.adopter],
      ] as const) {
        it(`shows what ${workload.name} has written at the writer, and not once more at who reaped it, ${view}`, () => {
          written(workload);
          const truth = truthOf(run, workload, "written");
          const again = creditedBytes(ticksOf(), isNamed(reaper), "writtenBytesPerSecond");
          assert.ok(
            again < 0.02 * truth,
            `${truth} bytes in truth, ${again} shown at ${reaper}\n${ranking(ticksOf(), "writtenBytesPerSecond")}`,
          );
        });
      }
    }
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
      this.timeout(180_000);
      dead = new DeadMount();
      const { path } = dead;
      const blockedParents = Array.from({ length: blocked }, (_, index) => blockedParent(path, index + 1));
      // the blocked go on before they are ended: a child of theirs hangs in the kernel until then
      const beforeEnd = async () => dead?.revive();
      run = await runWorkloads([growing, sharing, ...blockedParents], { seconds, beforeEnd });
    });
    after(() => dead?.remove());

    it("shows the process whose memory grows, how much it has, and that no other grows as much", () => {
      assertShare(growing.name, truthOf(run, growing, "memory"), amountOf(lastOf(run.ticks), growing.owns, "residentBytes"), "bytes");
      // it was there for five seconds before it began to grow
      const before = truthOf(run, growing, "before");
      const levels = run.ticks.map((tick) => amountOf(tick, growing.owns, "residentBytes"));
      const [level = 0] = levels.sort((a, b) => Math.abs(a - before) - Math.abs(b - before));
      assertShare(`${growing.name}, before it grew`, before, level, "bytes");
      const grown = amountOf(lastOf(run.ticks), growing.owns, "residentBytes") - level;
      assertShare(growing.name, truthOf(run, growing, "grown"), grown, "bytes of growth");
      // what else runs on a busy machine may well grow more
      const ours = linesBelow(run.ticks, run.pids);
      const keys = new Set(run.ticks.flatMap(({ lines }) => lines.filter((line) => !growing.owns(line) && !sharing.owns(line)).map(keyOf)));
      const others = [...ours].filter((key) => keys.has(key));
      assert.ok(others.length > 0);
      for (const other of others) assert.ok(growthOf(run.ticks, (line) => keyOf(line) === other) < grown, `${other} grew more`);
    });

    it("counts memory once that several workers share", () => {
      const truth = truthOf(run, sharing, "memory");
      const shown = amountOf(lastOf(run.ticks), sharing.owns, "residentBytes");
      // five interpreters of some ten mebibytes each come on top; counted twice it would be twice as much
      const interpreters = 5 * 16 * 1024 * 1024;
      assert.ok(shown > truth && shown < truth + interpreters, `${truth} bytes are shared, ${shown} are shown`);
    });

    it("shows who waits in the kernel without burning anything, and what for", () => {
      // their children wait as well, in D or interruptibly, as the kernel likes
      const isBlocked = isNamed(blockedName);
      const ticks = run.ticks.slice(2, seconds);
      for (const tick of ticks) {
        const waiting = amountOf(tick, isBlocked, "uninterruptibleTasks");
        assert.ok(waiting >= blocked && waiting <= 2 * blocked, `${blocked} are blocked, ${waiting} are shown`);
        assert.ok(tick.uninterruptible >= waiting, `of the machine's ${tick.uninterruptible} tasks in D these have ${waiting}`);
        assert.ok(amountOf(tick, isBlocked, "cpuCores") < 0.05);
        const channels = tick.waits.flatMap(([line, channel]) => (isOf(tick, line, isBlocked) ? [channel] : []));
        assert.ok(channels.length >= blocked && channels.every((one) => /^[a-z_]\w+$/i.test(one)), `they wait in ${channels}`);
      }
      const channels = [...new Set(ticks.flatMap(({ waits }) => waits.map(([, channel]) => channel)))];
      assert.ok(
        channels.some((channel) => /vfork|clone/.test(channel)),
        `nobody waits for a child, but in ${channels}`,
      );
    });
  });

  describe("the load", () => {
    const threads = 6;

    it("counts the threads of one process that wait for a CPU", async function () {
      this.timeout(180_000);
      const busy = busyThreads(threads);
      const run = await runWorkloads([busy], { seconds });
      assert.equal(truthOf(run, busy, "tasks"), threads);
      // all of them are there between the second and the last but one second
      const middle = run.ticks.slice(2, seconds - 1).map((tick) => amountOf(tick, busy.owns, "runningTasks"));
      const mean = middle.reduce((sum, count) => sum + count, 0) / middle.length;
      assertShare(busy.name, threads, mean, "threads", `in each second: ${middle.join(" ")}`);
      assertShare(busy.name, truthOf(run, busy, "cpu"), creditedSeconds(run.ticks, busy.owns), "s");
    });
  });
});

function lastOf(ticks: readonly EngineTick[]): EngineTick {
  const last = ticks.at(-1);
  assert.ok(last !== undefined);
  return last;
}

function isOf(tick: EngineTick, index: number, owns: (line: EngineLine) => boolean): boolean {
  const line = tick.lines[index];
  return line !== undefined && owns(line);
}

/** How much more memory lines have at the end than when they were first seen. */
function growthOf(ticks: readonly EngineTick[], owns: (line: EngineLine) => boolean): number {
  const amounts = ticks.map((tick) => amountOf(tick, owns, "residentBytes")).filter((bytes) => bytes > 0);
  return (amounts.at(-1) ?? 0) - (amounts[0] ?? 0);
}

/** Who moved most bytes, for somebody who looks for a reason. */
function ranking(ticks: readonly EngineTick[], rate: "readBytesPerSecond" | "writtenBytesPerSecond"): string {
  const names = new Set(ticks.flatMap(({ lines }) => lines.map(({ process }) => process)));
  return [...names]
    .map((name) => ({ name, bytes: creditedBytes(ticks, (line) => line.process === name, rate) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 8)
    .map(({ name, bytes }) => `  ${bytes.toFixed(0)}  ${name}`)
    .join("\n");
}
