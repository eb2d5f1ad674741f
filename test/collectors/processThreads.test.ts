import assert from "node:assert/strict";
import { collectSample, prepareSample } from "../../src/collectors/collectSample.ts";
import { createLinuxCollectors } from "../../src/collectors/linux.ts";
import type { ProcessesReading } from "../../src/model/processes.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { commonUnits } from "../../src/procfs/units.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { ManualClock } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";

/** Of the fixture: a program with eleven threads that runs, one in D, and a still one. */
const runner = 9156;
const still = 9162;

describe("the threads of processes", () => {
  let machine: FixtureMachine;
  let clock: ManualClock;
  beforeEach(() => {
    machine = new FixtureMachine();
    clock = new ManualClock();
  });
  afterEach(() => machine.remove());

  function looker(): () => Promise<ProcessesReading> {
    const collectors = createLinuxCollectors({
      reads: directReads(),
      files: new KernelFiles(machine.root),
      units: commonUnits,
      clock,
      mostProcessDescriptors: 1000,
    });
    return async () => {
      const { processes } = collectSample(collectors, "procfs", clock, await prepareSample(collectors, clock));
      assert.ok(processes);
      await clock.advance(1);
      return processes;
    };
  }

  /** What the kernel says of the load: its own average, and who could run at this moment. */
  function load(load1: number, runnable: number): void {
    machine.write("loadavg", `${load1.toFixed(2)} 0.00 0.00 ${runnable}/200 11390\n`);
  }

  function threads(pid: number, states: string): void {
    for (const [index, state] of [...states].entries()) {
      const task = pid + index;
      machine.write(`${pid}/task/${task}/stat`, `${task} (a) R D) ${state} 1 1 1 0 -1 0 0\n`);
    }
  }

  const countsOf = ({ changed }: ProcessesReading, pid: number) => {
    const reading = changed.filter((one) => one.pid === pid).at(-1);
    return reading && [reading.runningThreads, reading.uninterruptibleThreads];
  };

  it("are not looked at while the tasks that were seen explain the load", async () => {
    load(0, 1);
    threads(runner, "RRRR");
    const take = looker();
    assert.deepEqual(countsOf(await take(), runner), [undefined, undefined]);
    assert.equal(countsOf(await take(), runner), undefined);
  });

  it("are counted beside the main one when more tasks could run than were seen", async () => {
    load(0, 6);
    threads(runner, "RRRSRD");
    assert.deepEqual(countsOf(await looker()(), runner), [3, 1], "its own state stands in its own file");
  });

  it("are counted until they are seen to rest, and the process moves once more then", async () => {
    load(0, 6);
    threads(runner, "RRRR");
    const take = looker();
    assert.deepEqual(countsOf(await take(), runner), [3, 0]);
    assert.equal(countsOf(await take(), runner), undefined, "as before");
    // nothing is missing any more, but it must be seen that they have stopped
    load(0, 2);
    threads(runner, "RSSS");
    assert.deepEqual(countsOf(await take(), runner), [undefined, undefined]);
    assert.equal(countsOf(await take(), runner), undefined);
  });

  it("are found in a still process when the average says that tasks wait, which no other figure of the kernel knows", async () => {
    const stat = machine.recorded(0, `${still}/stat`).replace(/^(\d+ \(.*\)(?: \S+){17}) 1 /, "$1 5 ");
    machine.write(`${still}/stat`, stat);
    threads(still, "SDDDD");
    load(0, 1);
    const take = looker();
    for (let second = 0; second < 6; second++) await take();
    // the kernel has looked and found four more: 0.08 of them each are in the average
    load(0.33, 1);
    const seen = await take();
    assert.deepEqual(countsOf(seen, still), [0, 4]);
    const reading = seen.changed.find(({ pid }) => pid === still);
    assert.equal(reading?.readAtSeconds, reading?.unchangedUntilSeconds, "it has burnt nothing meanwhile");
  });

  it("may vanish while they are looked at", async () => {
    load(0, 6);
    threads(runner, "RRR");
    machine.write(`${runner}/task/77/comm`, "a thread without a stat file\n");
    assert.deepEqual(countsOf(await looker()(), runner), [2, 0]);
  });

  it("are five hundred in one look at most", async () => {
    const stat = machine.recorded(0, `${runner}/stat`);
    const crowds = [20_000, 30_000, 40_000];
    for (const pid of crowds) {
      const crowd = stat.replace(/^\d+ \(node\) R((?: \S+){16}) 11 /, `${pid} (crowd) S$1 200 `);
      for (const file of ["status", "cgroup", "cmdline", "statm", "io"])
        machine.write(`${pid}/${file}`, machine.recorded(0, `${runner}/${file}`));
      machine.write(`${pid}/stat`, crowd);
      threads(pid, `S${"R".repeat(199)}`);
    }
    load(0, 600);
    const seen = await looker()();
    const counted = seen.changed.reduce((sum, { runningThreads = 0 }) => sum + runningThreads, 0);
    assert.ok(counted === 2 * 199, `${counted} threads were found`);
  });
});
