import assert from "node:assert/strict";
import { parseCgroupMounts, parseCpuStat } from "../../src/procfs/cgroups.ts";
import { scan } from "../support/text.ts";

describe("the kernel's cgroup files", () => {
  it("tell which hierarchies account CPU time", () => {
    const mounts =
      "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\ncgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw,nsdelegate 0 0\n";
    assert.deepEqual(parseCgroupMounts(scan(mounts)), [
      { hierarchy: "cpuacct", directory: "/sys/fs/cgroup/cpu,cpuacct" },
      { hierarchy: "unified", directory: "/sys/fs/cgroup/unified" },
    ]);
  });

  it("give usage in seconds", () => {
    assert.equal(parseCpuStat(scan("usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n")), 1.5);
    assert.throws(() => parseCpuStat(scan("user_usec 1\n", "/sys/fs/cgroup/cpu.stat")), /cpu.stat: expected a line usage_usec/);
  });
});
