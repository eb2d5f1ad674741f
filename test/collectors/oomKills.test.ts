import assert from "node:assert/strict";
import { createOomKillsCollector } from "../../src/collectors/oomKills.ts";
import { silentLog } from "../../src/log.ts";
import type { OomKillReading } from "../../src/model/oomKill.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { encodeSnapshot } from "../../src/recorder/format/encodeLine.ts";
import { parseRecorded } from "../../src/recorder/format/parseLine.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { HelperReads } from "../../src/slowReads/helperReads.ts";
import { ReadError, type SlowReads } from "../../src/slowReads/slowReads.ts";
import { MadeMachine } from "../support/madeMachine.ts";
import { ManualClock, settle } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { WatchedMachine } from "../support/watchedMachine.ts";

const mib = 2 ** 20;
const report = (sequence: number, pid: number, comm: string) => `4,${sequence},1,-;${comm} invoked oom-killer: gfp_mask=0xcc0
6,${sequence + 1},1,-;memory: usage 524288kB, limit 524288kB, failcnt 9
6,${sequence + 2},1,-;oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/system.slice/shop.service,task_memcg=/system.slice/shop.service,task=${comm},pid=${pid},uid=0
3,${sequence + 3},1,-;Memory cgroup out of memory: Killed process ${pid} (${comm}) total-vm:900000kB, anon-rss:409600kB, file-rss:0kB, shmem-rss:0kB, UID:0
`;
const vmstat = (kills: number) => `nr_free_pages 1000\noom_kill ${kills}\npgfault 100\n`;

describe("Kills for memory on a machine made of files, read by the helper [Linux]", function () {
  this.timeout(30_000);
  let machine: MadeMachine;
  let clock: ManualClock;
  let files: KernelFiles;
  let helper: HelperReads;
  let reads: SlowReads;
  let asked: Promise<void>[];
  let log: ReturnType<typeof recordedLog>;
  beforeEach(() => {
    machine = new MadeMachine();
    machine.write("proc/vmstat", vmstat(3));
    clock = new ManualClock();
    files = new KernelFiles(machine.root);
    helper = new HelperReads({ clock: systemClock, log: silentLog });
    asked = [];
    const ask: SlowReads["ask"] = (...question) => {
      asked.push(helper.ask(...question));
      return asked.at(-1) ?? Promise.resolve();
    };
    reads = { ask, isRunning: true, close: () => undefined };
    log = recordedLog();
  });
  afterEach(() => {
    helper.close();
    files.close();
    machine.remove();
  });

  /** Lets a second pass, and the helper answer all that it was asked. */
  async function second(): Promise<void> {
    await clock.advance(1);
    for (let known = -1; known !== asked.length; await settle()) {
      known = asked.length;
      await Promise.all(asked);
    }
  }

  /** A collector that has found out where the past ends. */
  async function begun() {
    const collector = createOomKillsCollector({ files, reads, log: log.log });
    assert.deepEqual(collector.collect(clock), { count: 3, told: [] });
    await second();
    return collector;
  }

  /** Ticks until so many have been told of. */
  async function told(collector: Awaited<ReturnType<typeof begun>>, count: number): Promise<readonly OomKillReading[]> {
    const all: OomKillReading[] = [];
    for (let tick = 0; all.length < count && tick < 200; tick++) {
      all.push(...(collector.collect(clock)?.told ?? []));
      await second();
    }
    assert.equal(all.length, count);
    return all;
  }

  it("are told of by the kernel log, each once, and not those from before", async () => {
    machine.write("root/dev/kmsg", report(10, 500, "old"));
    const collector = await begun();
    machine.write("root/dev/kmsg", report(10, 500, "old") + report(20, 812, "java") + report(30, 813, "node"));
    machine.write("proc/vmstat", vmstat(5));
    const countedAtMs = clock.wallMs();
    const kills = await told(collector, 2);
    const place = { cgroup: "/system.slice/shop.service", limitCgroup: "/system.slice/shop.service", limitBytes: 512 * mib };
    assert.deepEqual(kills, [
      { pid: 812, comm: "java", residentBytes: 400 * mib, ...place, countedAtMs },
      { pid: 813, comm: "node", residentBytes: 400 * mib, ...place, countedAtMs },
    ]);
    assert.deepEqual(log.lines(), [], "nothing was closed to this user");
    collector.close?.();
  });

  it("are told of without a name when the log says nothing of them", async () => {
    machine.write("root/dev/kmsg", "6,1,1,-;eth0: link up\n");
    const collector = await begun();
    machine.write("proc/vmstat", vmstat(4));
    const countedAtMs = clock.wallMs();
    assert.deepEqual(await told(collector, 1), [{ countedAtMs }]);
    collector.close?.();
  });

  for (const version of [2, 1] as const) {
    it(`are told of by what cgroups of v${version} count where there is no log`, async () => {
      const type = version === 2 ? "cgroup2 rw" : "cgroup rw,memory";
      machine.write("proc/self/mounts", `none ${machine.path("memory")} ${type} 0 0\n`);
      const count = (path: string, kills: number, hits: number) =>
        version === 2
          ? machine.write(`memory${path}/memory.events`, `low 0\nhigh 0\nmax 9\noom ${hits}\noom_kill ${kills}\noom_group_kill 0\n`)
          : machine.write(`memory${path}/memory.oom_control`, `oom_kill_disable 0\nunder_oom 0\noom_kill ${kills}\n`);
      const slice = "/system.slice";
      const [shop, mail] = [`${slice}/shop.service`, `${slice}/mail.service`];
      for (const path of [shop, mail]) {
        machine.write(`memory${path}/${version === 2 ? "memory.max" : "memory.limit_in_bytes"}`, `${512 * mib}\n`);
      }
      if (version === 2) count(slice, 1, 1);
      count(shop, 0, 0);
      count(mail, 1, 1);
      const collector = await begun();
      if (version === 2) count(slice, 2, 2);
      count(shop, 1, 1);
      machine.write("proc/vmstat", vmstat(4));
      const countedAtMs = clock.wallMs();
      assert.deepEqual(await told(collector, 1), [{ cgroup: shop, limitCgroup: shop, limitBytes: 512 * mib, countedAtMs }]);
      collector.close?.();
    });
  }

  it("are nothing that a kernel before 4.13 tells", () => {
    machine.write("proc/vmstat", "nr_free_pages 1000\n");
    assert.equal(createOomKillsCollector({ files, reads, log: log.log }).collect(clock), undefined);
  });

  it("say once that the log is closed to this user", async () => {
    const ask: SlowReads["ask"] = (questions, onAnswer, limit) => {
      if (questions[0]?.operation !== "oomRecords") return reads.ask(questions, onAnswer, limit);
      onAnswer({ error: new ReadError("EPERM", "operation not permitted") }, 0);
      return Promise.resolve();
    };
    const collector = createOomKillsCollector({ files, reads: { ...reads, ask }, log: log.log });
    for (let tick = 0; tick < 5; tick++) {
      collector.collect(clock);
      await second();
    }
    assert.deepEqual(
      log.lines().map(({ message }) => message),
      ["memory: the kernel log is closed to this user; whom the kernel kills for memory is told by what cgroups count and by who is gone"],
    );
  });
});

