import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { type ContainerNaming, IdentityReader } from "../../src/collectors/identity.ts";
import type { ProcessIdentity } from "../../src/model/processes.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { directReads } from "../support/playedHelper.ts";

const seen = (pid: number, kernelThread = false) => ({ pid, key: `${pid}@1` as const, kernelThread, isWaiting: false });

/** What is known of a process once its command line was asked for. */
function look(reader: IdentityReader, pid = 4242): ProcessIdentity {
  const identity = reader.read(seen(pid), 0);
  void reader.ask();
  return reader.rename(identity);
}

function lookAgain(reader: IdentityReader, identity: ProcessIdentity, nowSeconds: number, pid = 4242): ProcessIdentity {
  const fresh = reader.refresh(seen(pid), identity, nowSeconds);
  void reader.ask();
  return reader.rename(fresh);
}

const container = "/docker/4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e";

describe("the identity of a process", () => {
  let machine: FixtureMachine;
  beforeEach(() => {
    machine = new FixtureMachine();
    lay({ cmdline: ["python3", "backup.py"], userId: 1, cgroup: "/system.slice/backup.service" });
  });
  afterEach(() => machine.remove());

  function newReader(naming?: ContainerNaming): IdentityReader {
    return new IdentityReader(machine.root, directReads(), naming);
  }

  function lay({ cmdline, userId, cgroup }: { cmdline?: readonly string[]; userId?: number; cgroup?: string }): void {
    if (cmdline !== undefined) machine.write("4242/cmdline", cmdline.map((one) => `${one}\0`).join(""));
    if (userId !== undefined) machine.write("4242/status", `Name:\tx\nUid:\t0\t${userId}\t0\t0\n`);
    if (cgroup !== undefined) machine.write("4242/cgroup", `1:cpuacct:${cgroup}\n0::/\n`);
  }

  it("is what the machine says, redacted, with the arguments one by one", () => {
    lay({ cmdline: ["mysql", "-phunter2", "shop"] });
    assert.deepEqual(look(newReader()), {
      commandLine: "mysql -p*** shop",
      arguments: ["mysql", "-p***", "shop"],
      user: "daemon",
      cgroupPath: "/system.slice/backup.service",
      unifiedCgroup: "/",
      cpuacctCgroup: "/system.slice/backup.service",
    });
  });

  it("is one and the same for all kernel threads, and no file is read for it", () => {
    const reader = newReader();
    const identity = reader.read(seen(999_999, true), 0);
    assert.deepEqual(identity, { commandLine: "", user: "root", cgroupPath: "/" });
    assert.equal(lookAgain(reader, identity, 100, 999_999), identity);
  });

  it("throws like the kernel when the process is gone before it was read, and stays what it was afterwards", () => {
    const reader = newReader();
    assert.throws(() => look(reader, 999_999), { code: "ENOENT" });
    const identity = look(reader);
    assert.equal(lookAgain(reader, identity, 10, 999_999), identity);
  });

  it("is the same object as long as nothing has changed", () => {
    const reader = newReader();
    const identity = look(reader);
    for (const seconds of [1, 2, 4, 8, 100, 1000]) assert.equal(lookAgain(reader, identity, seconds), identity);
  });

  it("follows an exec, a title, a change of user and of cgroup", () => {
    const reader = newReader();
    let identity = look(reader);
    const before = identity;
    lay({ cmdline: ["python3", "restore.py"] });
    identity = lookAgain(reader, identity, 1);
    assert.deepEqual(identity.arguments, ["python3", "restore.py"]);
    assert.equal(identity.commandLine, "python3 restore.py");
    lay({ userId: 65_534 });
    identity = lookAgain(reader, identity, 2);
    assert.equal(identity.user, "nobody");
    lay({ cgroup: "/system.slice/other.service" });
    identity = lookAgain(reader, identity, 4);
    assert.equal(identity.cgroupPath, "/system.slice/other.service");
    assert.equal(identity.cpuacctCgroup, "/system.slice/other.service");
    assert.deepEqual(identity.arguments, ["python3", "restore.py"]);
    assert.deepEqual(before.arguments, ["python3", "backup.py"], "what was given out stays as it was");
  });

  it("is looked at often while young and ever more rarely then, but once a minute at least", () => {
    const reader = newReader();
    let identity = look(reader);
    const seenAt: number[] = [];
    for (let seconds = 0.5; seconds < 400; seconds += 0.5) {
      lay({ cmdline: ["worker", String(seconds)] });
      const now = lookAgain(reader, identity, seconds);
      if (now !== identity) seenAt.push(seconds);
      identity = now;
    }
    assert.deepEqual(seenAt, [1, 2, 4, 8, 16, 32, 64, 124, 184, 244, 304, 364]);
  });

  it("keeps the command line of a process that is just ending", () => {
    const reader = newReader();
    const identity = look(reader);
    lay({ cmdline: [] });
    assert.equal(lookAgain(reader, identity, 5), identity);
  });

  it("takes no notice of what is too far behind to name anybody", () => {
    const secret = "AKIAABCDEFGHIJKLMNOP";
    lay({
      cmdline: [
        "java",
        ..."x"
          .repeat(70)
          .split("")
          .map((one) => one.repeat(1000)),
        secret,
      ],
    });
    const { commandLine, arguments: list } = look(newReader());
    assert.ok(commandLine.startsWith("java xxx"));
    assert.equal(list?.[0], "java");
    assert.doesNotMatch(JSON.stringify([commandLine, list]), /AKIA/);
  });

  it("has no title's padding", () => {
    machine.write("4242/cmdline", `nginx: worker process${" ".repeat(40)}${"\0".repeat(20)}`);
    assert.deepEqual(look(newReader()).arguments, ["nginx: worker process"]);
  });

  describe("in a container", () => {
    const names = { version: 0, known: undefined as string | undefined };
    const naming: ContainerNaming = {
      nameOf: (path) => (path === container ? names.known : undefined),
      get version() {
        return names.version;
      },
    };
    beforeEach(() => {
      Object.assign(names, { version: 0, known: undefined });
      lay({ cgroup: container });
    });

    it("gets the container's name when that becomes known, without another look at the process", () => {
      const reader = newReader(naming);
      const identity = look(reader);
      assert.equal(identity.containerName, undefined);
      assert.equal(reader.rename(identity), identity);
      Object.assign(names, { version: 1, known: "web" });
      lay({ cmdline: ["other"] });
      const renamed = reader.rename(identity);
      assert.deepEqual(renamed, { ...identity, containerName: "web" });
      assert.equal(reader.rename(renamed), renamed);
      assert.equal(lookAgain(reader, renamed, 0.5), renamed);
      assert.deepEqual(lookAgain(reader, renamed, 1).arguments, ["other"], "it is still looked at again when that is due");
    });

    it("has it from the start where it is known", () => {
      Object.assign(names, { known: "web" });
      assert.equal(look(newReader(naming)).containerName, "web");
    });

    it("stays the same object when the names of others become known", () => {
      const reader = newReader(naming);
      const identity = look(reader);
      names.version = 7;
      assert.equal(lookAgain(reader, identity, 0.5), identity);
    });
  });

  it("of a living process follows the title that it gives itself", async () => {
    const root = { procfs: "/proc", sysfs: "/sys", rootfs: "/" };
    const script =
      "process.stdin.on('data', () => { process.title = 'worker: job 7'; process.stdout.write('b'); }); process.stdout.write('a')";
    const child = spawn(process.execPath, ["-e", script, "padding".repeat(10)], { stdio: ["pipe", "pipe", "ignore"] });
    const said = () => new Promise((resolve) => child.stdout.once("data", resolve));
    try {
      const started = said();
      await started;
      const reader = new IdentityReader(root, directReads());
      const identity = look(reader, child.pid ?? 0);
      assert.equal(identity.arguments?.[1], "-e");
      const renamed = said();
      child.stdin.write("x");
      await renamed;
      assert.deepEqual(lookAgain(reader, identity, 1, child.pid ?? 0).arguments, ["worker: job 7"]);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
