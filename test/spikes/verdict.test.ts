import assert from "node:assert/strict";
import type { SpikeChapter } from "../../src/model/spike.ts";
import { beforeText, chaptersText, whoText } from "../../src/spikes/sentence.ts";
import { type Actor, burns, idles, machine, play } from "./support/madeMachine.ts";
import { during, quiet, shareOf, sharesOf, spikeOf } from "./support/verdicts.ts";

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
    assert.match(now?.verdict.sentence ?? "", /^CPU use: 1 of 2 cores; `hog` .* uses the most \(1 core, 9\d % of what lines use\)\.$/);
    assert.equal(play([]).spikes.judgeNow(5), undefined);
  });

  it("is of the larger side of a resource where nothing is known of the past", () => {
    const writer: Actor = { process: "dd", does: () => ({ readBytesPerSecond: 4096, writtenBytesPerSecond: 90e6 }) };
    const { spikes } = play(machine({ actors: [idles("sshd"), writer] }, 6));
    const now = spikes.judgeNow(5, "io");
    assert.equal(now?.aspect, "writes");
    assert.match(now?.verdict.sentence ?? "", /^Disk writes: 90 MB\/s; `dd` .* uses the most/);
  });
});

describe("the chapters of a spike in words", () => {
  const chapter = (from: number, to: number, process?: string): SpikeChapter => {
    const group = { kind: "process", process: process ?? "", unit: "", container: "", user: "root" } as const;
    const shares = process === undefined ? [] : [{ group, share: 0.9, from: 0, to: 1, pids: [1] }];
    return { fromMs: from * 1000, toMs: to * 1000, verdict: { sentence: "", shares, final: true } };
  };

  it("are those of the ones before, and as one where the same ones follow each other", () => {
    const chapters = [chapter(0, 58), chapter(58, 166), chapter(166, 226, "tar")];
    assert.equal(beforeText(chapters), " First it was nobody in particular for 2 min 46 s, then `tar` for 1 min.");
    assert.equal(
      chaptersText([...chapters, chapter(226, 230, "tar")]),
      " First it was nobody in particular for 2 min 46 s, then `tar` for 1 min 4 s.",
    );
    assert.equal(chaptersText([chapter(0, 10, "tar"), chapter(10, 20, "tar")]), "");
  });
});

describe("who it is in a few words", () => {
  const share = (process: string, part: number, kind: "process" | "unattributed" = "process") => ({
    group: { kind, process, unit: "", container: "", user: "" },
    share: part,
    from: 0,
    to: 1,
    pids: [],
  });
  const who = (shares: readonly ReturnType<typeof share>[], basis?: "demand" | "use", isOver = false) =>
    whoText({ sentence: "", shares, final: isOver, ...(basis && { basis }) }, isOver);

  it("names whoever has most of it, two that did it together, and nobody for less", () => {
    assert.equal(who([share("pg_dump", 0.71), share("nginx", 0.2)]), "71 % of the rise is pg_dump");
    assert.equal(who([share("pg_dump", 0.71)], undefined, true), "71 % of the rise was pg_dump");
    assert.equal(who([share("cc1", 0.9)], "demand"), "cc1 wants the CPU most");
    assert.equal(who([share("java", 0.6)], "use"), "60 % of it is java");
    assert.equal(who([share("a", 0.33), share("b", 0.3)]), "63 % of the rise is a and b");
    assert.equal(who([share("a", 0.33), share("b", 0.2)]), "no single process");
    assert.equal(who([share("", 0.9, "unattributed"), share("b", 0.1)]), "could not be traced");
  });
});

describe("a machine on which one took over from another", () => {
  it("has no rise: it is said who uses most", () => {
    const actors = [idles("sshd"), burns("tar", 1.2, 0, 400), burns("gzip", 1.2, 400, 600)];
    const { spikes } = play(machine({ actors }, 440));
    const { sentence, basis } = spikes.judgeNow(30, "cpu")?.verdict ?? {};
    assert.equal(basis, "use");
    assert.match(sentence ?? "", /^Nothing has risen: CPU use is 1\.2 of 4 cores; `gzip` .* uses the most/);
    assert.doesNotMatch(sentence ?? "", /from 1\.2 to 1\.2/);
  });
});
