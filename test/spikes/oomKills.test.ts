import assert from "node:assert/strict";
import { groupId, processLabels } from "../../src/model/group.ts";
import type { OomKill } from "../../src/model/oomKill.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import type { Spike } from "../../src/model/spike.ts";
import { type Actor, machine, play, secondOf, zeroMs } from "./support/madeMachine.ts";

const mib = 2 ** 20;
const java = { ...processLabels("java"), unit: "shop.service", user: "root" };
const killSecond = 700;

/** Java, which grows from 100 MiB by 1 MiB a second in its last 400 seconds. */
const growing: Actor = {
  process: "java",
  unit: "shop.service",
  does: (second) => (second > killSecond ? undefined : { residentBytes: 100 * mib + Math.max(0, second - 300) * mib, cpuCores: 0.1 }),
};
const steady: Actor = { process: "postgres", does: () => ({ residentBytes: 800 * mib, cpuCores: 0.1 }) };
const elsewhere: Actor = { process: "indexer", does: (second) => ({ residentBytes: (100 + second) * mib, cpuCores: 0.1 }) };
const own = { limitCgroup: "/system.slice/shop.service", limitBytes: 512 * mib };

/** What comes of it when somebody is killed in that second and told of two seconds later. */
function killed(kills: readonly Partial<OomKill>[], actors: readonly Actor[] = [growing, steady], seconds = killSecond + 90) {
  const told = kills.map((kill): OomKill => ({ killedAtMs: zeroMs + (killSecond + 1) * 1000, group: java, pid: 812, ...kill }));
  const snapshots = [...machine({ actors }, seconds)].map(
    (snapshot, second): Snapshot => (second === killSecond + 2 ? { ...snapshot, oomKills: told } : snapshot),
  );
  return play(snapshots);
}

function only(spikes: readonly Spike[]): Spike {
  assert.equal(spikes.length, 1);
  return spikes[0] as Spike;
}

const sentenceOf = (...given: Parameters<typeof killed>) => only(killed(...given).of("oom")).verdict?.sentence;

describe("A kill for memory is a spike of its own", () => {
  it("which says who was killed, at whose limit, and who had grown in the ten minutes before", () => {
    const spike = only(killed([{ residentBytes: 500 * mib, ...own }]).of("oom"));
    assert.equal(
      spike.verdict?.sentence,
      "The kernel killed `java` (unit shop.service, user root, pid 812) for memory: its cgroup was at its limit of 512 MiB; in the 10 min before, `java` had grown by 400 MiB.",
    );
    assert.deepEqual(
      spike.verdict.shares.map(({ group: { process }, share, from, to, pids }) => [process, share, from, to, pids]),
      [["java", 1, 100 * mib, 500 * mib, [812]]],
    );
    assert.deepEqual(
      [secondOf(spike.startMs), spike.unit, spike.baseline, spike.peak, spike.ending],
      [killSecond + 1, "bytes", 112 * mib, 512 * mib, "fell_back"],
    );
  });

  it("begins when it is told, and is over when nobody was killed for a minute", () => {
    const { events, spikes } = killed([own]);
    const told = events.filter(({ spike }) => spike.resource === "oom").map(({ kind, atMs }) => [kind, secondOf(atMs)]);
    assert.deepEqual(told, [
      ["started", killSecond + 3],
      ["ended", killSecond + 63],
    ]);
    assert.equal(spikes.figures().totals.oom, 1);
    const lasting = killed([own], undefined, killSecond + 30).spikes;
    assert.deepEqual(
      [
        lasting.isAnyActive,
        lasting
          .active()
          .map(({ resource }) => resource)
          .includes("oom"),
      ],
      [true, true],
    );
  });

  it("counts only who shares the limit; where the machine had no memory left, everybody", () => {
    const others = [growing, elsewhere, steady];
    assert.match(sentenceOf([own], others) ?? "", /at its limit of 512 MiB; in the 10 min before, `java` had grown by 400 MiB\.$/);
    assert.match(
      sentenceOf([{ isOfMachine: true }], others) ?? "",
      /: the machine had no memory left; in the 10 min before, `indexer` had grown by 6\d\d MiB and `java` by 400 MiB\.$/,
    );
  });

  it("tells of a limit above its own, and says what is not known", () => {
    assert.match(
      sentenceOf([{ ...own, limitCgroup: "/shop.slice", isLimitAbove: true }]) ?? "",
      /: the cgroup \/shop\.slice, above its own, was at its limit of 512 MiB;/,
    );
    assert.match(sentenceOf([{}]) ?? "", /for memory: whose limit was reached is not known;/);
    const guess = sentenceOf([{ isGuess: true, residentBytes: 500 * mib, ...own }]);
    assert.match(
      guess ?? "",
      /^The kernel killed a process for memory, most likely `java` \(.*pid 812\), which was gone then and had held 500 MiB: its cgroup/,
    );
    const unknown = { kind: "unattributed", process: "", unit: "shop.service", container: "", user: "" } as const;
    assert.match(
      sentenceOf([{ group: unknown, ...own }]) ?? "",
      /^The kernel killed a process of unit shop\.service for memory and has not said which: its/,
    );
  });

  it("names many in one sentence, each once", () => {
    const kills = [own, own, { ...own, group: { ...java, process: "sh" }, pid: 900, residentBytes: 2 * mib }];
    assert.match(
      sentenceOf(kills) ?? "",
      /^The kernel killed 3 processes for memory, `java` \(unit shop\.service\) 2 times and `sh` \(unit shop\.service\): its cgroup/,
    );
  });

  it("knows who has grown from what was recorded before a restart", () => {
    const group = { ...java, id: groupId(java), usage: { residentBytes: 50 * mib } };
    const told: OomKill = { killedAtMs: zeroMs + 5000, group: java, pid: 812, residentBytes: 500 * mib, ...own };
    const snapshots = [...machine({ actors: [growing, steady] }, 8)].map(
      (snapshot, second): Snapshot => (second === 6 ? { ...snapshot, oomKills: [told] } : snapshot),
    );
    const before = [{ takenAtMs: zeroMs - 300_000, groups: [group] }];
    assert.match(
      only(play(snapshots, { before }).of("oom")).verdict?.sentence ?? "",
      /; in the 5 min 5 s before, `java` had grown by 450 MiB\.$/,
    );
    assert.match(only(play(snapshots).of("oom")).verdict?.sentence ?? "", /512 MiB\.$/);
  });

  it("names a victim that lived for less than a second, of which nothing is recorded", () => {
    const sh = { ...processLabels("sh"), unit: "job.service" };
    const spike = only(killed([{ group: sh, residentBytes: 60 * mib, ...own }]).of("oom"));
    assert.match(spike.verdict?.sentence ?? "", /killed `sh` \(unit job\.service, pid 812\).* `sh` had grown by 60 MiB\.$/);
  });
});
