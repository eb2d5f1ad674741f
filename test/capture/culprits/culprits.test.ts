import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { reading } from "../../../src/capture/culprits/readings.ts";
import { type ProcessList, readProcessList } from "../../../src/capture/making/processList.ts";
import { culpritsPart } from "../../../src/capture/parts/culprits.ts";
import { silentLog } from "../../../src/log.ts";
import type { Clock } from "../../../src/model/clock.ts";
import type { ProcRoot } from "../../../src/procfs/root.ts";
import { readKernelUnits } from "../../../src/procfs/units.ts";
import { carefulRedactor } from "../../../src/redact/redactor.ts";
import { systemClock } from "../../../src/sampler/clock.ts";
import { HelperReads } from "../../../src/slowReads/helperReads.ts";
import { DeadMount } from "../../support/deadMount.ts";
import { packageRoot } from "../../support/paths.ts";
import { directReads } from "../../support/playedHelper.ts";
import { requireFuse, requireServer } from "../../support/servers.ts";
import { tempDirectories } from "../../support/tempDirectory.ts";
import { writeFiles } from "../../support/writeFiles.ts";
import { eventually, smallProcessList, textOf } from "../support.ts";

const machine: ProcRoot = { procfs: "/proc", sysfs: "/sys", rootfs: "/" };

/** A busy machine must not make a test run into the limits that hold for captures. */
const patient: Clock = { ...systemClock, after: (seconds, callback) => systemClock.after(seconds * 5, callback) };

/** Runs the part on this machine, or on a made one. */
async function look(named: readonly number[], root = machine, table: () => Promise<ProcessList> = readTable, { clock = patient } = {}) {
  const reads = new HelperReads({ clock, log: silentLog });
  const sources = { recentSnapshots: () => [], namedPids: () => named };
  const part = culpritsPart({ root, clock, reads, sources, redactor: carefulRedactor });
  const request = {
    id: "x",
    origin: "manual",
    name: "manual",
    labels: {},
    requestedAtMs: 0,
    onsetMs: 0,
    lookbackSeconds: 0,
    incidentKey: "",
  } as const;
  const files = await part.run({ request, processList: table }, new AbortController().signal).finally(() => reads.close());
  const texts = new Map<string, string>();
  for (const file of files) texts.set(file.name, await textOf(file));
  return { files, texts, of: (pid: number) => [...texts].find(([name]) => name.startsWith(`culprits/${pid}-`))?.[1] ?? "" };
}

const readTable = () =>
  readProcessList({
    root: machine,
    units: readKernelUnits(),
    clock: systemClock,
    reads: directReads(),
    namesOfCgroup: () => ({ unit: "", container: "" }),
  });

/** The text of one section. */
function section(text: string, title: string): string {
  return text.split("\n== ").find((one) => one.startsWith(title)) ?? "";
}

/** Holds one of each kind: what it has opened is said in one line. */
const holder = `
const { createServer } = require("node:net"), { createSocket } = require("node:dgram"), fs = require("node:fs");
const [directory] = process.argv.slice(-1);
fs.openSync(directory + "/kept", "w");
fs.openSync(directory + "/gone", "w");
fs.unlinkSync(directory + "/gone");
const server = createServer().listen(0, "127.0.0.1", () => {
  const udp = createSocket("udp4").bind(0, "127.0.0.1", () => {
    process.title = "evil\\u001b[2Jname";
    console.log(server.address().port + " " + udp.address().port);
  });
});`;