describe("A kill for memory, from the files to the metrics [Linux]", () => {
  let watched: WatchedMachine;
  let machine: MadeMachine;
  beforeEach(() => {
    machine = new MadeMachine();
    watched = new WatchedMachine(machine);
    machine.write("proc/vmstat", vmstat(0));
    machine.write("root/dev/kmsg", "");
    machine.process(812, { comm: "java", commandLine: "java\0", cgroup: "0::/system.slice/shop.service\n", residentPages: 25_600 });
  });
  afterEach(() => watched.stop());

  const pass = (seconds: number) => watched.pass(seconds, () => machine.pass(1));
  const killed = () => watched.snapshots.flatMap(({ oomKills = [] }) => oomKills);

  async function kill(log: string): Promise<void> {
    await watched.start();
    await pass(20);
    machine.process(812, { residentPages: 102_400, userTicks: 300 });
    await pass(2);
    machine.end(812);
    machine.forks++;
    machine.write("proc/vmstat", vmstat(1));
    machine.write("root/dev/kmsg", log);
    await pass(8);
  }

  it("is given to the group that the process belonged to, which is gone by then, and is recorded", async () => {
    await kill(report(20, 812, "java"));
    assert.equal(killed().length, 1);
    const [spike] = watched.spikes.active();
    assert.match(
      spike?.verdict?.sentence ?? "",
      /^The kernel killed `java` \(unit shop\.service, user root, pid 812\) for memory: its cgroup was at its limit of 512 MiB; in the \d+ s before, `java` had grown by 300 MiB\.$/,
    );
    assert.equal(await watched.value("culprit_spike_active", { resource: "oom" }), 1);
    assert.equal(await watched.value("culprit_spike_culprit_info", { resource: "oom", process: "java", unit: "shop.service" }), 1);
    const snapshot = watched.snapshots.find(({ oomKills }) => oomKills !== undefined);
    assert.ok(snapshot);
    const line = encodeSnapshot(snapshot, snapshot.groups, undefined);
    assert.deepEqual(parseRecorded({ takenAtMs: snapshot.takenAtMs, line })?.oomKills, JSON.parse(JSON.stringify(killed())));
  });

  it("is given by the kernel's own name where the process was never seen", async () => {
    await kill(report(20, 9999, "short"));
    assert.deepEqual(killed()[0]?.group, { kind: "process", process: "short", unit: "shop.service", container: "", user: "" });
  });

  it("is guessed by who is gone where nobody has said it, and said to be a guess", async () => {
    await kill("");
    const [guess] = killed();
    assert.deepEqual([guess?.group.process, guess?.pid, guess?.isGuess, guess?.residentBytes], ["java", 812, true, 400 * mib]);
  });
});
