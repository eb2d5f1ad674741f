import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { MadeMachine } from "../support/madeMachine.ts";
import { WatchedMachine } from "../support/watchedMachine.ts";

/** The names of all processes, at once: which of them /metrics shows is looked at every five seconds only. */
function processesOf({ newest }: WatchedMachine): string[] {
  return newest.groups.flatMap(({ kind, process }) => (kind === "process" ? [process] : [])).sort();
}

describe("what is odd costs itself only:", () => {
  let machine: MadeMachine;
  let watched: WatchedMachine;
  beforeEach(() => {
    machine = new MadeMachine();
    watched = new WatchedMachine(machine);
  });
  afterEach(() => watched.stop());

  async function lookAt(seconds = 3): Promise<void> {
    await watched.start();
    await watched.pass(seconds);
  }

  const skipped = (collector: string) => watched.value("culprit_collector_skipped_total", { collector });
  const success = (collector: string) => watched.value("culprit_collector_success", { collector });

  describe("one process", () => {
    const oddStats: readonly (readonly [what: string, make: () => void])[] = [
      ["whose stat is empty", () => machine.write("proc/100/stat", "")],
      ["whose stat ends after 17 fields", () => machine.write("proc/100/stat", machine.pidStat(100).split(" ").slice(0, 17).join(" "))],
      ["whose stat holds something else", () => machine.write("proc/100/stat", machine.pidStat(100).replace(" 100 50 ", " x 50 "))],
      ["whose stat answers with an error", () => machine.makeUnreadable("proc/100/stat")],
    ];
    for (const [what, make] of oddStats) {
      it(`${what} is left out, counted and said once`, async () => {
        make();
        await lookAt(20);
        assert.deepEqual(processesOf(watched), ["database", "init"]);
        assert.equal(await success("processes"), 1);
        assert.ok(((await skipped("processes")) ?? 0) >= 2, "again and again");
        const [said, ...more] = watched.logged("warn");
        assert.equal(said?.path, machine.path("proc/100/stat"));
        assert.deepEqual(more, []);
      });
    }

    it("is shown as soon as it can be understood, without the CPU time that it had by then", async () => {
      machine.write("proc/100/stat", "");
      await lookAt(4);
      machine.process(100, { userTicks: 500_000 });
      await watched.pass(8);
      machine.process(100, { userTicks: 500_050 });
      await watched.pass(1);
      assert.deepEqual(processesOf(watched), ["database", "init", "worker"]);
      assert.equal((await watched.value("culprit_process_cpu_peak_cores", { process: "worker" }))?.toFixed(2), "0.50");
    });

    it("that is odd for a second stays what it was, and its CPU time is not lost", async () => {
      await lookAt(5);
      machine.write("proc/100/stat", "");
      await watched.pass(1);
      assert.deepEqual(processesOf(watched), ["database", "init", "worker"]);
      machine.process(100, { userTicks: 200 });
      await watched.pass(1);
      // a second of CPU in the two seconds since it was last understood
      assert.equal((await watched.value("culprit_process_cpu_peak_cores", { process: "worker" }))?.toFixed(2), "0.50");
    });

    for (const file of ["cgroup", "status", "io", "statm", "cmdline"]) {
      it(`whose ${file} answers with an error is shown without it`, async () => {
        machine.makeUnreadable(`proc/100/${file}`);
        await lookAt();
        assert.equal(processesOf(watched).length, 3);
        assert.equal(await success("processes"), 1);
      });

      it(`whose ${file} is missing is shown without it, and that is nothing odd`, async () => {
        machine.take(`proc/100/${file}`);
        await lookAt();
        assert.equal(processesOf(watched).length, 3);
        assert.equal(await skipped("processes"), 0);
      });
    }

    it("whose io lacks a line has the figures of the other, and gets all of them when it has", async () => {
      machine.write("proc/100/io", "rchar: 0\nread_bytes: 1000\n");
      await lookAt();
      machine.process(100, { readBytes: 5000, writtenBytes: 1000, userTicks: 110 });
      await watched.pass(1);
      machine.process(100, { readBytes: 5000, writtenBytes: 9000, userTicks: 120 });
      await watched.pass(1);
      assert.equal(Math.round(((await watched.value("culprit_process_read_bytes_per_second", { process: "worker" })) ?? 0) * 5), 4000);
      assert.equal((await watched.value("culprit_process_written_bytes_per_second", { process: "worker" })) !== undefined, true);
    });

    it("costs nothing where no process has a cgroup file: all are shown, without units", async () => {
      for (const pid of [1, 100, 200]) machine.take(`proc/${pid}/cgroup`);
      await lookAt();
      assert.deepEqual(processesOf(watched), ["database", "init", "worker"]);
      assert.equal(await watched.value("culprit_process_memory_bytes", { process: "worker", unit: "" }), 4_096_000);
      assert.equal(await skipped("processes"), 0);
    });
  });

  describe("a file of the whole machine", () => {
    it("with an odd line is used without that line", async () => {
      const columns = "1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0";
      machine.write(
        "proc/diskstats",
        "8 0 sda 18 0 1808 0 0 0 0 0 0 0 0 0 0 0\n8 16 sdb odd\n253 0 dm-0 100 0 2000 50 100 0 2000 50 0 100 100\n",
      );
      for (const path of ["proc/1/net/dev", "proc/net/dev"])
        machine.write(path, `a|b\nc|d\n    lo: ${columns}\n  tun0: No statistics available\neth0:1: ${columns}\n`);
      machine.write("proc/1/net/netstat", "TcpExt: A B C\nTcpExt: 1 2\nIpExt: InOctets\nIpExt: 5\n");
      machine.write("proc/1/net/snmp", "Ip: Forwarding\nIp: 1\n");
      machine.write("proc/1/net/sockstat", "sockets: used 3\nTCP: inuse 1 orphan\nUDP: inuse 4 mem 2\n");
      machine.write("proc/1/net/softnet_stat", "0000000a 00000000 00000001\nnot hex\n0000000b 00000000 00000002\n");
      machine.write("proc/vmstat", "pgfault 100\npgmajfault\npgpgin x\noom_kill 2\n");
      machine.write("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 400 kB\nodd\nMemAvailable: 600 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
      await lookAt();
      const node = (name: string, labels = {}) => watched.value(name, labels, "node");
      assert.equal(await watched.value("culprit_disk_read_bytes_total", { device: "dm-0" }), 1_024_000);
      assert.deepEqual(await watched.values("culprit_network_transmit_bytes_total"), [3, 3]);
      assert.equal(await node("node_netstat_IpExt_InOctets"), 5);
      assert.equal(await node("node_sockstat_UDP_inuse"), 4);
      assert.equal(await node("node_softnet_processed_total", { cpu: "2" }), 11);
      assert.equal(await node("node_vmstat_oom_kill"), 2);
      assert.equal(await node("node_memory_MemFree_bytes"), 409_600);
      assert.equal((await watched.value("culprit_memory_usage_ratio"))?.toFixed(2), "0.40");
      for (const collector of ["diskstats", "netdev", "netstat", "sockstat", "softnet", "vmstat", "meminfo"])
        assert.equal(await node("node_scrape_collector_success", { collector }), 1, collector);
      await watched.pass(1);
      for (const part of ["disks", "network", "netstat", "sockets", "softnet", "vmstat", "memory"])
        assert.ok(((await skipped(part)) ?? 0) > 0, part);
      const quoted = watched.logged("warn").map(({ reason }) => String(reason));
      for (const line of ["8 16 sdb odd", "tun0: No statistics available", "TCP: inuse 1 orphan", "not hex", "pgpgin x", "odd"])
        assert.equal(quoted.filter((reason) => reason.includes(line)).length >= 1, true, line);
      const before = watched.logged("warn").length;
      await watched.pass(20);
      await watched.metrics("node");
      assert.equal(watched.logged("warn").length, before, "said once");
    });

    it("is said again neither when its counters move on nor for every process", async () => {
      for (let pid = 1000; pid < 1020; pid++) {
        machine.process(pid);
        machine.write(`proc/${pid}/io`, "odd\n");
      }
      machine.write("proc/diskstats", "8 0 sda 100 0 2000 50 100 0 2000 50 0 100 100\n8 16 sdb 1 odd\n");
      await watched.start();
      await watched.pass(5, (second) =>
        machine.write("proc/diskstats", `8 0 sda 100 0 2000 50 100 0 2000 50 0 100 100\n8 16 sdb ${second} odd\n`),
      );
      assert.equal(watched.logged("warn").length, 2);
      assert.equal(await skipped("disks"), 6);
    });

    for (const file of ["stat", "loadavg"]) {
      it(`that is odd altogether (${file}) costs no process`, async () => {
        machine.changeStat = (text) => (file === "stat" ? "odd\n" : text);
        machine.pass(1);
        if (file === "loadavg") machine.write("proc/loadavg", "odd\n");
        await lookAt();
        machine.process(300, { comm: "newcomer", commandLine: "newcomer\0" });
        await watched.pass(2);
        assert.deepEqual(processesOf(watched), ["database", "init", "newcomer", "worker"]);
        assert.equal(await success("processes"), 1);
        assert.equal(await success(file === "stat" ? "cpu" : "load"), 0);
      });
    }

    it("of which each answers with an error, as when lxcfs has died, costs itself and no process", async () => {
      for (const file of ["stat", "loadavg", "meminfo", "diskstats"]) machine.makeUnreadable(`proc/${file}`);
      await watched.start();
      await watched.pass(3, () => undefined);
      assert.equal(processesOf(watched).length, 3);
      for (const collector of ["cpu", "load", "memory", "disks"]) assert.equal(await success(collector), 0, collector);
      for (const collector of ["processes", "network", "pressure"]) assert.equal(await success(collector), 1, collector);
      assert.match(await watched.metrics("node"), /node_scrape_collector_success\{collector="netdev"\} 1/);
      for (const file of ["stat", "loadavg", "meminfo", "diskstats"]) rmSync(machine.path(`proc/${file}`), { recursive: true });
    });
  });

  describe("new processes are seen within seconds", () => {
    const counters: readonly (readonly [what: string, forks: () => number])[] = [
      ["where the kernel counts no forks", () => 0],
      ["where the count stands still", () => 5000],
    ];
    for (const [what, forks] of counters) {
      it(what, async () => {
        machine.changeStat = (text) => text.replace(/^processes .*/m, `processes ${forks()}`);
        machine.write("proc/loadavg", "0.00 0.00 0.00 0/0 0\n");
        machine.pass(0);
        await lookAt(5);
        machine.process(300, { comm: "newcomer", commandLine: "newcomer\0" });
        await watched.pass(2);
        assert.ok(processesOf(watched).includes("newcomer"));
      });
    }

    it("where the count stops although pids are given out, and no second late from then on", async () => {
      await watched.start();
      await watched.pass(5, () => {
        machine.forks++;
        machine.pass(1);
      });
      machine.write("proc/loadavg", "0.10 0.12 0.14 1/200 901\n");
      machine.process(901, { comm: "newcomer", commandLine: "newcomer\0" });
      await watched.pass(1);
      assert.ok(processesOf(watched).includes("newcomer"));
      // not even the last pid moves
      machine.process(902, { comm: "second", commandLine: "second\0" });
      await watched.pass(1);
      assert.ok(processesOf(watched).includes("second"));
    });
  });
});
