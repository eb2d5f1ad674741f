import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { MadeMachine } from "../support/madeMachine.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { WholeCulprit } from "./wholeCulprit.ts";

/** What stands in for files that never answer. */
export interface SilentFiles {
  /** Makes this one never answer. */
  hang(path: string): void;
  close(): Promise<void>;
}

/** What a machine must get along with whose files never answer, whatever they are; to be called in a suite. */
export function goesOnWithSilentFiles(open: (machine: MadeMachine) => Promise<SilentFiles>): void {
  const newDirectory = tempDirectories();
  let machine: MadeMachine;
  let silent: SilentFiles;
  let culprit: WholeCulprit;

  beforeEach(async () => {
    machine = new MadeMachine();
    silent = await open(machine);
  });
  afterEach(async () => {
    culprit.kill();
    await silent.close();
    machine.remove();
  });

  const start = async () => {
    culprit = new WholeCulprit(machine, await newDirectory());
    await culprit.get("/-/healthy");
  };

  function stick(pid: number, state = "D"): void {
    machine.process(pid, { comm: `stuck${pid}`, state, residentPages: 10 });
    silent.hang(machine.path(`proc/${pid}/cmdline`));
  }

  it("takes every second although a hundred processes hang, names the others, and ends within ten seconds", async () => {
    stick(300);
    await start();
    for (let pid = 301; pid < 400; pid++) stick(pid, pid % 3 === 0 ? "S" : "D");
    machine.process(900, { comm: "python3", residentPages: 100_000, commandLine: "python3\0/srv/backup.py\0" });
    machine.forks += 101;
    machine.write("proc/loadavg", "0.10 0.12 0.14 1/200 901\n");
    const scraped = culprit.longestScrape("?collect[]=node", 12);
    await culprit.assertSecondsGoOn(12);
    assert.ok((await scraped) < 4, `a scrape took ${await scraped} s`);
    // who stands behind a hundred that hang is asked when they have had their time, and shown at the next look at the ranks
    let names = "";
    for (let left = 40; left > 0 && !/process="python3 backup\.py/.test(names); left--) {
      await sleep(1000);
      names = [...(await culprit.values("culprit_process_memory_bytes")).keys()].join("\n");
    }
    assert.match(names, /process="python3 backup\.py/);
    assert.match(culprit.log, /a file does not answer/);
    // whoever does not hang may be named before the last of them has had its time
    let skipped: ReadonlyMap<string, number> = new Map();
    for (let left = 120; left > 0 && (skipped.get('collector="processes"') ?? 0) < 100; left--) {
      await sleep(500);
      skipped = await culprit.values("culprit_collector_skipped_total");
    }
    assert.ok((skipped.get('collector="processes"') ?? 0) >= 100, String([...skipped]));
    const seconds = await culprit.stop();
    assert.ok(seconds < 10, `it took ${seconds} s`);
  });

  it("makes an archive of a process that has got stuck, and says what is missing in it", async () => {
    machine.process(300, { comm: "stuck", state: "D", commandLine: "/usr/bin/stuck\0" });
    await start();
    await culprit.assertSecondsGoOn(2);
    for (const file of ["cmdline", "maps", "smaps_rollup", "wchan", "stack", "task/300/wchan", "task/300/stack"]) {
      silent.hang(machine.path(`proc/300/${file}`));
    }
    const { id } = JSON.parse((await culprit.get("/archives", { method: "POST", body: '{"reason":"it hangs"}' })).toString()) as {
      id: string;
    };
    await culprit.assertSecondsGoOn(5);
    let archive: Buffer = Buffer.alloc(0);
    for (let left = 40; left > 0 && archive[0] !== 0x1f; left--) {
      await sleep(1000);
      archive = await culprit.get(`/archives/${id}.tar.gz`);
    }
    const text = gunzipSync(archive).toString("latin1");
    assert.match(text, /processes\.txt/);
    assert.match(text, /no command line of process 300: it did not answer/);
    const seconds = await culprit.stop();
    assert.ok(seconds < 10, `it took ${seconds} s`);
  });

  it("scrapes the other attributes of devices that do not answer", async () => {
    for (let device = 0; device < 20; device++) {
      machine.write(`sys/class/net/eth${device}/flags`, "0x1003\n");
      machine.write(`sys/class/net/eth${device}/mtu`, "1500\n");
      silent.hang(machine.path(`sys/class/net/eth${device}/speed`));
    }
    silent.hang(machine.path("sys/class/net/eth3/address"));
    silent.hang(machine.path("sys/devices/system/cpu/online"));
    silent.hang(machine.path("sys/devices/system/clocksource/clocksource0/current_clocksource"));
    await start();
    const before = await culprit.samples();
    const beganMs = Date.now();
    let longestMs = 0;
    let mtus: ReadonlyMap<string, number> = new Map();
    for (let left = 50; left > 0 && mtus.size < 20; left--) {
      const askedMs = Date.now();
      mtus = await culprit.values("node_network_mtu_bytes", "?collect[]=node");
      longestMs = Math.max(longestMs, Date.now() - askedMs);
      await sleep(500);
    }
    assert.equal(mtus.size, 20);
    assert.ok(longestMs < 4000, `a scrape took ${longestMs} ms`);
    const risen = (await culprit.samples()) - before;
    assert.ok(risen >= (Date.now() - beganMs) / 1000 - 1.5, `${risen} samples in ${Date.now() - beganMs} ms`);
    const seconds = await culprit.stop();
    assert.ok(seconds < 10, `it took ${seconds} s`);
  });
}
