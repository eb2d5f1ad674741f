import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Collector } from "../../src/collectors/collector.ts";
import { collectSample, prepareSample } from "../../src/collectors/collectSample.ts";
import { createLinuxCollectors } from "../../src/collectors/linux.ts";
import { createPortableSource, type PortableSystem, thisSystem } from "../../src/collectors/portable.ts";
import { silentLog } from "../../src/log.ts";
import type { Clock } from "../../src/model/clock.ts";
import type { Sample } from "../../src/model/sample.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { commonUnits, readKernelUnits } from "../../src/procfs/units.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { Burner } from "../support/burner.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { ManualClock, settle } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";
import { PlayedSystem } from "../support/playedSystem.ts";
import { describeSource, type Subject } from "./sourceContract.ts";

const gibibyte = 1024 ** 3;

async function takeProcfs(collectors: readonly Collector[], clock: Clock): Promise<Sample> {
  return collectSample(collectors, "procfs", clock, await prepareSample(collectors, clock));
}

function close(collectors: readonly Collector[], files: KernelFiles): void {
  for (const collector of collectors) collector.close?.();
  files.close();
}

/** Takes a Sample whenever the source is ready for one; `move` brings the machine on. */
function portableSubject(system: PortableSystem, clock: Clock, intervalSeconds: number, move: (sample: number) => Promise<void>): Subject {
  const source = createPortableSource({ system, clock, log: silentLog, intervalSeconds, random: () => 0.5 });
  let ready: (() => void) | undefined;
  let samples = 0;
  return {
    async next() {
      const reading = new Promise<void>((resolve) => {
        ready = resolve;
      });
      if (samples === 0) source.start(() => ready?.());
      await move(samples++);
      await reading;
      return collectSample(source.collectors, "portable", clock);
    },
    close: () => source.stop(),
  };
}

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

  describe("on this very machine", () => {
    const secret = `hunter2-${process.pid}`;
    let burner: Burner;
    let vanishing: ChildProcess;

    before(async () => {
      burner = new Burner(["--password", secret]);
      await burner.begun;
    });
    after(() => burner.end());

    async function openVanishing(): Promise<number> {
      vanishing = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "ignore" });
      await once(vanishing, "spawn");
      return vanishing.pid ?? 0;
    }
    async function vanish(): Promise<void> {
      vanishing.kill("SIGKILL");
      await once(vanishing, "exit");
    }
    const known = (vanishingPid: number) => ({
      cores: cpus().length,
      totalBytes: totalmem(),
      burnerPid: burner.pid,
      burnerCores: (fromMs: number, toMs: number) => burner.cores(fromMs, toMs),
      vanishingPid,
      secret,
    });

    describe("procfs", () => {
      describeSource(async () => {
        const root = { procfs: "/proc", sysfs: "/sys", rootfs: "/" };
        const files = new KernelFiles(root);
        const collectors = createLinuxCollectors({
          reads: directReads(),
          files,
          units: readKernelUnits(),
          clock: systemClock,
          mostProcessDescriptors: 1000,
        });
        const vanishingPid = await openVanishing();
        let samples = 0;
        const subject: Subject = {
          async next() {
            if (samples++ > 0) {
              if (samples === 2) await vanish();
              await sleep(samples === 2 ? 1000 : 100);
            }
            return takeProcfs(collectors, systemClock);
          },
          close: async () => close(collectors, files),
        };
        return { subject, machine: { ...known(vanishingPid), source: "procfs", absent: [], hasTaskStates: true } };
      });
    });

    describe("portable [any OS]", () => {
      const isWindows = process.platform === "win32";
      const tell = describeSource(async () => {
        const vanishingPid = await openVanishing();
        const subject = portableSubject(thisSystem(), systemClock, 1, async (sample) => {
          if (sample === 1) await vanish();
        });
        const absent = isWindows ? (["load", "disks"] as const) : [];
        return { subject, machine: { ...known(vanishingPid), source: "portable", absent, hasTaskStates: !isWindows } };
      });

      it("leaves no timer and no child when it is stopped", () => {
        tell();
        assert.deepEqual(
          process.getActiveResourcesInfo().filter((resource) => resource === "Timeout"),
          [],
        );
        if (process.platform !== "linux") return; // nowhere else does a file tell
        const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
        assert.deepEqual(children, [String(burner.pid)]);
      });

      if (process.platform !== "linux") return;

      it("says of this machine what /proc says", async () => {
        const { samples } = tell();
        const root = { procfs: "/proc", sysfs: "/sys", rootfs: "/" };
        const files = new KernelFiles(root);
        const collectors = createLinuxCollectors({
          reads: directReads(),
          files,
          units: readKernelUnits(),
          clock: systemClock,
          mostProcessDescriptors: 1000,
        });
        const procfs = await takeProcfs(collectors, systemClock);
        close(collectors, files);
        const [, portable] = samples;
        const near = (name: string, actual: number | undefined, expected: number | undefined, part: number) => {
          const isNear = actual !== undefined && expected !== undefined && Math.abs(actual - expected) <= part * Math.abs(expected);
          assert.ok(isNear, `${name}: ${actual} is not ${expected}`);
        };
        near("memory", portable.memory?.totalBytes, procfs.memory?.totalBytes, 0.01);
        near("available memory", portable.memory?.availableBytes, procfs.memory?.availableBytes, 0.1);
        near("swap", portable.memory?.swapTotalBytes, procfs.memory?.swapTotalBytes, 0.01);
        near("boot", portable.cpu?.bootTimeSeconds, procfs.cpu?.bootTimeSeconds, 1e-8);
        assert.equal(portable.cpu?.perCpu.length, procfs.cpu?.perCpu.length);
        const own = (sample: typeof portable) => sample.processes?.changed.find((process) => process.pid === burner.pid);
        const [ours, theirs] = [own(portable), own(procfs)];
        near("the burner's CPU", (ours?.userSeconds ?? 0) + (ours?.systemSeconds ?? 0), burntSeconds(theirs), 0.35);
        near("the burner's memory", ours?.residentBytes, theirs?.residentBytes, 0.2);
        near("the burner's start", ours?.startedSeconds, theirs?.startedSeconds, 3 / (theirs?.startedSeconds ?? 1));
        assert.equal(ours?.identity.user, theirs?.identity.user);
        // ps does not say where an argument ends, so quotes are /proc's alone
        for (const one of [ours, theirs]) assert.match(one?.identity.commandLine ?? "", /node -e .* -- --password \*\*\*$/);
        assert.equal(ours?.parentPid, theirs?.parentPid);
        const interfaces = (sample: typeof portable) => sample.network?.filter((one) => one.receive.bytes > 0).map((one) => one.device);
        assert.deepEqual(interfaces(portable)?.sort(), interfaces(procfs)?.sort());
      });
    });
  });
});

function burntSeconds(reading: { readonly userSeconds: number; readonly systemSeconds: number } | undefined): number | undefined {
  return reading && reading.userSeconds + reading.systemSeconds;
}
