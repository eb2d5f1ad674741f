import assert from "node:assert/strict";
import type { ResourceUsage } from "../../src/model/snapshot.ts";
import type { Spike, SpikeResource, VerdictShare } from "../../src/model/spike.ts";
import { type Actor, burns, idles, type MachineOptions, machine, play } from "./support/madeMachine.ts";

const quiet = 320;
const during = (from: number, to: number, usage: ResourceUsage) => (second: number) => (second >= from && second < to ? usage : undefined);

function spikeOf(resource: SpikeResource, options: MachineOptions, seconds: number, parents?: (pid: number) => readonly string[]): Spike {
  const { all, of } = play(machine(options, seconds), parents === undefined ? {} : { ancestorsOf: parents });
  assert.equal(of(resource).length, 1, JSON.stringify(all, undefined, 1));
  return of(resource)[0] as Spike;
}

function sharesOf({ verdict }: Spike): readonly VerdictShare[] {
  const shares = verdict?.shares ?? [];
  const sum = shares.reduce((total, { share }) => total + share, 0);
  assert.ok(Math.abs(sum - 1) < 1e-9, `the shares sum to ${sum}`);
  return shares;
}

function shareOf(spike: Spike, process: string): VerdictShare {
  const found = sharesOf(spike).find(({ group }) => group.process === process);
  assert.ok(found, `${process} is not in ${JSON.stringify(spike.verdict)}`);
  return found;
}

