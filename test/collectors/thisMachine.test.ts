import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { createLinuxCollectors } from "../../src/collectors/linux.ts";
import { thisSystem } from "../../src/collectors/portable.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { readKernelUnits } from "../../src/procfs/units.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { Burner } from "../support/burner.ts";
import { directReads } from "../support/playedHelper.ts";
import { describeSource, type Subject } from "./sourceContract.ts";
import { close, portableSubject, takeProcfs } from "./sourceSubjects.ts";

describe("a source of Samples", () => {
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
