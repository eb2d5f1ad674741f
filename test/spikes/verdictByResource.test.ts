import assert from "node:assert/strict";
import { type Actor, burns, idles, machine, play } from "./support/madeMachine.ts";
import { during, quiet, shareOf, spikeOf } from "./support/verdicts.ts";

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
      /^75 % of the rise in disk writes from 0 to 200 MB\/s for 1 min could not be traced \(kernel writeback or unreadable processes\);.*`cp` .* with 25 %\.$/,
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

  it("does not name a parent that waits for its own child to start among the victims", () => {
    const reader: Actor = {
      process: "tar",
      pid: 900,
      does: during(quiet - 5, quiet + 60, { cpuCores: 0.2, uninterruptibleTasks: 3, readBytesPerSecond: 180e6 }),
      waitChannel: "folio_wait_bit_common",
    };
    const spike = spikeOf(
      "load",
      { actors: [idles("sshd"), stuck("make", 2, "kernel_clone"), reader], host: () => ({ pressure: { io: 0.8 } }) },
      quiet + 60,
    );
    assert.deepEqual([shareOf(spike, "make").waiting, shareOf(spike, "make").waitChannels], [true, ["kernel_clone"]]);
    assert.match(spike.verdict?.sentence ?? "", /^`tar` .* of the rise in load from 0 to \d(\.\d)? tasks for [^;]*\.$/);
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
      /^100 % of the rise in memory use .* could not be traced \(the kernel's own memory, or files in a tmpfs\)\.$/,
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