describe("a verdict", () => {
  it("names one culprit with unit, user, pid and parent, from what to what and for how long", () => {
    const dump = burns("pg_dump", 1.5, quiet, quiet + 250, {
      unit: "nightly-backup.service",
      user: "postgres",
      pid: 4242,
      commandLine: "pg_dump --password=*** shop",
    });
    const other = burns("gzip", 0.5, quiet, quiet + 250);
    const spike = spikeOf("cpu", { actors: [idles("sshd"), dump, other] }, quiet + 300, (pid) => (pid === 4242 ? ["cron", "systemd"] : []));
    assert.equal(
      spike.verdict?.sentence,
      "`pg_dump` (unit nightly-backup.service, user postgres, pid 4242, child of cron) caused 75 % of the rise in CPU use from 0.03 to 2 cores for 4 min 10 s.",
    );
    const [first] = sharesOf(spike);
    assert.deepEqual([first?.pids, first?.commandLine, first?.parents], [[4242], "pg_dump --password=*** shop", ["cron", "systemd"]]);
    assert.ok(Math.abs((first?.from ?? 1) - 0) < 0.01 && Math.abs((first?.to ?? 0) - 1.5) < 0.01);
    assert.equal(spike.verdict?.final, true);
  });

  it("names two at once, each with its share", () => {
    const actors = [idles("sshd"), burns("ffmpeg", 1.2, quiet, quiet + 60), burns("rustc", 1, quiet, quiet + 60)];
    const spike = spikeOf("cpu", { actors }, quiet + 90);
    assert.match(
      spike.verdict?.sentence ?? "",
      /^`ffmpeg` \(.*\) and `rustc` \(.*\) caused 5[45] % and 45 % of the rise in CPU use from 0\.03 to 2\.2 cores for 1 min\.$/,
    );
  });

  it("says plainly that no single one did it", () => {
    const many = Array.from({ length: 12 }, (_, index) => burns(`worker${index}x`, 0.25, quiet, quiet + 60));
    const spike = spikeOf("cpu", { actors: [idles("sshd"), ...many] }, quiet + 90);
    assert.match(
      spike.verdict?.sentence ?? "",
      /^No single process caused the rise in CPU use from 0\.03 to 3 cores for 1 min; the largest parts are those of .* with 8 %/,
    );
    assert.ok(sharesOf(spike).some(({ group, share }) => group.kind === "other" && share > 0.1));
  });

  it("ranks who was busy before by the rise alone", () => {
    const database: Actor = { process: "mysqld", does: (second) => ({ cpuCores: second < quiet ? 2 : 2.2, runningTasks: 2 }) };
    const spike = spikeOf("cpu", { actors: [database, burns("report", 1, quiet, quiet + 60)] }, quiet + 60);
    assert.equal(sharesOf(spike)[0]?.group.process, "report");
    const mysqld = shareOf(spike, "mysqld");
    assert.ok(Math.abs(mysqld.share - 0.2 / 1.2) < 0.02, `${mysqld.share}`);
    assert.ok(Math.abs(mysqld.from - 2) < 0.01 && Math.abs(mysqld.to - 2.2) < 0.01);
  });

  it("names the parent of a thousand short processes, and their unit where no parent is left", () => {
    let next = 20_000;
    const loop: Actor = {
      ...burns("make", 1.8, quiet, quiet + 60, { unit: "build.service" }),
      pids: () => [777, ...Array.from({ length: 40 }, () => next++)],
    };
    const spike = spikeOf("cpu", { actors: [idles("sshd"), loop] }, quiet + 90);
    assert.match(spike.verdict?.sentence ?? "", /^`make` \(unit build\.service, user root, pids 777, /);
    assert.ok((shareOf(spike, "make").processes ?? 0) > 100);
    const gone = burns("", 1.8, quiet, quiet + 60, { kind: "short_lived", unit: "cron.service" });
    const nobody = spikeOf("cpu", { actors: [idles("sshd"), gone] }, quiet + 60);
    assert.match(
      nobody.verdict?.sentence ?? "",
      /^Short-lived processes \(unit cron\.service\) have caused 9\d %|^Short-lived processes \(unit cron\.service\) have caused 100 %/,
    );
  });

  it("keeps the name of a culprit that dies before the end, and of its parents", () => {
    const living = new Set([4000]);
    const actors = [
      idles("sshd"),
      burns("hit-and-run", 3, quiet, quiet + 20, { pid: 4000 }),
      burns("cleanup", 0.5, quiet + 20, quiet + 60),
    ];
    const spikes = play(
      (function* () {
        for (const [second, snapshot] of [...machine({ actors }, quiet + 100)].entries()) {
          if (second === quiet + 20) living.clear();
          yield snapshot;
        }
      })(),
      { ancestorsOf: (pid) => (living.has(pid) ? ["bash", "sshd"] : []) },
    );
    const [spike] = spikes.of("cpu");
    assert.match(spike?.verdict?.sentence ?? "", /^`hit-and-run` \(user root, pid 4000, started by sshd\) caused 7\d %/);
  });

  it("settles while the spike lasts and is final at its end", () => {
    const { events } = play(machine({ actors: [idles("sshd"), burns("hog", 3, quiet, quiet + 60)] }, quiet + 90));
    const finals = events.filter(({ spike }) => spike.resource === "cpu").map(({ spike }) => spike.verdict?.final);
    assert.ok(finals.length > 5);
    assert.deepEqual(finals.indexOf(true), finals.length - 1);
  });

  it("says interrupts when it was interrupts, with ksoftirqd as their helper", () => {
    const interrupts: Actor = { process: "", kind: "interrupts", does: during(quiet, quiet + 60, { cpuCores: 1 }) };
    const softirq: Actor = burns("ksoftirqd", 0.6, quiet, quiet + 60, { commandLine: "", user: "root" });
    const spike = spikeOf("cpu", { actors: [idles("sshd"), interrupts, softirq] }, quiet + 90);
    assert.match(spike.verdict?.sentence ?? "", /^Interrupts caused (99|100) % .*; the kernel's `ksoftirqd` worked for it\.$/);
    assert.deepEqual([shareOf(spike, "ksoftirqd").helping, shareOf(spike, "ksoftirqd").share], [true, 0]);
  });

  it("points from kswapd to whose memory grew, and from writeback to who wrote", () => {
    const grower: Actor = {
      process: "java",
      does: (second) => ({ cpuCores: 0.05, residentBytes: 1e9 + Math.max(0, second - quiet) * 100e6 }),
    };
    const kswapd = burns("kswapd", 1.5, quiet, quiet + 60, { commandLine: "" });
    const memory = spikeOf("cpu", { actors: [idles("sshd"), grower, kswapd] }, quiet + 60);
    assert.match(memory.verdict?.sentence ?? "", /^`java` .*; the kernel's `kswapd` worked for it\.$/);
    const writer: Actor = { process: "dd", does: (second) => ({ cpuCores: 0.2, writtenBytesPerSecond: second < quiet ? 0 : 200e6 }) };
    const flush = burns("kworker", 1.2, quiet, quiet + 60, { commandLine: "" });
    const writes = spikeOf("cpu", { actors: [idles("sshd"), writer, flush] }, quiet + 60);
    assert.match(writes.verdict?.sentence ?? "", /^`dd` .*; the kernel's `kworker` worked for it\.$/);
    const alone = spikeOf("cpu", { actors: [idles("sshd"), flush] }, quiet + 60);
    assert.match(alone.verdict?.sentence ?? "", /^`kworker`/);
  });
});

describe("a verdict on disk I/O", () => {
  const writes = (from: number, to: number, bytes: number) =>
    during(from, to, { cpuCores: 0.1, writtenBytesPerSecond: bytes, residentBytes: 1e7 });

  it("names who wrote half a minute before the disk did, and is gone", () => {
    const dump: Actor = { process: "pg_dump", user: "postgres", pid: 4242, does: writes(quiet, quiet + 10, 80e6) };
    const log: Actor = { process: "rsyslogd", does: () => ({ writtenBytesPerSecond: 1e6 }) };
    const host = (second: number) => ({ written: second >= quiet + 28 && second < quiet + 34 ? 134e6 : 1e6 });
    const spike = spikeOf("io", { actors: [log, dump], host }, quiet + 80);
    assert.match(
      spike.verdict?.sentence ?? "",
      /^`pg_dump` \(user postgres, pid 4242\) caused (9\d|100) % of the rise in disk writes from 1 to 134 MB\/s for 6 s\.$/,
    );
    assert.equal(spike.aspect, "writes");
  });

  it("counts whole disks once, and gives to nobody what nobody wrote", () => {
    const writer: Actor = { process: "cp", does: writes(quiet, quiet + 60, 50e6) };
    const spike = spikeOf(
      "io",
      { actors: [idles("sshd"), writer], host: (second) => ({ written: second >= quiet && second < quiet + 60 ? 200e6 : 0 }) },
      quiet + 90,
    );
    assert.ok(Math.abs(spike.peak - 200e6) < 1e6);
    assert.match(
      spike.verdict?.sentence ?? "",
      /^75 % of the rise in disk writes from 0 to 200 MB\/s for 1 min belonged to no process that was seen .*`cp` .* with 25 %\.$/,
    );
  });

  it("knows in its first minute already that writes have risen, though no line is known from before", () => {
    const writer: Actor = { process: "dd", does: writes(20, 50, 100e6) };
    const spike = spikeOf("io", { actors: [idles("sshd"), writer] }, 40);
    assert.match(
      spike.verdict?.sentence ?? "",
      /^`dd` .* has caused (9\d|100) % of the rise in disk writes from 0(\.\d+)? to 100 MB\/s for/,
    );
  });

  it("tells reads from writes", () => {
    const reader: Actor = { process: "grep", does: during(quiet, quiet + 30, { readBytesPerSecond: 150e6 }) };
    const spike = spikeOf("io", { actors: [idles("sshd"), reader] }, quiet + 60);
    assert.match(spike.verdict?.sentence ?? "", /^`grep` .* caused 100 % of the rise in disk reads from 0 to 150 MB\/s for 30 s\.$/);
    assert.equal(spike.aspect, "reads");
  });
});

describe("a verdict on load and pressure", () => {
  const stuck = (process: string, count: number, waitChannel: string): Actor => ({
    process,
    waitChannel,
    does: (second) => ({ cpuCores: 0.01, runningTasks: 0, uninterruptibleTasks: second < quiet ? 0 : count, residentBytes: 1e8 }),
  });

  it("names the victims of a disk as waiting, and who keeps it busy as the cause", () => {
    const reader: Actor = {
      process: "tar",
      pid: 900,
      does: during(quiet - 5, quiet + 60, { cpuCores: 0.2, uninterruptibleTasks: 1, readBytesPerSecond: 180e6 }),
      waitChannel: "folio_wait_bit_common",
    };
    const spike = spikeOf(
      "load",
      { actors: [idles("sshd"), stuck("mysqld", 6, "io_schedule"), reader], host: () => ({ pressure: { io: 0.8 } }) },
      quiet + 60,
    );
    assert.match(
      spike.verdict?.sentence ?? "",
      /^`tar` \(user root, pid 900\) has caused (9\d|100) % of the rise in load from 0 to (6\.\d|7) tasks for .*; `mysqld` had to wait for it \(in io_schedule\)\.$/,
    );
    const mysqld = shareOf(spike, "mysqld");
    assert.deepEqual([mysqld.waiting, mysqld.share, mysqld.waitChannels], [true, 0, ["io_schedule"]]);
    assert.ok(mysqld.to > 5, `${mysqld.to}`);
    assert.equal(shareOf(spike, "tar").waiting, undefined);
  });

  it("says of tasks that wait for something unseen that they wait, and accuses nobody", () => {
    const spike = spikeOf(
      "load",
      { actors: [idles("sshd"), burns("cp", 0.2, quiet, quiet + 60), stuck("php-fpm", 5, "rpc_wait_bit_killable")] },
      quiet + 60,
    );
    assert.match(
      spike.verdict?.sentence ?? "",
      /^`php-fpm` .* makes 8\d % of the rise in load .* by waiting in uninterruptible sleep \(in rpc_wait_bit_killable\), not by working; whom it waits for was not seen\.$/,
    );
    assert.equal(shareOf(spike, "php-fpm").waiting, true);
  });

  it("ranks by demand where the CPUs were busy before and cannot rise", () => {
    const before: Actor = { process: "batch", does: (second) => ({ cpuCores: second < quiet ? 2 : 0.5, runningTasks: 2 }) };
    const hog: Actor = { process: "stress", does: (second) => (second < quiet ? undefined : { cpuCores: 1.5, runningTasks: 8 }) };
    const { of, spikes } = play(machine({ cores: 2, actors: [before, hog] }, quiet + 30));
    assert.deepEqual(of("cpu"), []);
    assert.match(of("load")[0]?.verdict?.sentence ?? "", /^`stress` .* has caused 100 % of the rise in load from 2 to 10 tasks/);
    const now = spikes.judgeNow(10, "cpu");
    assert.equal(now?.verdict.basis, "demand");
    assert.match(
      now?.verdict.sentence ?? "",
      /^All CPUs are busy \(2 of 2 cores\) and nothing can rise: `stress` .* wants most, with 100 % of the runnable tasks\.$/,
    );
  });

  it("says which pressure has moved, and who did it", () => {
    const reader: Actor = { process: "find", does: during(quiet, quiet + 40, { readBytesPerSecond: 20e6, cpuCores: 0.1 }) };
    const spike = spikeOf(
      "pressure",
      {
        actors: [idles("sshd"), reader],
        host: (second) => ({ pressure: { cpu: 0.5, io: second >= quiet && second < quiet + 40 ? 0.64 : 0.02 } }),
      },
      quiet + 60,
    );
    assert.equal(spike.aspect, "io");
    assert.match(spike.verdict?.sentence ?? "", /^`find` .* caused 100 % of the rise in I\/O pressure from 2 to 64 % for 40 s\.$/);
  });
});

describe("a verdict on memory", () => {
  it("names who leaks, and how fast", () => {
    const leak: Actor = {
      process: "node server.js",
      unit: "shop.service",
      does: (second) => ({ cpuCores: 0.1, residentBytes: 500e6 + Math.max(0, second - quiet) * 1e6 }),
    };
    const steady: Actor = { process: "mysqld", does: () => ({ cpuCores: 0.1, residentBytes: 4e9 }) };
    const spike = spikeOf("memory", { memoryBytes: 16e9, actors: [steady, leak] }, quiet + 2400);
    assert.match(
      spike.verdict?.sentence ?? "",
      /^`node server\.js` \(unit shop\.service, .*\) has caused (9\d|100) % of the rise in memory use from 4\.\d to 6\.\d GB for .*It still grows, by \d+ MB a minute\.$/,
    );
  });

  it("names who took it at once, even when it is dead and what it took is given back", () => {
    const taker: Actor = { process: "python3 load.py", pid: 51, does: during(quiet, quiet + 20, { cpuCores: 0.5, residentBytes: 5e9 }) };
    const spike = spikeOf("memory", { memoryBytes: 16e9, actors: [idles("sshd"), taker] }, quiet + 90);
    assert.match(
      spike.verdict?.sentence ?? "",
      /^`python3 load\.py` \(user root, pid 51\) caused 100 % of the rise in memory use from 0\.3 to 5\.3 GB for 20 s\.$/,
    );
  });

  it("says of what no process has that nobody was seen", () => {
    const host = (second: number) => ({ usedBytes: second < quiet ? 1e9 : 4e9 });
    const spike = spikeOf("memory", { memoryBytes: 16e9, actors: [idles("sshd")], host }, quiet + 30);
    assert.match(
      spike.verdict?.sentence ?? "",
      /^100 % of the rise in memory use .* belongs to no process that was seen \(the kernel's own memory, or files in a tmpfs\)\.$/,
    );
  });

  it("ends the spike of what was taken for good, but not while it grows", () => {
    const service = burns("jvm", 0.1, quiet, 9999);
    const taken: Actor = { ...service, does: (second) => (second < quiet ? undefined : { cpuCores: 0, residentBytes: 3e9 }) };
    const spike = spikeOf("memory", { memoryBytes: 16e9, actors: [idles("sshd"), taken] }, quiet + 3000);
    assert.equal(spike.ending, "became_normal");
    const leak: Actor = { process: "leak", does: (second) => ({ residentBytes: 1e9 + Math.max(0, second - quiet) * 1e6 }) };
    assert.equal(spikeOf("memory", { memoryBytes: 64e9, actors: [leak] }, quiet + 9000).endMs, undefined);
  });
});

describe("a verdict for right now", () => {
  it("is of what has risen most, with or without a spike", () => {
    const reader: Actor = { process: "grep", does: during(quiet, quiet + 30, { cpuCores: 0.2, readBytesPerSecond: 150e6 }) };
    const { spikes } = play(machine({ actors: [idles("sshd"), reader] }, quiet + 8));
    assert.deepEqual([spikes.judgeNow(5)?.resource, spikes.judgeNow(5)?.aspect], ["io", "reads"]);
    assert.match(spikes.judgeNow(5, "cpu")?.verdict.sentence ?? "", /^`grep` /);
  });

  it("says who uses most where nothing is known of the past", () => {
    const { spikes } = play(machine({ cores: 2, actors: [idles("sshd"), burns("hog", 1, 0, 60)] }, 6));
    const now = spikes.judgeNow(5);
    assert.equal(now?.verdict.basis, "use");
    assert.match(now?.verdict.sentence ?? "", /^CPU use: 1 of 2 cores; `hog` .* has most of it \(1 core, 9\d % of what lines use\)\.$/);
    assert.equal(play([]).spikes.judgeNow(5), undefined);
  });

  it("is of the larger side of a resource where nothing is known of the past", () => {
    const writer: Actor = { process: "dd", does: () => ({ readBytesPerSecond: 4096, writtenBytesPerSecond: 90e6 }) };
    const { spikes } = play(machine({ actors: [idles("sshd"), writer] }, 6));
    const now = spikes.judgeNow(5, "io");
    assert.equal(now?.aspect, "writes");
    assert.match(now?.verdict.sentence ?? "", /^Disk writes: 90 MB\/s; `dd` .* has most of it/);
  });
});
