import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { DeadMount } from "../support/deadMount.ts";
import { MadeMachine } from "../support/madeMachine.ts";
import { mainPath } from "../support/paths.ts";
import { requireFuse } from "../support/servers.ts";
import { SilentMount } from "../support/silentMount.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A whole Culprit in a process of its own, on a machine made of files. */
class WholeCulprit {
  readonly machine: MadeMachine;
  readonly child: ChildProcess;
  readonly #storage: string;
  #log = "";
  #moves: NodeJS.Timeout;
  #port = 0;

  constructor(machine: MadeMachine, storage: string) {
    this.machine = machine;
    this.#storage = storage;
    const { procfs, sysfs, rootfs } = machine.root;
    const paths = [`--path.procfs=${procfs}`, `--path.sysfs=${sysfs}`, `--path.rootfs=${rootfs}`];
    const args = [mainPath(), "serve", ...paths, `--storage.path=${storage}`, "--web.listen-address=127.0.0.1:0"];
    this.child = spawn(process.execPath, args, { cwd: storage, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on("data", (chunk) => (this.#log += String(chunk)));
    this.#moves = setInterval(() => machine.pass(0.05), 50);
  }

  get log(): string {
    return this.#log;
  }

  async get(path: string, init: RequestInit = {}): Promise<Buffer> {
    while (this.#port === 0) {
      assert.equal(this.child.exitCode, null, this.#log);
      this.#port = Number(/127\.0\.0\.1:(\d{4,5})/.exec(this.#log)?.[1] ?? 0);
      await sleep(50);
    }
    const token = readFileSync(join(this.#storage, "tokens/admin"), "utf8").trim();
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(`http://127.0.0.1:${this.#port}${path}`, { ...init, headers, signal: AbortSignal.timeout(8000) });
    return Buffer.from(await answer.arrayBuffer());
  }

  /** Values of a family, by the text between its braces. */
  async values(name: string, query = ""): Promise<ReadonlyMap<string, number>> {
    const text = (await this.get(`/metrics${query}`)).toString();
    const lines = [...text.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, "gm"))];
    return new Map(lines.map(([, labels = "", value]) => [labels, Number(value)]));
  }

  async samples(): Promise<number> {
    return (await this.values("culprit_samples_total")).get("") ?? 0;
  }

  /** Looks for some seconds whether every one of them is sampled. */
  async assertSecondsGoOn(seconds: number): Promise<void> {
    const [before, missedBefore] = [await this.samples(), await this.values("culprit_samples_missed_total")];
    await sleep(seconds * 1000);
    const risen = (await this.samples()) - before;
    assert.ok(risen >= seconds - 1, `${risen} samples in ${seconds} s`);
    assert.deepEqual(await this.values("culprit_samples_missed_total"), missedBefore);
  }

  /** Scrapes for some seconds; how many the longest took. */
  async longestScrape(query: string, seconds: number): Promise<number> {
    let longestMs = 0;
    for (const untilMs = Date.now() + seconds * 1000; Date.now() < untilMs; await sleep(300)) {
      const askedMs = Date.now();
      await this.get(`/metrics${query}`);
      longestMs = Math.max(longestMs, Date.now() - askedMs);
    }
    return longestMs / 1000;
  }

  /** Asks it to stop; how long that took, once its port is free. */
  async stop(): Promise<number> {
    const beganMs = Date.now();
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const late = new Promise((resolve) => setTimeout(() => resolve(["it does not end"]), 15_000).unref());
    assert.deepEqual((await Promise.race([ended, late])) as unknown[], [0, null], this.#log);
    const refused = await new Promise<string>((resolve) => {
      const socket = connect(this.#port, "127.0.0.1", () => resolve("it listens"));
      socket.once("error", (error) => resolve((error as NodeJS.ErrnoException).code ?? ""));
    });
    assert.equal(refused, "ECONNREFUSED");
    return (Date.now() - beganMs) / 1000;
  }

  kill(): void {
    clearInterval(this.#moves);
    this.child.kill("SIGKILL");
  }
}

/** What stands in for a file that never answers. */
const ways = {
  "a pipe that nobody writes to": {
    async open(): Promise<{ hang(path: string): void; close(): Promise<void> }> {
      return {
        hang(path) {
          rmSync(path, { force: true });
          mkdirSync(dirname(path), { recursive: true });
          execFileSync("mkfifo", [path]);
        },
        close: async () => undefined,
      };
    },
  },
  "a mount whose server takes the question and is silent": {
    needsFuse: true,
    async open(machine: MadeMachine) {
      const mount = await SilentMount.open(machine.path("proc/silent"));
      let count = 0;
      return {
        hang(path: string) {
          rmSync(path, { force: true });
          mkdirSync(dirname(path), { recursive: true });
          symlinkSync(mount.file(`file${count++}`), path);
        },
        close: () => mount.close(),
      };
    },
  },
};

for (const [name, way] of Object.entries(ways)) {
  describe(`Culprit on a machine with files that never answer: ${name}`, function () {
    this.timeout(90_000);
    const newDirectory = tempDirectories();
    let machine: MadeMachine;
    let silent: Awaited<ReturnType<typeof way.open>>;
    let culprit: WholeCulprit;

    before(function () {
      if ("needsFuse" in way) requireFuse(this);
    });
    beforeEach(async () => {
      machine = new MadeMachine();
      silent = await way.open(machine);
    });
    afterEach(async () => {
      culprit.kill();
      await silent.close();
      machine.remove();
    });

    const start = async () => {
      culprit = new WholeCulprit(machine, await newDirectory());
      await culprit.get("/-/healthy");
    };

    function stick(pid: number, state = "D"): void {
      machine.process(pid, { comm: `stuck${pid}`, state, residentPages: 10 });
      silent.hang(machine.path(`proc/${pid}/cmdline`));
    }

    it("takes every second although a hundred processes hang, names the others, and ends within ten seconds", async () => {
      stick(300);
      await start();
      for (let pid = 301; pid < 400; pid++) stick(pid, pid % 3 === 0 ? "S" : "D");
      machine.process(900, { comm: "python3", residentPages: 100_000, commandLine: "python3\0/srv/backup.py\0" });
      machine.forks += 101;
      machine.write("proc/loadavg", "0.10 0.12 0.14 1/200 901\n");
      const scraped = culprit.longestScrape("?collect[]=node", 12);
      await culprit.assertSecondsGoOn(12);
      assert.ok((await scraped) < 4, `a scrape took ${await scraped} s`);
      // who stands behind a hundred that hang is asked when they have had their time, and shown at the next look at the ranks
      let names = "";
      for (let left = 40; left > 0 && !/process="python3 backup\.py/.test(names); left--) {
        await sleep(1000);
        names = [...(await culprit.values("culprit_process_memory_bytes")).keys()].join("\n");
      }
      assert.match(names, /process="python3 backup\.py/);
      assert.match(culprit.log, /a file does not answer/);
      // whoever does not hang may be named before the last of them has had its time
      let skipped: ReadonlyMap<string, number> = new Map();
      for (let left = 30; left > 0 && (skipped.get('collector="processes"') ?? 0) < 100; left--) {
        await sleep(500);
        skipped = await culprit.values("culprit_collector_skipped_total");
      }
      assert.ok((skipped.get('collector="processes"') ?? 0) >= 100, String([...skipped]));
      const seconds = await culprit.stop();
      assert.ok(seconds < 10, `it took ${seconds} s`);
    });

    it("makes an archive of a process that has got stuck, and says what is missing in it", async () => {
      machine.process(300, { comm: "stuck", state: "D", commandLine: "/usr/bin/stuck\0" });
      await start();
      await culprit.assertSecondsGoOn(2);
      for (const file of ["cmdline", "maps", "smaps_rollup", "wchan", "stack", "task/300/wchan", "task/300/stack"]) {
        silent.hang(machine.path(`proc/300/${file}`));
      }
      const { id } = JSON.parse((await culprit.get("/archives", { method: "POST", body: '{"reason":"it hangs"}' })).toString()) as {
        id: string;
      };
      await culprit.assertSecondsGoOn(5);
      let archive: Buffer = Buffer.alloc(0);
      for (let left = 40; left > 0 && archive[0] !== 0x1f; left--) {
        await sleep(1000);
        archive = await culprit.get(`/archives/${id}.tar.gz`);
      }
      const text = gunzipSync(archive).toString("latin1");
      assert.match(text, /processes\.txt/);
      assert.match(text, /no command line of process 300: it did not answer/);
      const seconds = await culprit.stop();
      assert.ok(seconds < 10, `it took ${seconds} s`);
    });

    it("scrapes the other attributes of devices that do not answer", async () => {
      for (let device = 0; device < 20; device++) {
        machine.write(`sys/class/net/eth${device}/flags`, "0x1003\n");
        machine.write(`sys/class/net/eth${device}/mtu`, "1500\n");
        silent.hang(machine.path(`sys/class/net/eth${device}/speed`));
      }
      silent.hang(machine.path("sys/class/net/eth3/address"));
      silent.hang(machine.path("sys/devices/system/cpu/online"));
      silent.hang(machine.path("sys/devices/system/clocksource/clocksource0/current_clocksource"));
      await start();
      const before = await culprit.samples();
      const beganMs = Date.now();
      let longestMs = 0;
      let mtus: ReadonlyMap<string, number> = new Map();
      for (let left = 20; left > 0 && mtus.size < 20; left--) {
        const askedMs = Date.now();
        mtus = await culprit.values("node_network_mtu_bytes", "?collect[]=node");
        longestMs = Math.max(longestMs, Date.now() - askedMs);
        await sleep(500);
      }
      assert.equal(mtus.size, 20);
      assert.ok(longestMs < 4000, `a scrape took ${longestMs} ms`);
      const risen = (await culprit.samples()) - before;
      assert.ok(risen >= (Date.now() - beganMs) / 1000 - 1.5, `${risen} samples in ${Date.now() - beganMs} ms`);
      const seconds = await culprit.stop();
      assert.ok(seconds < 10, `it took ${seconds} s`);
    });
  });
}

describe("Culprit on a machine with mounts whose servers are gone", function () {
  this.timeout(60_000);
  const newDirectory = tempDirectories();

  it("ends within ten seconds, and shows the others", async function () {
    requireFuse(this);
    const machine = new MadeMachine();
    const dead = [new DeadMount(), new DeadMount(), new DeadMount(), new DeadMount(), new DeadMount()];
    const silent = await SilentMount.open(machine.path("root/silent"));
    machine.makeDirectory("root/good");
    const lines = dead.map(({ path }, index) => {
      symlinkSync(path, machine.path(`root/dead${index}`));
      return `srv${index}:/x /dead${index} nfs4 rw 0 0\n`;
    });
    machine.write("proc/1/mounts", `${lines.join("")}srv8:/x /silent nfs4 rw 0 0\nsrv9:/x /good nfs4 rw 0 0\n`);
    const culprit = new WholeCulprit(machine, await newDirectory());
    try {
      await culprit.get("/-/healthy");
      await culprit.assertSecondsGoOn(8);
      assert.deepEqual(
        [...(await culprit.values("culprit_filesystem_size_bytes")).keys()].map((one) => /mountpoint="(.*?)"/.exec(one)?.[1]),
        ["/good"],
      );
      const seconds = await culprit.stop();
      assert.ok(seconds < 10, `it took ${seconds} s`);
    } finally {
      culprit.kill();
      for (const mount of dead) mount.remove();
      await silent.close();
      machine.remove();
    }
  });
});
