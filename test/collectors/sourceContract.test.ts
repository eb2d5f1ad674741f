import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { createLinuxCollectors } from "../../src/collectors/linux.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { commonUnits } from "../../src/procfs/units.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { ManualClock, settle } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";
import { PlayedSystem } from "../support/playedSystem.ts";
import { describeSource, type Subject } from "./sourceContract.ts";
import { close, portableSubject, takeProcfs } from "./sourceSubjects.ts";

const gibibyte = 1024 ** 3;

describe("a source of Samples", () => {
  describe("procfs, on a recorded machine", () => {
    const clock = new ManualClock();
    const machine = new FixtureMachine();
    after(() => machine.remove());

    describeSource(async () => {
      const files = new KernelFiles(machine.root);
      const collectors = createLinuxCollectors({
        reads: directReads(),
        files,
        units: commonUnits,
        clock,
        mostProcessDescriptors: 100,
      });
      let samples = 0;
      const subject: Subject = {
        async next() {
          if (samples++ > 0) {
            const gone = ["stat", "cmdline", "status", "cgroup", "statm", "io", "wchan"].map((file) => [`9164/${file}`, undefined]);
            machine.show(1, Object.fromEntries(gone));
            await clock.advance(1.04);
            await sleep(100);
          }
          return takeProcfs(collectors, clock);
        },
        close: async () => close(collectors, files),
      };
      return {
        subject,
        machine: {
          source: "procfs",
          absent: [],
          cores: 2,
          totalBytes: Number(/MemTotal: +(\d+)/.exec(machine.recorded(0, "meminfo"))?.[1]) * 1024,
          burnerPid: 9156,
          burnerCores: async () => 0.87,
          vanishingPid: 9164,
          secret: "hunter2",
          hasTaskStates: true,
        },
      };
    });
  });

  for (const played of [
    {
      name: "synthetic-windows",
      totalBytes: 16 * gibibyte,
      absent: ["load", "disks"] as const,
      burnerPid: 7000,
      burnt: 0.96,
      hasTaskStates: false,
    },
    { name: "synthetic-macos", totalBytes: 32 * gibibyte, absent: [] as const, burnerPid: 9000, burnt: 0.998, hasTaskStates: true },
  ]) {
    describe(`portable, on the fixture ${played.name} [any OS]`, () => {
      describeSource(async () => {
        const clock = new ManualClock();
        const system = new PlayedSystem(played.name);
        assert.ok(system.played.synthetic, "a fixture that nobody recorded says so");
        const subject = portableSubject(system, clock, 5, async (sample) => {
          system.show(sample);
          await (sample === 0 ? settle() : clock.advance(5));
        });
        const cores = system.cores();
        return {
          subject,
          machine: { ...played, burnerCores: async () => played.burnt, source: "portable", cores, vanishingPid: 7100, secret: "hunter2" },
        };
      });
    });
  }
});
