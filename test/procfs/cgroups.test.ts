import assert from "node:assert/strict";
import { parseCgroupHierarchies } from "../../src/procfs/cgroupFiles.ts";
import { parseCgroupMounts, parseCpuStat } from "../../src/procfs/cgroups.ts";
import { Skips } from "../../src/procfs/skips.ts";
import { scan } from "../support/text.ts";

describe("the kernel's cgroup files", () => {
  it("tell which hierarchies account CPU time", () => {
    const mounts =
      "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\ncgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw,nsdelegate 0 0\n";
    assert.deepEqual(parseCgroupMounts(scan(mounts), new Skips()), [
      { hierarchy: "cpuacct", directory: "/sys/fs/cgroup/cpu,cpuacct" },
      { hierarchy: "unified", directory: "/sys/fs/cgroup/unified" },
    ]);
  });

  it("are found where the path of their mount has a blank in it, beside mounts without a source", () => {
    const mounts = " /mnt tmpfs rw 0 0\ncgroup2 /srv/c\\040g cgroup2 rw 0 0\ncgroup /srv/cpu\\040acct cgroup rw,cpuacct 0 0\n";
    assert.deepEqual(parseCgroupMounts(scan(mounts), new Skips()), [
      { hierarchy: "unified", directory: "/srv/c g" },
      { hierarchy: "cpuacct", directory: "/srv/cpu acct" },
    ]);
    assert.deepEqual(parseCgroupHierarchies(mounts), [
      { version: 2, directory: "/srv/c g", controllers: [] },
      { version: 1, directory: "/srv/cpu acct", controllers: ["rw", "cpuacct"] },
    ]);
  });

  it("give usage in seconds", () => {
    assert.equal(parseCpuStat(scan("usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n")), 1.5);
    assert.throws(() => parseCpuStat(scan("user_usec 1\n", "/sys/fs/cgroup/cpu.stat")), /cpu.stat: expected a line usage_usec/);
  });
});
