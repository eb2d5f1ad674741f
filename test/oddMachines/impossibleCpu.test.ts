import assert from "node:assert/strict";
import type { MadeMachine } from "../support/madeMachine.ts";
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

  describe("/proc/stat", () => {
    const zeros = (line: string) => line.replace(/ \d+/g, " 0");

    it("of zeros", async () => {
      machine.changeStat = (text) =>
        text
          .split("\n")
          .map((line) => (line.startsWith("cpu") ? zeros(line) : line))
          .join("\n");
      await odd.usually();
      const text = await watched.metrics();
      assert.doesNotMatch(text, /^culprit_cpu_(usage|core_usage|busy)/m);
      assert.doesNotMatch(text, /^culprit_process_cpu_cores\{kind="(unattributed|interrupts)"/m);
      assert.deepEqual(new Set(odd.usages()), new Set([undefined]));
    });

    it("that stands still, then moves, then stands still", async () => {
      await watched.start();
      await watched.pass(15, () => undefined);
      assert.equal(odd.lastUsage(), undefined);
      await watched.pass(15);
      await watched.pass(3, () => undefined);
      assert.equal(odd.lastUsage(), undefined);
      await watched.pass(15);
      // what it had not counted came at once, and was no second's idle time
      machine.pass(3);
      await watched.pass(5);
      odd.assertAlways(0.1);
      assert.equal(odd.lastUsage()?.toFixed(2), "0.10");
    });

    it("whose idle time lies beyond what a double counts exactly is understood all the same", async () => {
      for (const cpu of machine.cpus) cpu.idle = 2_079_282_968_580_058_848n;
      machine.pass(0);
      await odd.usually();
      odd.assertAlways(0.1);
      assert.equal(odd.lastUsage()?.toFixed(2), "0.10");
    });

    for (const [what, ticks] of [
      ["falls", -50_000],
      ["falls by a little", -60],
      ["leaps", 50_000],
    ] as const) {
      it(`whose idle time ${what} on every CPU`, async () => {
        await odd.usually();
        for (const cpu of machine.cpus) cpu.idle = Number(cpu.idle) + ticks;
        await watched.pass(1);
        if (what !== "falls by a little") assert.equal(odd.lastUsage(), undefined);
        await watched.pass(5);
        assert.equal(odd.lastUsage()?.toFixed(2), "0.10");
        if (what !== "falls by a little") odd.assertAlways(0.1);
        assert.ok(((await watched.value("culprit_cpu_usage_peak_ratio")) ?? 1) < 0.8);
      });
    }

    it("where one CPU of four is odd: the others say how busy the machine is, and nothing is said of that one", async () => {
      await odd.usually();
      await watched.pass(5, () => {
        (machine.cpus[2] as { idle: number }).idle -= 1000;
        machine.pass(1);
      });
      odd.assertAlways(0.1);
      assert.deepEqual(
        watched.newest.host.cpu?.coreUsageRatios?.map(({ cpu }) => cpu),
        [0, 1, 3],
      );
      assert.equal(odd.lastUsage()?.toFixed(2), "0.10");
    });

    it("when a CPU goes and the sum of idle falls with it", async () => {
      await odd.usually();
      machine.changeStat = (text) =>
        text.replace(/^cpu3 .*\n/m, "").replace(/^(cpu {2}\d+ 0 \d+ )(\d+)/, (_, head: string, idle) => `${head}${Number(idle) - 50_000}`);
      await watched.pass(5);
      odd.assertAlways(0.1);
      assert.equal(odd.lastUsage()?.toFixed(2), "0.10");
      assert.equal(await watched.value("culprit_cpu_cores"), 3);
    });

    it("when a CPU comes and its idle time since boot joins the sum", async () => {
      await odd.usually(0.8);
      machine.cpus.push({ user: 0, system: 0, idle: 90_000, iowait: 0, steal: 0 });
      await watched.pass(5, () => machine.pass(1, 0.8));
      odd.assertAlways(0.8);
      assert.equal(odd.lastUsage()?.toFixed(2), "0.80");
      assert.equal(await watched.value("culprit_cpu_cores"), 5);
    });

    it("with lines of CPUs that count nothing: they are none", async () => {
      const dead = [4, 5, 6, 7].map((cpu) => `cpu${cpu} 0 0 0 0 0 0 0 0 0 0\n`).join("");
      machine.changeStat = (text) => text.replace("intr", `${dead}intr`);
      machine.pass(0);
      await odd.usually();
      odd.assertAlways(0.1);
      assert.equal(await watched.value("culprit_cpu_cores"), 4);
      assert.equal((await watched.values("culprit_cpu_core_usage_ratio")).length, 4);
    });

    it("with lines of CPUs that never move: they are none either", async () => {
      machine.changeStat = (text) => text.replace("intr", "cpu4 77 0 3 4711 0 0 0 0 0 0\nintr");
      machine.pass(0);
      await odd.usually();
      odd.assertAlways(0.1);
      assert.equal(await watched.value("culprit_cpu_cores"), 4);
    });

    it("whose stolen time leaps", async () => {
      await odd.usually();
      for (const cpu of machine.cpus) cpu.steal += 100_000;
      await watched.pass(1);
      assert.equal(odd.lastUsage(), undefined);
      assert.equal(watched.newest.host.cpu?.stealCores, undefined);
      await watched.pass(5);
      odd.assertAlways(0.1);
    });

    it("is believed where iowait only takes back what becomes idle", async () => {
      await odd.usually();
      for (const cpu of machine.cpus) {
        cpu.iowait += 500;
        cpu.idle = Number(cpu.idle) - 500;
      }
      await watched.pass(1);
      assert.equal(odd.lastUsage()?.toFixed(2), "0.10");
      assert.equal(watched.newest.host.cpu?.iowaitCores, undefined);
    });
  });
});
