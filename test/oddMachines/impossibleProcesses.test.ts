import assert from "node:assert/strict";
import { MadeMachine } from "../support/madeMachine.ts";
import type { WatchedMachine } from "../support/watchedMachine.ts";
import { type OddMachine, oddMachines } from "./oddMachine.ts";

describe("a figure that cannot be is unknown, and no spike:", () => {
  const stage = oddMachines();
  let odd: OddMachine;
  let machine: MadeMachine;
  let watched: WatchedMachine;
  beforeEach(() => {
    odd = stage();
    ({ machine, watched } = odd);
  });

  const worker = { process: "worker" };

  describe("a process", () => {
    it("whose CPU time leaps by hours while the machine is hardly busy", async () => {
      await odd.usually();
      machine.process(100, { userTicks: 100 + 100 * 36_000 });
      await watched.pass(1);
      const group = watched.newest.groups.find(({ process }) => process === "worker");
      assert.equal(group?.usage.cpuCores, undefined);
      await watched.pass(6);
      machine.process(100, { userTicks: 100 + 100 * 36_000 + 20 });
      await watched.pass(1);
      assert.equal((await watched.value("culprit_process_cpu_peak_cores", worker))?.toFixed(2), "0.20");
      odd.assertAlways(0.1);
    });

    it("whose CPU time dips and comes back a moment later", async () => {
      machine.process(100, { userTicks: 10_000 });
      await odd.usually();
      machine.process(100, { userTicks: 9_800 });
      await watched.pass(1);
      assert.equal(watched.newest.groups.find(({ process }) => process === "worker")?.usage.cpuCores, undefined);
      machine.process(100, { userTicks: 10_010 });
      await watched.pass(6);
      assert.equal(await watched.value("culprit_process_cpu_peak_cores", worker), 0);
      odd.assertAlways(0.1);
    });

    it("never has more cores than there are, and neither have all of them together", async () => {
      ({ machine, watched } = odd.replace(new MadeMachine({ cpus: 2 })));
      for (const pid of [301, 302, 303]) machine.process(pid, { comm: `burner${pid}`, commandLine: `burner${pid}\0` });
      await watched.start();
      await watched.pass(10, (second) => {
        for (const pid of [301, 302, 303]) machine.process(pid, { userTicks: 200 * (second + 2) });
        machine.pass(1, 1);
      });
      const peaks = await watched.values("culprit_process_cpu_peak_cores", { kind: "process" });
      assert.ok(peaks.every((cores) => cores <= 2));
      for (const { groups } of watched.snapshots) {
        const cores = groups.reduce((sum, { usage }) => sum + (usage.cpuCores ?? 0), 0);
        assert.ok(cores < 2.001, `${cores} cores of 2`);
      }
    });

    it("whose cancelled writes take its counter below nothing", async () => {
      await odd.usually();
      machine.process(100, { writtenBytes: "18446744073709547520", userTicks: 110 });
      await watched.pass(1);
      assert.equal(watched.newest.groups.find(({ process }) => process === "worker")?.usage.writtenBytesPerSecond, undefined);
      machine.process(100, { writtenBytes: 1000, userTicks: 120 });
      await watched.pass(1);
      machine.process(100, { writtenBytes: 7000, userTicks: 130 });
      await watched.pass(6);
      const [shown] = await watched.values("culprit_process_written_bytes_per_second", worker);
      assert.ok((shown ?? 0) > 0 && (shown ?? 0) < 6000, `${shown} B/s`);
    });

    for (const counter of ["readBytes", "writtenBytes"] as const) {
      it(`whose ${counter} leap further than anything moves in a second, whether they stay there or come back`, async () => {
        const rate = `${counter}PerSecond` as const;
        const family = counter === "readBytes" ? "culprit_process_read_bytes_per_second" : "culprit_process_written_bytes_per_second";
        const used = () => watched.newest.groups.find(({ process }) => process === "worker")?.usage[rate];
        await odd.usually();
        machine.process(100, { [counter]: 4e18, userTicks: 110 });
        await watched.pass(1);
        assert.equal(used(), undefined);
        machine.process(100, { [counter]: 1000, userTicks: 120 });
        await watched.pass(1);
        assert.ok((used() ?? 0) < 6000, "nothing was moved on the way back either");
        machine.process(100, { [counter]: 7000, userTicks: 130 });
        await watched.pass(6);
        for (const one of await watched.values(family, worker)) assert.ok(one < 6000, `${one} B/s`);
        odd.assertAlways(0.1);
      });
    }

    it("whose reaped children's time leaps where nobody knows how busy the machine is", async () => {
      machine.changeStat = (text) => text.replace(/^(cpu\d* +).*/gm, "$10 0 0 0 0 0 0 0 0 0");
      await odd.usually();
      machine.process(100, { childTicks: 360_000_000 });
      await watched.pass(6);
      assert.ok(((await watched.value("culprit_process_cpu_peak_cores", worker)) ?? 0) <= 4);
    });
  });
});
