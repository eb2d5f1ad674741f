import assert from "node:assert/strict";
import { isOomRecord, newestSequence, parseOomKills } from "../../src/procfs/kernelLog.ts";
import { killsBetween } from "../../src/procfs/oomCounts.ts";
import { Skips } from "../../src/procfs/skips.ts";

/** As Linux 6.18 wrote it when a cgroup of v1 was at its limit. */
const ofCgroup = `4,1071,791408361,-;node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
6,1090,791408536,-;memory: usage 61440kB, limit 61440kB, failcnt 58
6,1091,791408550,-;memory+swap: usage 61440kB, limit 9007199254740988kB, failcnt 0
6,1130,791408692,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/shop,task_memcg=/shop/web,task=node,pid=13730,uid=0
3,1131,791408731,-;Memory cgroup out of memory: Killed process 13730 (node) total-vm:1046144kB, anon-rss:60672kB, file-rss:33612kB, shmem-rss:0kB, UID:0 pgtables:560kB oom_score_adj:0
`;
const ofMachine = `4,2000,900000000,-;sshd invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0
6,2010,900000100,-;oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/shop.service,task=java,pid=812,uid=33
3,2011,900000200,-;Out of memory: Killed process 812 (java) total-vm:9046144kB, anon-rss:7000000kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:14000kB oom_score_adj:0
`;

function read(text: string) {
  const skips = new Skips();
  const kills = parseOomKills("/dev/kmsg", text, skips);
  return { kills, skipped: skips.take() };
}

describe("what the kernel log says of those that were killed for memory", () => {
  it("is who it was, where it lived and whose limit was reached", () => {
    const { kills, skipped } = read(ofCgroup + ofMachine);
    const kib = 1024;
    assert.deepEqual(kills, [
      {
        sequence: 1131,
        atSeconds: 791.408731,
        pid: 13730,
        comm: "node",
        residentBytes: (60672 + 33612) * kib,
        cgroup: "/shop/web",
        limitCgroup: "/shop",
        limitBytes: 61440 * kib,
      },
      {
        sequence: 2011,
        atSeconds: 900.0002,
        pid: 812,
        comm: "java",
        residentBytes: 7_000_000 * kib,
        cgroup: "/system.slice/shop.service",
        isOfMachine: true,
      },
    ]);
    assert.equal(skipped, undefined);
    assert.equal(newestSequence(ofCgroup), 1131);
    assert.equal(newestSequence(""), undefined);
  });

  it("is understood of older kernels and of Red Hat's", () => {
    const { kills } = read(`4,10,1,-;java invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0
6,11,1,-;Task in /docker/abc killed as a result of limit of /docker
6,12,1,-;memory: usage 524288kB, limit 524288kB, failcnt 9
3,13,1,-;Memory cgroup out of memory: Kill process 700 (java) score 990 or sacrifice child
3,14,1,-;Killed process 700 (java) total-vm:900000kB, anon-rss:500000kB, file-rss:0kB
4,20,2,-;cron invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0
3,21,2,-;Out of memory: Kill process 900 (my (odd) name) score 90 or sacrifice child
3,22,2,-;Killed process 900, UID 48, (my (odd) name) total-vm:900000kB, anon-rss:100kB, file-rss:0kB, shmem-rss:0kB
`);
    assert.deepEqual(
      kills.map(({ pid, comm, limitCgroup, limitBytes, isOfMachine }) => [pid, comm, limitCgroup, limitBytes, isOfMachine]),
      [
        [700, "java", "/docker", 524_288 * 1024, undefined],
        [900, "my (odd) name", undefined, undefined, true],
      ],
    );
  });

  it("holds for all of a cgroup that is killed as a whole, and for the next one nothing of the one before", () => {
    const group = ofCgroup.replace("3,1131", "3,1129,1,-;Tasks in /shop are going to be killed due to memory.oom.group set\n3,1131");
    const alone =
      "3,1140,2,-;Memory cgroup out of memory: Killed process 14000 (sh) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0\n";
    assert.deepEqual(
      read(group + alone).kills.map(({ limitCgroup }) => limitCgroup),
      ["/shop", "/shop"],
    );
    assert.deepEqual(
      read(ofCgroup + alone).kills.map(({ limitCgroup, isOfMachine }) => [limitCgroup, isOfMachine]),
      [
        ["/shop", undefined],
        [undefined, undefined],
      ],
    );
  });

  it("costs a line that nobody understands, and no other", () => {
    const { kills, skipped } = read(`3,1,1,-;Out of memory: Killed process x (y) total-vm:1kB\n no record\n${ofMachine}`);
    assert.deepEqual(
      kills.map(({ pid }) => pid),
      [812],
    );
    assert.equal(skipped?.count, 1);
    assert.match(skipped?.notes[0]?.reason ?? "", /expected Killed process PID \(NAME\) total-vm:\.\.\., got "Out of memory/);
  });

  it("is told apart from everything else that the kernel says", () => {
    for (const line of (ofCgroup + ofMachine).trimEnd().split("\n")) assert.ok(isOomRecord(line), line);
    for (const text of [
      "eth0: link up",
      "no room for the bloom filter",
      "[  13730]     0 13730   261536    23571 node",
      "usb 1-1: new device",
      "Memory: 16G available",
    ]) {
      assert.ok(!isOomRecord(`6,1,1,-;${text}`), text);
    }
  });
});

describe("what cgroups count of those that were killed for memory", () => {
  it("is of v2, where what is below counts as well, given to the lowest, and its limit to who was at it", () => {
    const before = [{ path: "/a.slice", kills: 1, limitHits: 1 }];
    const after = [
      { path: "/", kills: 9, limitHits: 9 },
      { path: "/a.slice", kills: 4, limitHits: 2, limitBytes: 500 },
      { path: "/a.slice/one.service", kills: 1, limitHits: 0 },
      { path: "/a.slice/two.service", kills: 2, limitHits: 0, limitBytes: 400 },
    ];
    const root = { path: "/", kills: 6, limitHits: 8 };
    assert.deepEqual(killsBetween([root, ...before], after, 2), [
      { cgroup: "/a.slice/one.service", kills: 1, limitCgroup: "/a.slice", limitBytes: 500 },
      { cgroup: "/a.slice/two.service", kills: 2, limitCgroup: "/a.slice", limitBytes: 500 },
    ]);
  });

  it("is of the machine in v2 where nobody was at a limit, and of v1 the cgroup's own", () => {
    const after = [{ path: "/b.service", kills: 1, limitHits: 0, limitBytes: 700 }];
    assert.deepEqual(killsBetween([], after, 2), [{ cgroup: "/b.service", kills: 1, isOfMachine: true }]);
    assert.deepEqual(killsBetween([], after, 1), [{ cgroup: "/b.service", kills: 1, limitCgroup: "/b.service", limitBytes: 700 }]);
    assert.deepEqual(killsBetween(after, after, 2), []);
  });
});
