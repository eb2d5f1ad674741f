import assert from "node:assert/strict";
import { cgroupFilesOf, parseCgroupHierarchies, parseCgroupPlaces } from "../../src/procfs/cgroupFiles.ts";
import { parseSocketAddress, parseSocketLine, readSockets } from "../../src/procfs/netSockets.ts";
import { describeDescriptors, parseDescriptorTarget } from "../../src/procfs/pidDescriptors.ts";
import { parsePidMaps, parseSmapsRollup } from "../../src/procfs/pidMaps.ts";
import { parseTaskStat, readTasks } from "../../src/procfs/pidTasks.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";

const rootAt = (procfs: string) => ({ procfs, sysfs: "/sys", rootfs: "/" });

describe("/proc/PID/fd", () => {
  const kinds: readonly [target: string, kind: string, directory?: string][] = [
    ["socket:[1234]", "socket"],
    ["pipe:[77]", "pipe"],
    ["anon_inode:[eventpoll]", "anon: eventpoll"],
    ["anon_inode:inotify", "anon: inotify"],
    ["net:[4026531840]", "other"],
    ["/memfd:wayland (deleted)", "memory file"],
    ["/dev/null", "device"],
    ["/dev/shm/buffer", "file", "/dev/shm"],
    ["/var/log/syslog", "file", "/var/log"],
    ["/vmlinuz", "file", "/"],
    ["/tmp/was here (deleted)", "deleted file", "/tmp"],
  ];
  for (const [target, kind, directory] of kinds) {
    it(`knows ${target} as ${kind}`, () => {
      const known = parseDescriptorTarget(target);
      assert.deepEqual([known.kind, known.directory], [kind, directory]);
    });
  }

  it("knows a socket by its inode", () => assert.equal(parseDescriptorTarget("socket:[1234]").socketInode, "1234"));

  it("is counted", () => {
    const targets = Array.from({ length: 30 }, (_, number) => (number % 3 === 0 ? "socket:[5]" : "/var/log/x"));
    const all = describeDescriptors(targets, 0);
    assert.deepEqual([all.looked, all.kinds.get("socket"), all.kinds.get("file"), all.directories.get("/var/log")], [30, 10, 20, 20]);
    assert.deepEqual([...all.socketInodes], ["5"]);
    assert.deepEqual([all.total, describeDescriptors(targets, 1000).total], [30, 1000]);
  });
});

describe("/proc/PID/net/tcp and udp", () => {
  const tempDirectory = tempDirectories();
  const line =
    "   0: 0100007F:1F90 0200A8C0:D431 01 00000010:00000020 00:00000000 00000000  1000        0 4711 1 0000000084efc280 100 0 0 10 0";

  it("hold a socket's addresses in the machine's byte order", () => {
    assert.equal(parseSocketAddress("0100007F:1F90", true), "127.0.0.1:8080");
    assert.equal(parseSocketAddress("7F000001:1F90", false), "127.0.0.1:8080");
    assert.equal(parseSocketAddress("00000000000000000000000001000000:0050", true), "[::1]:80");
    assert.equal(parseSocketAddress("0000000000000000FFFF00000100007F:0050", true), "[::ffff:127.0.0.1]:80");
    assert.equal(parseSocketAddress("B80D0120000000000000000001000000:01BB", true), "[2001:db8::1]:443");
  });

  it("are searched for the inodes that are wanted", () => {
    const found = parseSocketLine("/proc/1/net/tcp", "tcp", line, new Set(["4711"]));
    assert.deepEqual(
      [found?.state, found?.sendQueueBytes, found?.receiveQueueBytes, found?.remote.split(":")[1]],
      ["ESTAB", 16, 32, "54321"],
    );
    assert.equal(parseSocketLine("/proc/1/net/tcp", "tcp", line, new Set(["1"])), undefined);
    assert.equal(parseSocketLine("/proc/1/net/udp", "udp", line.replace(" 01 ", " 07 "), new Set(["4711"]))?.state, "UNCONN");
    assert.equal(parseSocketLine("/proc/1/net/tcp", "tcp", line.replace(" 01 ", " 0A "), new Set(["4711"]))?.state, "LISTEN");
    assert.throws(() => parseSocketLine("/proc/1/net/tcp", "tcp", "torn", new Set()), /expected number local remote/);
  });

  it("are read to their end, or as far as is allowed; a kernel without IPv6 has none of its files", async () => {
    const procfs = await tempDirectory();
    const lines = Array.from({ length: 9000 }, (_, index) => line.replace("4711", String(index)));
    writeFiles(procfs, { "7/net/tcp": `  sl  local_address\n${lines.join("\n")}\n` });
    const limits = { mostBytes: 1e9, signal: new AbortController().signal };
    const wanted = new Set(["0", "8999"]);
    const whole = await readSockets(rootAt(procfs), 7, "tcp", wanted, limits);
    assert.deepEqual([whole.cut, whole.sockets.map(({ inode }) => inode)], [false, ["0", "8999"]]);
    const part = await readSockets(rootAt(procfs), 7, "tcp", wanted, { ...limits, mostBytes: 1000 });
    assert.deepEqual([part.cut, part.sockets.map(({ inode }) => inode)], [true, ["0"]]);
    assert.deepEqual(await readSockets(rootAt(procfs), 7, "tcp6", wanted, limits), { sockets: [], cut: false });
    await assert.rejects(readSockets(rootAt(procfs), 8, "tcp", wanted, limits), { code: "ENOENT" });
  });
});

