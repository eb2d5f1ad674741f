/** Sudden ends, and storages that fail. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { pause } from "../lib/started.ts";
import { Victim } from "../lib/victim.ts";
import { archiveBytes, assertWell, type Claim, sendAlert, storageIn, until } from "./claims.ts";

const kills = 40;
const yaml = "capture: { after: 1s }\n";

/** A small disk of its own, in memory. */
async function onSmallDisk(
  folder: string,
  options: string,
  hold: (disk: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", options, "culprit-bench", disk]).status, 0, "mount");
  try {
    return await hold(disk);
  } finally {
    spawnSync("umount", ["-l", disk]);
  }
}

/** Whole lines, whole archives; how many of each. */
function countWhole(storage: string): { readonly lines: number; readonly archives: number } {
  let lines = 0;
  for (const file of readdirSync(join(storage, "recording"))) {
    if (!/\.jsonl(\.gz)?$/.test(file) || file.includes("summary")) continue;
    const bytes = readFileSync(join(storage, "recording", file));
    const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
    const whole = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
    for (const line of whole) if (line !== "") JSON.parse(line);
    lines += whole.length - 2;
  }
  const archives = readdirSync(join(storage, "archives")).filter((file) => file.endsWith(".tar.gz"));
  for (const file of archives) gunzipSync(readFileSync(join(storage, "archives", file)));
  return { lines, archives: archives.length };
}

/** All of them. */
export const crashClaims: readonly Claim[] = [
  {
    name: `after ${kills} SIGKILLs at any moment every archive and every recorded line is whole, and it starts again within 5 s`,
    async hold(folder) {
      const storage = storageIn(folder);
      let slowest = 0;
      const promised: string[] = [];
      for (let round = 0; round < kills; round++) {
        const beganMs = performance.now();
        const victim = await Victim.start({ storage, yaml });
        slowest = Math.max(slowest, (performance.now() - beganMs) / 1000);
        const { status, archiveId } = await sendAlert(victim, `Kill${round}`);
        assert.equal(status, 202);
        promised.push(archiveId);
        await pause(0.2 + Math.random() * 4);
        await victim.kill();
      }
      countWhole(storage);
      const victim = await Victim.start({ storage, yaml });
      for (const id of promised) await archiveBytes(victim, id, 180);
      await victim.stop();
      const { lines, archives } = countWhole(storage);
      assert.ok(slowest < 5, `a start took ${slowest} s`);
      return `${archives} archives, ${lines} lines, slowest start ${slowest.toFixed(1)} s`;
    },
  },
  {
    name: "a disk that becomes full while it runs stops neither looking nor answering, and with room all goes on",
    hold: (folder) =>
      onSmallDisk(folder, "size=96m", async (disk) => {
        const victim = await Victim.start({ storage: storageIn(disk), yaml });
        await assertWell(victim);
        const { bavail, bsize } = statfsSync(disk);
        spawnSync("dd", ["if=/dev/zero", `of=${disk}/filler`, "bs=65536", `count=${Math.ceil((bavail * bsize) / 65_536) + 1}`]);
        await pause(20);
        await assertWell(victim);
        const { status } = await sendAlert(victim, "FullDisk");
        assert.ok(status === 202 || status === 503, `the webhook answered ${status}`);
        spawnSync("rm", [`${disk}/filler`]);
        await until("an alert is taken", 60, async () => (await sendAlert(victim, "RoomAgain")).status === 202);
        const { archiveId } = await sendAlert(victim, "RoomAgain");
        await archiveBytes(victim, archiveId);
        await victim.stop();
        countWhole(storageIn(disk));
        return `meanwhile the webhook answered ${status}`;
      }),
  },
  {
    name: "inodes that run out while it runs do no more harm than that",
    hold: (folder) =>
      onSmallDisk(folder, "size=256m,nr_inodes=200", async (disk) => {
        const victim = await Victim.start({ storage: storageIn(disk), yaml });
        await assertWell(victim);
        mkdirSync(`${disk}/filler`);
        let made = 0;
        try {
          for (;;) writeFileSync(`${disk}/filler/${made++}`, "");
        } catch {
          // none is left
        }
        await pause(15);
        await assertWell(victim);
        const { status } = await sendAlert(victim, "NoInodes");
        assert.ok(status === 202 || status === 503, `the webhook answered ${status}`);
        spawnSync("rm", ["-r", `${disk}/filler`]);
        await until("an alert is taken", 60, async () => (await sendAlert(victim, "InodesAgain")).status === 202);
        await victim.stop();
        return `meanwhile the webhook answered ${status}`;
      }),
  },
  {
    name: "on a storage that is read-only it starts, serves the past, and refuses alerts so that they come again",
    hold: (folder) =>
      onSmallDisk(folder, "size=256m", async (disk) => {
        const first = await Victim.start({ storage: storageIn(disk), yaml });
        const { archiveId } = await sendAlert(first, "Before");
        await archiveBytes(first, archiveId);
        await first.stop();
        assert.equal(spawnSync("mount", ["-o", "remount,ro", disk]).status, 0, "remount");
        const victim = await Victim.start({ storage: join(disk, "data"), yaml });
        await assertWell(victim);
        await archiveBytes(victim, archiveId, 5);
        const { status } = await sendAlert(victim, "ReadOnly");
        assert.equal(status, 503);
        spawnSync("mount", ["-o", "remount,rw", disk]);
        await until("an alert is taken", 60, async () => (await sendAlert(victim, "WritableAgain")).status === 202);
        await victim.stop();
        return undefined;
      }),
  },
  {
    name: "damaged archives cost themselves only",
    async hold(folder) {
      const storage = storageIn(folder);
      const victim = await Victim.start({ storage, yaml });
      const ids: string[] = [];
      for (const name of ["Short", "Long", "Noise", "Whole"]) {
        const { archiveId } = await sendAlert(victim, name);
        ids.push(archiveId);
        await archiveBytes(victim, archiveId);
      }
      await victim.stop();
      const [short = "", long = "", noise = "", whole = ""] = ids;
      const path = (id: string) => join(storage, "archives", `${id}.tar.gz`);
      truncateSync(path(short), 100);
      writeFileSync(path(long), Buffer.concat([readFileSync(path(long)), Buffer.alloc(1000)]));
      writeFileSync(path(noise), Buffer.alloc(0));
      writeFileSync(join(storage, "archives", "strange.tar.gz"), "strange");
      for (const file of readdirSync(join(storage, "archives"))) {
        if (file.includes(noise) && file.endsWith(".json")) writeFileSync(join(storage, "archives", file), "{");
      }
      const again = await Victim.start({ storage, yaml });
      await archiveBytes(again, whole, 5);
      for (const id of [short, long, noise, "strange"]) {
        const { status } = await again.send(`/archives/${id}.tar.gz`);
        assert.ok(status === 200 || status === 404 || status === 500, `${id}: ${status}`);
      }
      assert.equal((await again.send("/archives")).status, 200);
      await assertWell(again);
      await again.stop();
      return undefined;
    },
  },
];
