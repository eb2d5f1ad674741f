import assert from "node:assert/strict";
import { collectSample, prepareSample } from "../../src/collectors/collectSample.ts";
import { createLinuxCollectors, type LinuxCollectorOptions } from "../../src/collectors/linux.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { commonUnits } from "../../src/procfs/units.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { ManualClock } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";

describe("the processes of a Sample", () => {
  let machine: FixtureMachine;
  let clock: ManualClock;
  beforeEach(() => {
    machine = new FixtureMachine();
    clock = new ManualClock();
  });
  afterEach(() => machine.remove());

  function collectorsWith(mostProcessDescriptors: number, ungated = true, more: Pick<LinuxCollectorOptions, "containers"> = {}) {
    const collectors = createLinuxCollectors({
      reads: directReads(),
      files: new KernelFiles(machine.root),
      units: commonUnits,
      clock,
      mostProcessDescriptors,
      ungated,
      ...more,
    });
    return async () => {
      const { processes } = collectSample(collectors, "procfs", clock, await prepareSample(collectors, clock));
      assert.ok(processes);
      return processes;
    };
  }

  for (const descriptors of [1000, 3, 0]) {
    describe(`with ${descriptors} descriptors to keep open`, () => {
      it("gives every process in the first sample and then only those that moved", async () => {
        const take = collectorsWith(descriptors);
        const first = await take();
        assert.equal(first.changed.length, first.total);
        await clock.advance(1);
        assert.deepEqual((await take()).changed, []);
        machine.show(1);
        await clock.advance(1);
        const second = await take();
        const burner = second.changed.find((process) => process.identity.commandLine.startsWith("node burn"));
        assert.ok(burner);
        assert.equal(burner.unchangedUntilSeconds, 1001);
        assert.equal(burner.readAtSeconds, 1002);
        assert.ok(second.changed.length < first.changed.length / 2);
      });

      it("knows names with parentheses and with broken UTF-8", async () => {
        const names = (await collectorsWith(descriptors)()).changed.map((process) => process.comm);
        assert.ok(names.includes("a) (b"));
        assert.ok(names.includes("caf\ufffd"));
      });

      it("tells of a process that went and of another that got its number", async () => {
        const take = collectorsWith(descriptors);
        const old = (await take()).changed.find((process) => process.comm === "a) (b");
        assert.ok(old);
        await clock.advance(1);
        machine.show(0, {
          [`${old.pid}/stat`]: undefined,
          [`${old.pid}/cmdline`]: undefined,
          [`${old.pid}/status`]: undefined,
          [`${old.pid}/cgroup`]: undefined,
          [`${old.pid}/statm`]: undefined,
          [`${old.pid}/io`]: undefined,
          [`${old.pid}/wchan`]: undefined,
        });
        const gone = await take();
        assert.deepEqual(gone.vanished, [old.key]);
        await clock.advance(1);
        machine.show(0, {
          [`${old.pid}/stat`]: machine
            .recorded(0, `${old.pid}/stat`)
            .replace(/ (\d+) (\d+) (\d+) 18446744073709551615/, " 999999 $2 $3 18446744073709551615"),
        });
        const born = (await take()).changed;
        assert.deepEqual(
          born.map((process) => process.key),
          [`${old.pid}@999999`],
        );
        assert.equal(born[0]?.unchangedUntilSeconds, 1001, "all it did, it did since the last look at the list");
      });
    });
  }

  it("redacts a command line where it reads it", async () => {
    const sample = await collectorsWith(100)();
    assert.doesNotMatch(JSON.stringify(sample), /hunter2/);
    assert.ok(sample.changed.some((process) => process.identity.commandLine.includes("--password ***")));
  });

  it("names users and leaves what it does not know a number", async () => {
    const users = new Set((await collectorsWith(100)()).changed.map((process) => process.identity.user));
    assert.deepEqual([...users].sort(), ["daemon", "nobody", "root"]);
  });

  it("counts a failing file as one collector's failure and takes the others", () => {
    machine.write("loadavg", "nonsense\n");
    const collectors = createLinuxCollectors({
      reads: directReads(),
      files: new KernelFiles(machine.root),
      units: commonUnits,
      clock,
      mostProcessDescriptors: 100,
    });
    const sample = collectSample(collectors, "procfs", clock);
    const outcome = sample.outcomes.find((one) => one.collector === "load");
    assert.equal(outcome?.result, "failed");
    assert.match(outcome?.reason ?? "", /loadavg: expected a number, got "nonsense"/);
    assert.equal(sample.load, undefined);
    assert.ok(sample.memory);
    assert.ok(sample.cpu);
  });

  it("calls a file that the machine does not have absent", () => {
    machine.show(0, { diskstats: undefined });
    const sample = collectSample(
      createLinuxCollectors({
        reads: directReads(),
        files: new KernelFiles(machine.root),
        units: commonUnits,
        clock,
        mostProcessDescriptors: 100,
      }),
      "procfs",
      clock,
    );
    assert.equal(sample.outcomes.find((one) => one.collector === "disks")?.result, "absent");
  });

  it("shows an idle container under the name that becomes known late", async () => {
    const names = { version: 0, known: undefined as string | undefined };
    const containers = {
      nameOf: (path: string) => (path.includes("4f1c2d3e4f5a") ? names.known : undefined),
      get version() {
        return names.version;
      },
    };
    const take = collectorsWith(100, true, { containers });
    const boxed = (await take()).changed.filter(({ identity }) => identity.cgroupPath.includes("4f1c2d3e4f5a"));
    assert.ok(boxed.length > 0);
    await clock.advance(1);
    Object.assign(names, { version: 1, known: "web" });
    const renamed = (await take()).changed;
    assert.deepEqual(
      renamed.map(({ key, identity }) => [key, identity.containerName]),
      boxed.map(({ key }) => [key, "web"]),
    );
    assert.ok(renamed.every((one) => one.userSeconds === boxed.find(({ key }) => key === one.key)?.userSeconds));
    await clock.advance(1);
    assert.deepEqual((await take()).changed, []);
  });

  it("reads a part of a still machine's processes in each tick, and says when everybody has had a turn", async () => {
    const take = collectorsWith(1000, false);
    const stat = machine.recorded(0, "stat");
    const cores = [...stat.matchAll(/^cpu\d/gm)].length;
    const readings = [];
    for (let second = 0; second <= 90; second++) {
      const idle = (_: string, start: string, ticks: string) => `${start}${Number(ticks) + second * cores * 100}`;
      machine.write("stat", stat.replace(/^(cpu +\d+ \d+ \d+ )(\d+)/m, idle));
      readings.push(await take());
      await clock.advance(1);
    }
    const { total } = readings[0] ?? assert.fail();
    // who has just been met is read in every tick for a while
    const still = readings.slice(20);
    assert.ok(still.every(({ read }) => read > 0 && read <= Math.ceil(total / 10)));
    const completeAt = still.flatMap(({ complete }, second) => (complete ? [second] : []));
    const rounds = completeAt.slice(1).map((second, index) => second - (completeAt[index] ?? 0));
    assert.ok(rounds.length >= 1 && rounds.every((seconds) => seconds >= 10 && seconds <= 30), `complete in the seconds ${completeAt}`);
  });

  it("does not ask a process that is stuck in the kernel for its command line again", async () => {
    const take = collectorsWith(100);
    const first = (await take()).changed.find((process) => process.comm === "a) (b");
    assert.ok(first);
    await clock.advance(3600);
    machine.write(`${first.pid}/stat`, machine.recorded(0, `${first.pid}/stat`).replace(/\) \S /, ") D "));
    machine.write(`${first.pid}/cmdline`, "another\0");
    const stuck = (await take()).changed.find((process) => process.pid === first.pid);
    assert.equal(stuck?.state, "D");
    assert.equal(stuck?.identity, first.identity);
    await clock.advance(1);
    machine.write(`${first.pid}/stat`, machine.recorded(0, `${first.pid}/stat`));
    assert.equal((await take()).changed.find((process) => process.pid === first.pid)?.identity.commandLine, "another");
  });
});