describe("/proc/PID/maps and smaps_rollup", () => {
  it("are summed up by what is mapped, the largest first; a torn last line is left out", () => {
    const text = `5640cb59d000-5640cb59f000 r--p 00000000 fe:00 247278                     /usr/bin/he ad
5640cb59f000-5640cb5a5000 r-xp 00002000 fe:00 247278                     /usr/bin/he ad
7f0000000000-7f0040000000 rw-p 00000000 00:00 0
7ffc5f6a2000-7ffc5f6c3000 rw-p 00000000 00:00 0                          [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
7ffc5f7`;
    assert.deepEqual(parsePidMaps(text), [
      { name: "[anonymous]", mappings: 1, bytes: 1024 ** 3, writableBytes: 1024 ** 3 },
      { name: "[stack]", mappings: 1, bytes: 135168, writableBytes: 135168 },
      { name: "/usr/bin/he ad", mappings: 2, bytes: 32768, writableBytes: 0 },
      { name: "[vsyscall]", mappings: 1, bytes: 4096, writableBytes: 0 },
    ]);
  });

  it("say in bytes what is really in memory", () => {
    const sums = parseSmapsRollup(
      "55c8-7ffe ---p 00000000 00:00 0      [rollup]\nRss:    1696 kB\nPrivate_Dirty:   116 kB\nSwap:   0 kB\n",
    );
    assert.deepEqual(
      [...sums],
      [
        ["Rss", 1696 * 1024],
        ["Private_Dirty", 116 * 1024],
        ["Swap", 0],
      ],
    );
  });
});

describe("/proc/PID/task", () => {
  const tempDirectory = tempDirectories();

  it("tells the state of each thread, whatever it is called", async () => {
    assert.deepEqual(parseTaskStat("x", "12 (a) b (c\n) D 1 2"), { tid: 12, comm: "a) b (c\n", state: "D" });
    assert.throws(() => parseTaskStat("x", "12 torn"), /expected tid \(name\) state/);
    const procfs = await tempDirectory();
    writeFiles(procfs, { "7/task/7/stat": "7 (main) S 1", "7/task/8/stat": "8 (io) D 1", "7/task/9/comm": "ends right now" });
    assert.deepEqual(
      readTasks(rootAt(procfs), 7, 100).map(({ tid, state }) => [tid, state]),
      [
        [7, "S"],
        [8, "D"],
      ],
    );
    assert.equal(readTasks(rootAt(procfs), 7, 1).length, 1);
    assert.deepEqual(readTasks(rootAt(procfs), 99, 100), []);
  });
});

describe("a cgroup's files", () => {
  const mounts = `cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
proc /proc proc rw 0 0
`;
  const hierarchies = parseCgroupHierarchies(mounts);

  it("are found below the mount that has the controllers", () => {
    const [cpu, unified, other] = parseCgroupPlaces("4:cpu,cpuacct:/a.slice\n0::/b\n7:hugetlb:/\n");
    assert.ok(cpu && unified && other);
    const files = cgroupFilesOf(cpu, hierarchies);
    assert.ok(files.includes("/sys/fs/cgroup/cpu,cpuacct/a.slice/cpuacct.usage"));
    assert.ok(files.includes("/sys/fs/cgroup/cpu,cpuacct/a.slice/cpu.stat"));
    assert.ok(cgroupFilesOf(unified, hierarchies).includes("/sys/fs/cgroup/unified/b/memory.pressure"));
    assert.deepEqual(cgroupFilesOf(other, hierarchies), []);
  });

  it("are never looked for outside of the mount", () => {
    assert.deepEqual(cgroupFilesOf({ controllers: ["memory"], path: "/../../../../etc" }, hierarchies), []);
    assert.deepEqual(cgroupFilesOf({ controllers: [], path: "/../other" }, hierarchies), []);
    assert.ok(cgroupFilesOf({ controllers: [], path: "/" }, hierarchies).includes("/sys/fs/cgroup/unified/cpu.stat"));
  });
});
