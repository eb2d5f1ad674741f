import assert from "node:assert/strict";
import { namesOfCgroup } from "../../src/attribution/cgroupNames.ts";

const id = "4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e";
const uuid = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";
const short = id.slice(0, 12);
const user = "/user.slice/user-1000.slice/user@1000.service";

type Row = readonly [path: string, unit: string, container: string];

const systemd: readonly Row[] = [
  ["/", "", ""],
  ["", "", ""],
  ["/init.scope", "init.scope", ""],
  ["/system.slice/nginx.service", "nginx.service", ""],
  ["/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", ""],
  ["/system.slice/system-postgresql.slice/postgresql@15-main.service", "postgresql@15-main.service", ""],
  ["/system.slice/mnt-data.mount", "mnt-data.mount", ""],
  ["/system.slice/nightly\\x2dbackup.service/worker", "nightly-backup.service", ""],
  ["/system.slice/caf\\xc3\\xa9.service", "café.service", ""],
  ["/system.slice/_cpu.service", "cpu.service", ""],
  ["/user.slice/user-1000.slice/session-12.scope", "session.scope", ""],
  ["/user.slice/user-1000.slice/session-c3.scope", "session.scope", ""],
  [`${user}/app.slice/backup.service`, "backup.service", ""],
  [`${user}/init.scope`, "user@1000.service", ""],
  [`${user}/app.slice/app-gnome-firefox-12345.scope`, "app-gnome-firefox.scope", ""],
  [`${user}/app.slice/app-org.gnome.Terminal.slice/vte-spawn-${uuid}.scope`, "vte-spawn.scope", ""],
  [`${user}/app.slice/snap.firefox.firefox.${uuid}.scope`, "snap.firefox.firefox.scope", ""],
  ["/system.slice/run-r8f3e1d2c3b4a59687f6e5d4c3b2a1908.service", "run.service", ""],
  ["/system.slice/run-u123.service", "run.service", ""],
  ["/system.slice/run-p4711-i8.scope", "run.scope", ""],
  ["/system.slice/system-sshd.slice/sshd@12-10.0.0.1:22-10.0.0.2:51234.service", "sshd@.service", ""],
  ["/system.slice/system-varlink.slice/varlink@3-812-1000.service", "varlink@.service", ""],
  ["/system.slice/system-systemd\\x2dcoredump.slice/systemd-coredump@4-1234-0.service", "systemd-coredump@.service", ""],
  ["/system.slice/dbus-:1.2-org.example.Problems@0.service", "dbus-org.example.Problems.service", ""],
  ["/system.slice/foo-deadbeefdead12.service", "foo.service", ""],
  ["/system.slice/slurmstepd.scope/job_123/step_0", "slurmstepd.scope", ""],
  [`/nomad.slice/${uuid}.web.scope`, "web.scope", ""],
  ["/app.slice", "app.slice", ""],
  ["/user.slice/user-1000.slice", "user-1000.slice", ""],
  ["/../../system.slice/ssh.service", "ssh.service", ""],
  ["/../system.slice/ssh.service", "ssh.service", ""],
  ["/openrc.sshd", "sshd", ""],
  ["/openrc/nginx", "nginx", ""],
  ["/some/group", "", ""],
];

const containers: readonly Row[] = [
  [`/system.slice/docker-${id}.scope`, "", short],
  [`/docker/${id}`, "", short],
  [`/docker/${id}/init.scope`, "", short],
  [`/docker/${id}/system.slice/cron.service`, "cron.service", short],
  [`/../${id}`, "", short],
  [`/../../docker-${id}.scope/inner`, "", short],
  ["/docker/buildkit/abcdefghijklmnopqrstuvwxy", "", "buildkit"],
  [`/machine.slice/libpod-${id}.scope/container`, "", short],
  [`${user}/user.slice/libpod-${id}.scope/container`, "", short],
  [`/system.slice/web.service/libpod-payload-${id}`, "web.service", short],
  [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1234.slice/cri-containerd-${id}.scope`, "", short],
  [`/kubepods.slice/kubepods-pod1234.slice/crio-${id}.scope`, "", short],
  [`/kubepods/besteffort/pod6a9f/${id}`, "", short],
  [`/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:${id}`, "", short],
  ["/kubepods.slice/kubepods-pod1b4e28ba_2fa1.slice", "", ""],
  [`/ecs/${id.slice(0, 32)}/${id}`, "", short],
  [`/ecs/${id.slice(0, 32)}/${id.slice(0, 32)}-123456`, "", short],
  ["/lxc.payload.web1/system.slice/cron.service", "cron.service", "web1"],
  ["/lxc.payload/web1/init.scope", "", "web1"],
  ["/lxc/web1", "", "web1"],
  ["/lxc/101/ns/system.slice/cron.service", "cron.service", "101"],
  ["/machine.slice/machine-my\\x2dbox.scope", "machine-my-box.scope", "my-box"],
  ["/machine.slice/systemd-nspawn@box.service/payload/system.slice/foo.service", "foo.service", "box"],
  ["/machine.slice/machine-qemu\\x2d3\\x2dweb.scope/libvirt/emulator", "machine-qemu-web.scope", "web"],
  ["/machine/qemu-1-web.libvirt-qemu/emulator", "", "web"],
];

describe("the names in a cgroup's path", () => {
  for (const [path, unit, container] of [...systemd, ...containers]) {
    it(`are read from ${path.replaceAll(id, "<id>") || "nothing"}`, () => assert.deepEqual(namesOfCgroup(path), { unit, container }));
  }

  it("do not change with whatever is new at every start", () => {
    const starts = ["1b4e28ba", "9c0d1e2f", "00000001"].map((hex, number) => {
      const paths = [`/a/run-${number}1.scope`, `/a/session-${number}.scope`, `/a/job-${hex}-2fa1-11d2-883f-0016d3cca427.service`];
      return paths.map((path) => namesOfCgroup(path).unit).join();
    });
    assert.deepEqual(new Set(starts), new Set(["run.scope,session.scope,job.service"]));
  });

  it("are found quickly in a path made to be slow", () => {
    const hostile = `/${"app-".repeat(400)}/${"a-@".repeat(400)}${"0".repeat(1500)}-.service/${"f".repeat(63)}-`;
    for (let round = 0; round < 50; round++) namesOfCgroup(hostile);
  }).timeout(5000);
});
