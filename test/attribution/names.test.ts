import assert from "node:assert/strict";
import { namesOfCgroup } from "../../src/attribution/cgroupNames.ts";
import { groupId, labelsOf, processName } from "../../src/attribution/names.ts";
import { processReading } from "../support/samples.ts";

const id = "4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e";

describe("the names of groups", () => {
  const paths: [string, string, string][] = [
    ["/", "", ""],
    ["/system.slice/nginx.service", "nginx.service", ""],
    ["/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", ""],
    ["/user.slice/user-1000.slice/session-12.scope", "session.scope", ""],
    ["/user.slice/user-1000.slice/session-c3.scope", "session.scope", ""],
    ["/user.slice/user-1000.slice/user@1000.service/app.slice/backup.service", "backup.service", ""],
    ["/system.slice/run-r8f3e1d2c3b4a59687f6e5d4c3b2a1908.service", "run.service", ""],
    ["/system.slice/run-u123.service", "run.service", ""],
    ["/system.slice/run-p4711-i8.scope", "run.scope", ""],
    ["/system.slice/nightly\\x2dbackup.service/worker", "nightly-backup.service", ""],
    [`/system.slice/docker-${id}.scope`, "", id.slice(0, 12)],
    [`/docker/${id}`, "", id.slice(0, 12)],
    [`/machine.slice/libpod-${id}.scope/container`, "", id.slice(0, 12)],
    [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1234.slice/cri-containerd-${id}.scope`, "", id.slice(0, 12)],
    [`/kubepods/besteffort/pod6a9f/${id}`, "", id.slice(0, 12)],
    ["/lxc.payload.web1/system.slice/cron.service", "cron.service", "web1"],
    ["/lxc/web1", "", "web1"],
    ["/machine.slice/machine-my\\x2dbox.scope", "machine-my-box.scope", "my-box"],
    ["/../system.slice/ssh.service", "ssh.service", ""],
  ];
  for (const [path, unit, container] of paths) {
    it(`reads ${path.replace(id, "<id>")}`, () => assert.deepEqual(namesOfCgroup(path), { unit, container }));
  }

  const kernelThreads: [string, string][] = [
    ["kworker/0:1-events", "kworker"],
    ["kworker/u8:2", "kworker"],
    ["ksoftirqd/13", "ksoftirqd"],
    ["migration/1", "migration"],
    ["kswapd0", "kswapd"],
    ["jbd2/vda1-8", "jbd2"],
    ["kdamond.0", "kdamond"],
    ["rcu_preempt", "rcu_preempt"],
    ["irq/24-nvme0q0", "irq"],
  ];
  for (const [comm, name] of kernelThreads) {
    it(`folds the kernel thread ${comm}`, () => assert.equal(processName({ comm, kernelThread: true }), name));
  }

  it("leaves the name of a user's process alone, whatever a kernel thread would make of it", () => {
    assert.equal(processName({ comm: "kworker/0:1", kernelThread: false }), "kworker/0:1");
  });

  it("keeps labels short and printable, and two users apart", () => {
    const labels = labelsOf(processReading(1, `\u0000bad\n${"x".repeat(300)}`));
    assert.equal(labels.process.length, 128);
    assert.match(labels.process, /^\ufffdbad\ufffdxxx/);
    const other = labelsOf(processReading(1, "same", { identity: { commandLine: "", user: "alice", cgroupPath: "/" } }));
    assert.notEqual(groupId(other), groupId({ ...other, user: "bob" }));
  });
});