describe("a close look at a culprit", function () {
  this.timeout(60_000);
  const tempDirectory = tempDirectories();
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });

  it("tells its status, limits, descriptors, sockets, memory, cgroups and parents, and nowhere its environment", async () => {
    const directory = await tempDirectory();
    const env = { ...process.env, CULPRIT_TEST_PHRASE: "environment-must-not-be-read" };
    const child = spawn(process.execPath, ["-e", holder, "--", "--password=hunter2hunter2", directory], {
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    children.push(child);
    const [ports] = (await once(child.stdout, "data")) as [Buffer];
    const [tcp, udp] = String(ports).trim().split(" ");
    const pid = child.pid ?? 0;
    const { texts, of, files } = await look([pid]);
    const text = of(pid);
    assert.match(text, /^.*, pid \d+, user \S+\nLooked at .* UTC; named by the verdict/);
    assert.match(section(text, "status"), /^Threads:\t\d+$/m);
    assert.match(section(text, "limits"), /^Max open files +\d+/m);
    assert.match(section(text, "descriptors"), /^ *\d+ +socket$/m);
    assert.match(section(text, "descriptors"), /^ *\d+ +pipe$/m);
    assert.match(section(text, "descriptors"), /^ *\d+ +anon: eventpoll$/m);
    assert.match(section(text, "descriptors"), /^ *1 +deleted file$/m);
    assert.match(section(text, "descriptors"), new RegExp(`^ *2 +${directory}$`, "m"));
    assert.ok(!text.includes(`${directory}/kept`), "no file is named");
    assert.match(section(text, "sockets"), new RegExp(`^tcp +LISTEN +0 +0 +127\\.0\\.0\\.1:${tcp} +0\\.0\\.0\\.0:0$`, "m"));
    assert.match(section(text, "sockets"), new RegExp(`^udp +UNCONN +0 +0 +127\\.0\\.0\\.1:${udp} +0\\.0\\.0\\.0:0$`, "m"));
    assert.match(section(text, "memory"), /^ *[\d.]+ MB +Rss$/m);
    assert.match(section(text, "memory"), /\[anonymous\]$/m);
    assert.ok(section(text, "memory").includes(process.execPath));
    assert.match(section(text, "parents"), new RegExp(`^${process.pid} `, "m"));
    assert.match(section(text, "cgroup"), new RegExp(`^/proc/${pid}/cgroup$`, "m"));
    assert.match(section(text, "cgroup"), /\/sys\/fs\/cgroup\/\S+\n {2}\S/);
    assert.match(section(text, "wchan"), /\S/);
    // the kernel lets no process that wrote over its title move a terminal's cursor through us
    for (const [name, one] of texts) {
      assert.ok(!one.includes("\u001b"), name);
      assert.ok(!one.includes("environment-must-not-be-read"), name);
      assert.ok(!one.includes("hunter2"), name);
    }
    const facts = JSON.parse(texts.get("culprits/culprits.json") ?? "") as { culprits: { pid: number; sockets: { local: string }[] }[] };
    assert.ok(facts.culprits.find((one) => one.pid === pid)?.sockets.some(({ local }) => local === `127.0.0.1:${tcp}`));
    assert.ok(files.every(({ name }) => /^[\w./-]+$/.test(name)));
  });

  it("says of each thing why it is missing when the process has ended", async () => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 1e6)"], { stdio: "ignore" });
    children.push(child);
    const pid = child.pid ?? 0;
    const table = await readTable();
    child.kill("SIGKILL");
    await once(child, "exit");
    const { files, of } = await look([pid], machine, async () => table);
    const text = of(pid);
    for (const title of ["status", "limits", "descriptors", "sockets", "memory", "stack", "cgroup"]) {
      assert.match(section(text, title), /\nmissing: \S/, title);
    }
    assert.match(files.find(({ name }) => name.startsWith(`culprits/${pid}-`))?.reason ?? "", /status: not there: the process has ended/);
  });

  it("is not held up by a file that keeps its reader waiting", async () => {
    const procfs = await tempDirectory();
    writeFiles(procfs, {
      "self/mounts": "",
      "7/status": "Name:\tstuck\n",
      "7/limits": "Limit",
      "7/cgroup": "0::/\n",
      "7/task/7/stat": "7 (stuck) D 1",
      "7/task/7/wchan": "rwsem_down_read_slowpath",
      "7/task/7/stack": "[<0>] first\n[<0>] second: of it\n",
      "7/smaps_rollup": "Rss: 4 kB\n",
    });
    mkdirSync(join(procfs, "7", "fd"));
    symlinkSync("pipe:[1]", join(procfs, "7", "fd", "0"));
    // a reader of a pipe that nobody writes to waits as one of a lock that nobody lets go of
    assert.equal(spawnSync("mkfifo", [join(procfs, "7", "maps")]).status, 0);
    const [row] = smallProcessList.rows;
    assert.ok(row);
    const table = async () => ({ ...smallProcessList, rows: [{ ...row, pid: 7, state: "D", process: "stuck" }] });
    const root = { ...machine, procfs };
    const { texts, of } = await look([], root, table, { clock: systemClock });
    assert.match(section(of(7), "memory"), /missing: it did not answer within 2 s/);
    assert.match(section(of(7), "status"), /stuck/);
    assert.match(section(of(7), "stack"), /first\n\[<0>\] second: of it/);
    assert.match(texts.get("tasks-in-d.txt") ?? "", /waits in rwsem_down_read_slowpath\n {2}\/sbin\/init\n {2}\[<0>\] first\n/);
  });
});

