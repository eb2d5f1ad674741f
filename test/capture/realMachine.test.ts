import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { readProcessList } from "../../src/capture/making/processList.ts";
import { createParts } from "../../src/capture/parts/createParts.ts";
import type { PartOutcome } from "../../src/model/capture.ts";
import type { Clock } from "../../src/model/clock.ts";
import { readKernelUnits } from "../../src/procfs/units.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { ManualClock } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";
import { requireServer } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { eventually, openIn } from "./support.ts";

/** Either its output is there, or the reason why it is not. */
function assertTold(outcome: PartOutcome | undefined, name: string): void {
  assert.ok(outcome, `${name} is not in the manifest`);
  if (outcome.result === "ok") assert.ok((outcome.sizeBytes ?? 0) > 0, name);
  else assert.match(outcome.reason ?? "", /./, name);
  if (outcome.result === "failed") assert.notEqual(outcome.exitCode, 0, name);
}

describe("a capture of this machine", () => {
  const tempDirectory = tempDirectories();

  it("holds what top, iostat, ss and the others say, and nowhere a secret of a running process", async function () {
    requireServer(this, "top", "ps", "free", "vmstat", "iostat", "ss", "ip", "dmesg");
    const secrets = ["correct horse battery staple", "t0ps3cr3t-t0ken", "geh\u00e4im word", "nested inner pass phrase"];
    const args = [
      "--marker=culprit-real-machine",
      `--password=${secrets[0]}`,
      "--token",
      secrets[1] ?? "",
      "--api-key",
      secrets[2] ?? "",
      `https://user:${secrets[1]}@example.org/`,
      `--db-password=${secrets[3]}`,
    ];
    const keeper = spawn("/bin/sh", ["-c", "sleep 1000; :", ...args], { stdio: "ignore", detached: true });
    try {
      await eventually("it runs", async () => (await readFile(`/proc/${keeper.pid}/cmdline`, "utf8")).includes("--marker"));
      const clock: Clock = systemClock;
      const readTable = () =>
        readProcessList({
          root: { procfs: "/proc", sysfs: "/sys", rootfs: "/" },
          units: readKernelUnits(),
          clock,
          reads: directReads(),
          namesOfCgroup: () => ({ unit: "", container: "" }),
        });
      const capture = await openIn(await tempDirectory(), new ManualClock(), {
        clock,
        readProcessList: readTable,
        parts: createParts({
          reads: directReads(),
          root: { procfs: "/proc", sysfs: "/sys", rootfs: "/" },
          surroundings: { start: spawn, clock, searchPath: process.env.PATH ?? "" },
          readProcessList: readTable,
        }),
      });
      capture.start();
      const { id } = await capture.queue.request({});
      await eventually("it is finished", () => capture.ends.length === 1);
      const files = await capture.filesOf(id);
      const outcomes = ((await capture.manifestOf(id)).parts as PartOutcome[]).filter(({ part }) => part.startsWith("commands/"));
      const outcomeOf = (name: string) => outcomes.find(({ part }) => part === `commands/${name}.txt`);
      for (const name of ["vmstat", "iostat", "top", "ps", "free", "ss-s", "ip-link", "ss-tanp", "df", "df-i"]) {
        assert.equal(outcomeOf(name)?.result, "ok", `${name}: ${outcomeOf(name)?.reason}`);
      }
      // neither of these is on every machine, nor does each work wherever it is
      for (const name of ["dmesg", "journalctl", "systemd-cgtop"]) assertTold(outcomeOf(name), name);
      assertTold(outcomeOf("docker-ps") ?? outcomeOf("podman-ps"), "docker-ps");
      assertTold(outcomeOf("docker-stats") ?? outcomeOf("podman-stats"), "docker-stats");
      assert.equal(outcomes.length, 15);
      assert.equal(
        files
          .get("commands/iostat.txt")
          ?.toString()
          .match(/^avg-cpu:/gm)?.length,
        3,
      );
      assert.match(files.get("commands/ss-s.txt")?.toString() ?? "", /^TCP:/m);
      assert.match(files.get("commands/ss-tanp.txt")?.toString() ?? "", /^State +Recv-Q/);
      assert.match(files.get("commands/ip-link.txt")?.toString() ?? "", /^1: lo:/);
      assert.match(files.get("commands/df-i.txt")?.toString() ?? "", /^Filesystem +Inodes/);
      assert.match(files.get("commands/ps.txt")?.toString() ?? "", /--marker=culprit-real-machine --password=\*+/);
      assert.match(files.get("commands/top.txt")?.toString() ?? "", /PID USER/);
      assert.match(files.get("commands/free.txt")?.toString() ?? "", /^Mem:/m);
      assert.match(files.get("commands/df.txt")?.toString() ?? "", /^Filesystem/m);
      assert.equal(files.get("commands/vmstat.txt")?.toString().trim().split("\n").length, 7);
      assert.match(files.get("processes.txt")?.toString() ?? "", /--marker=culprit-real-machine/);
      for (const [name, bytes] of files) {
        const text = bytes.toString("utf8");
        for (const piece of ["correct horse", "battery staple", "t0ps3cr3t", "im word", "inner pass", "pass phrase"]) {
          assert.ok(!text.includes(piece), `${piece} stands in ${name}`);
        }
      }
      await capture.stop();
    } finally {
      // its child too
      process.kill(-(keeper.pid ?? 0), "SIGKILL");
    }
  });
});
