/** A machine in trouble. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeadMount } from "../../test/support/deadMount.ts";
import { pause, Started } from "../lib/started.ts";
import { Victim } from "../lib/victim.ts";
import { archiveBytes, assertWell, type Claim, sendAlert, storageIn } from "./claims.ts";

const yaml = "capture: { after: 2s }\n";
const burners = 50;
const threads = 15_000;

/** Ticks that were missed of all that there should have been, while something goes on. */
async function missedMeanwhile(victim: Victim, work: () => Promise<void>): Promise<{ readonly missed: number; readonly ticks: number }> {
  const before = await victim.figures();
  await work();
  const after = await victim.figures();
  const missed = after.missed - before.missed;
  return { missed, ticks: missed + after.samples - before.samples };
}

/** All of them. */
export const machineClaims: readonly Claim[] = [
  {
    name: "in a memory cgroup of 110 MB it lives, and makes an archive",
    async hold(folder) {
      const victim = await Victim.start({ storage: storageIn(folder), yaml, memoryBytes: 110e6 });
      await pause(30);
      const { archiveId, status } = await sendAlert(victim, "Small");
      assert.equal(status, 202);
      await archiveBytes(victim, archiveId);
      await pause(15);
      await assertWell(victim);
      assert.equal(victim.oomKills, 0);
      const megabytes = victim.residentBytes() / 1e6;
      await victim.stop();
      return `${megabytes.toFixed(0)} MB`;
    },
  },
  {
    name: "with pids.max 20 it lives, and makes an archive",
    async hold(folder) {
      const victim = await Victim.start({ storage: storageIn(folder), yaml, processes: 20 });
      const { archiveId, status } = await sendAlert(victim, "FewPids");
      assert.equal(status, 202);
      await archiveBytes(victim, archiveId);
      await assertWell(victim);
      await victim.stop();
      return undefined;
    },
  },
  {
    name: `${threads} threads on the machine: fewer than 5 % of ticks missed, and an archive`,
    async hold(folder) {
      const victim = await Victim.start({ storage: storageIn(folder), yaml });
      const program = `import threading, time\nthreading.stack_size(65536)\nfor _ in range(${threads}): threading.Thread(target=time.sleep, args=(100,), daemon=True).start()\nprint("ready", flush=True)\ntime.sleep(100)`;
      const crowd = new Started(["python3", "-c", program], { keepOutput: true });
      try {
        await crowd.waitFor(/ready/, 60);
        const { missed, ticks } = await missedMeanwhile(victim, async () => {
          const { archiveId } = await sendAlert(victim, "ManyThreads");
          await archiveBytes(victim, archiveId);
          await pause(20);
        });
        assert.ok(missed < 0.05 * ticks, `${missed} of ${ticks} ticks were missed`);
        await victim.stop();
        return `${missed} of ${ticks} ticks missed`;
      } finally {
        crowd.kill();
      }
    },
  },
  {
    name: `${burners} busy loops: no tick missed, and an archive that names them within 20 s`,
    async hold(folder) {
      const program = join(folder, "culprit-burner.sh");
      writeFileSync(program, "#!/bin/sh\nwhile :; do :; done\n", { mode: 0o755 });
      const victim = await Victim.start({ storage: storageIn(folder), yaml });
      await pause(20);

      const loops = Array.from({ length: burners }, () => new Started([program]));
      try {
        await pause(5);
        let seconds = 0;
        const { missed, ticks } = await missedMeanwhile(victim, async () => {
          const beganMs = performance.now();
          const { archiveId } = await sendAlert(victim, "HighCpuUsage");
          await archiveBytes(victim, archiveId, 60);
          seconds = (performance.now() - beganMs) / 1000;
          const answer = await victim.send("/archives", {
            headers: { Authorization: `Bearer ${victim.token}`, Accept: "application/json" },
          });
          assert.match(await answer.text(), /culprit-burner/);
          await pause(30);
        });
        assert.ok(missed <= 0.02 * ticks, `${missed} of ${ticks} ticks were missed`);
        assert.ok(seconds < 20, `the archive took ${seconds} s`);
        return `${missed} of ${ticks} ticks missed, the archive took ${seconds.toFixed(0)} s`;
      } finally {
        for (const loop of loops) loop.kill();
        await victim.stop();
      }
    },
  },
  {
    name: "a SIGSTOP of two minutes is a gap, and neither a spike nor an end",
    async hold(folder) {
      const victim = await Victim.start({ storage: storageIn(folder), yaml });
      await pause(40);
      const spikes = async () => ((await (await victim.send("/api/spikes")).json()) as { total: number }).total;
      const before = await spikes();
      process.kill(victim.pid, "SIGSTOP");
      await pause(120);
      process.kill(victim.pid, "SIGCONT");
      await assertWell(victim);
      await pause(10);
      assert.equal(await spikes(), before);
      const answer = await victim.send(`/api/snapshots?from=${Date.now() - 300_000}&to=${Date.now()}`);
      const { gaps } = (await answer.json()) as { gaps: readonly number[] };
      assert.ok(gaps.length >= 1, "no gap is shown");
      await victim.stop();
      return undefined;
    },
  },
  {
    name: "a FUSE mount that hangs hangs nothing else: ticks, scrapes, archives",
    async hold(folder) {
      const victim = await Victim.start({ storage: storageIn(folder), yaml });
      await assertWell(victim);
      const dead = new DeadMount();
      try {
        const { missed, ticks } = await missedMeanwhile(victim, async () => {
          await pause(20);
          const { archiveId } = await sendAlert(victim, "DeadMount");
          await archiveBytes(victim, archiveId);
        });
        assert.ok(missed < 0.05 * ticks, `${missed} of ${ticks} ticks were missed`);
        await assertWell(victim);
        return `${missed} of ${ticks} ticks missed`;
      } finally {
        dead.remove();
        await victim.stop();
      }
    },
  },
];