describe("why something is missing", () => {
  it("is said in words a person can do something about", () => {
    const failing = (code: string) => () => {
      throw Object.assign(new Error(`${code}: it went wrong`), { code });
    };
    assert.match(reading(failing("EACCES")).missing ?? "", /^not allowed to read it \(EACCES\): it needs root/);
    assert.match(reading(failing("ESRCH")).missing ?? "", /the process has ended/);
    assert.equal(reading(failing("EIO")).missing, "EIO: it went wrong");
    assert.deepEqual(
      reading(() => 0),
      { value: 0 },
    );
  });
});

describe("tasks in uninterruptible sleep", function () {
  this.timeout(60_000);
  let mount: DeadMount | undefined;
  const children: ChildProcess[] = [];
  before(function () {
    requireFuse(this);
    requireServer(this, "python3");
  });
  beforeEach(() => {
    mount = new DeadMount();
  });
  afterEach(async () => {
    mount?.revive();
    for (const child of children.splice(0)) {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    }
    mount?.remove();
  });

  const stateOf = (pid: number, tid = pid) => /\) (\S)/.exec(readFileSync(`/proc/${pid}/task/${tid}/stat`, "latin1"))?.[1];

  it("are listed with where they wait and along which way: a shell that waits in vfork, and one thread of many", async () => {
    const script = join(packageRoot(), "test/workloads/programs/blockedParent.sh");
    const shell = spawn("sh", [script, mount?.path ?? ""], { stdio: ["pipe", "ignore", "ignore"] });
    // posix_spawn waits as vfork does, but only the thread that calls it
    const threaded = `
import os, sys, threading, time
def stick():
    print(threading.get_native_id(), flush=True)
    os.posix_spawn(sys.argv[1] + "/program", ["program"], {})
threading.Thread(target=stick).start()
time.sleep(1000)`;
    const python = spawn("python3", ["-c", threaded, mount?.path ?? ""], { stdio: ["ignore", "pipe", "ignore"] });
    children.push(shell, python);
    const [line] = (await once(python.stdout, "data")) as [Buffer];
    const tid = Number(String(line));
    const [shellPid, pythonPid] = [shell.pid ?? 0, python.pid ?? 0];
    await eventually("both wait in D", () => stateOf(shellPid) === "D" && stateOf(pythonPid, tid) === "D");
    const { texts, of } = await look([shellPid]);
    const text = texts.get("tasks-in-d.txt") ?? "";
    assert.match(text, /^[1-9]\d* of \d+ tasks in uninterruptible sleep/);
    const tasks = text.split("\n\n");
    const ofShell = tasks.find((task) => task.includes(`pid ${shellPid}, waits in`)) ?? "";
    const ofThread = tasks.find((task) => task.includes(`pid ${pythonPid}, thread ${tid} (`)) ?? "";
    for (const task of [ofShell, ofThread]) {
      assert.doesNotMatch(task, /does not tell|not known/);
      assert.match(task, /^ {2}\[<0>\] \w*(?:vfork|clone)\w*\+/m);
    }
    assert.match(ofShell, /blockedParent\.sh/);
    assert.match(section(of(shellPid), "stack"), /\[<0>\]/);
    assert.ok(!text.includes(`thread ${pythonPid} (`), "its main thread does not wait in D");
  });
});
