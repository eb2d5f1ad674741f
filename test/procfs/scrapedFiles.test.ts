import assert from "node:assert/strict";
import { parseConntrackStat, readConntrack } from "../../src/procfs/conntrack.ts";
import { MalformedError } from "../../src/procfs/errors.ts";
import { parseFileNr, readFileNr } from "../../src/procfs/fileNr.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { createNetstatReader, parseProtocolTables, parseSnmp6 } from "../../src/procfs/netstat.ts";
import { parseInterruptStall, parsePressure, readPressure } from "../../src/procfs/pressure.ts";
import { parseSchedstat, readSchedstat } from "../../src/procfs/schedstat.ts";
import { Skips } from "../../src/procfs/skips.ts";
import { parseSockstat, readSockstat } from "../../src/procfs/sockstat.ts";
import { parseSoftnet, readSoftnet } from "../../src/procfs/softnet.ts";
import { readSystemName } from "../../src/procfs/systemName.ts";
import { parseVmstat, readVmstat } from "../../src/procfs/vmstat.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { scan } from "../support/text.ts";

describe("the kernel's files that are read for a scrape", () => {
  it("give stall times in seconds", () => {
    const text = "some avg10=28.99 avg60=30.34 avg300=22.73 total=148836767\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=2500000\n";
    assert.deepEqual(parsePressure(scan(text), new Skips()), { some: 148.836767, full: 2.5 });
    assert.deepEqual(parsePressure(scan("some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n"), new Skips()), { some: 0.000001 });
    assert.throws(
      () => parsePressure(scan("some avg10=0.00\n", "/proc/pressure/cpu"), new Skips()),
      /^MalformedError: \/proc\/pressure\/cpu: expected total=/,
    );
    assert.throws(() => parsePressure(scan(""), new Skips()), /begins with "some"/);
  });

  it("give how long interrupts kept everybody waiting, of which only the line `full` tells", () => {
    assert.equal(parseInterruptStall(scan("full avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n"), new Skips()), 1.5);
    assert.throws(() => parseInterruptStall(scan("some avg10=0.00 total=1\n"), new Skips()), /begins with "full"/);
  });

  it("give memory events by name", () => {
    const fields = parseVmstat(scan("nr_free_pages 1060911\npgfault 11826411\noom_kill 0\n"), new Skips());
    assert.deepEqual(
      [...fields],
      [
        ["nr_free_pages", 1060911],
        ["pgfault", 11826411],
        ["oom_kill", 0],
      ],
    );
    assert.throws(() => parseVmstat(scan("pgfault\n"), new Skips()), MalformedError);
  });

  it("give protocols' counters by protocol and name, negative ones too", () => {
    const counters = new Map<string, number>();
    parseProtocolTables(scan("Ip: Forwarding DefaultTTL\nIp: 2 64\nTcp: RtoMin MaxConn InSegs\nTcp: 200 -1 7990\n"), counters, new Skips());
    parseSnmp6(scan("Ip6InReceives                   \t1\nIp6OutOctets \t880\nUdpLite6InErrors \t3\nwithout 4\n"), counters, new Skips());
    assert.deepEqual(Object.fromEntries(counters), {
      Ip_Forwarding: 2,
      Ip_DefaultTTL: 64,
      Tcp_RtoMin: 200,
      Tcp_MaxConn: -1,
      Tcp_InSegs: 7990,
      Ip6_InReceives: 1,
      Ip6_OutOctets: 880,
      UdpLite6_InErrors: 3,
    });
  });

  it("notice when names and values of a protocol do not go together", () => {
    const parse = (text: string) => () => parseProtocolTables(scan(text), new Map(), new Skips());
    assert.throws(parse("Ip: A B\nIp: 1\n"), /expected a number/);
    assert.throws(parse("Ip: A B\nIp: 1 2 3\n"), /as many as there are names/);
    assert.throws(parse("Ip: A B\nTcp: 1 2\n"), /expected Ip: values/);
    assert.throws(parse("nothing\n"), /protocol: names/);
  });

  it("leave out the protocol whose names and values do not go together, and no other", () => {
    const skips = new Skips();
    const counters = new Map<string, number>();
    const text = "TcpExt: A B C\nTcpExt: 1 2\nIpExt: InOctets\nIpExt: 5\nodd\nMPTcpExt: D\nMPTcpExt: 6\nlast: E\n";
    parseProtocolTables(scan(text, "/proc/net/netstat"), counters, skips);
    assert.deepEqual(Object.fromEntries(counters), { IpExt_InOctets: 5, MPTcpExt_D: 6 });
    const { count, notes } = skips.take() ?? {};
    assert.equal(count, 3);
    assert.deepEqual(notes?.[1], { path: "/proc/net/netstat", reason: 'expected protocol: names, got "odd"' });
  });

  it("take a protocol's names apart anew when they change", () => {
    const names = new Map();
    const counters = new Map<string, number>();
    parseProtocolTables(scan("Ip: A B\nIp: 1 2\n"), counters, new Skips(), names);
    parseProtocolTables(scan("Ip: A C\nIp: 3 4\n"), counters, new Skips(), names);
    assert.deepEqual(Object.fromEntries(counters), { Ip_A: 3, Ip_B: 2, Ip_C: 4 });
  });

  it("give sockets by protocol, their memory in bytes besides the kernel's pages", () => {
    const sockets = parseSockstat(
      scan("sockets: used 12\nTCP: inuse 1 orphan 0 tw 3 alloc 1 mem 5\nFRAG: inuse 0 memory 7\n"),
      4096,
      new Skips(),
    );
    assert.equal(sockets.used, 12);
    assert.deepEqual(
      sockets.protocols.map(({ protocol, fields, memoryBytes }) => [protocol, Object.fromEntries(fields), memoryBytes]),
      [
        ["TCP", { inuse: 1, orphan: 0, tw: 3, alloc: 1, mem: 5 }, 20480],
        ["FRAG", { inuse: 0, memory: 7 }, undefined],
      ],
    );
  });

  it("give open files and how many there may be", () => {
    assert.deepEqual(parseFileNr(scan("623\t0\t2466170\n")), { allocated: 623, limit: 2466170 });
  });

  it("give a CPU's packets from hexadecimal columns, old kernels counting lines and new ones naming the CPU", () => {
    const old =
      "00015c73 00020e76 00000769 00000000 00000000 00000000 00000000 00000000 00000000\n000000ff 00000000 0000000a 0 0 0 0 0 0\n";
    assert.deepEqual(parseSoftnet(scan(old), new Skips()), [
      { cpu: 0, processed: 0x15c73, dropped: 0x20e76, timesSqueezed: 0x769, collisions: 0 },
      { cpu: 1, processed: 255, dropped: 0, timesSqueezed: 10, collisions: 0 },
    ]);
    const newest = "00000001 0 0 0 0 0 0 0 00000002 00000003 00000004 00000005 00000000 0 0\n";
    assert.deepEqual(parseSoftnet(scan(newest), new Skips()), [
      { cpu: 0, processed: 1, dropped: 0, timesSqueezed: 0, collisions: 2, wokenForSteering: 3, flowLimitReached: 4, backlog: 5 },
    ]);
    const withHole = "00000001 0 0 0 0 0 0 0 0 0 0 0 00000000 0 0\n00000002 0 0 0 0 0 0 0 0 0 0 0 0000000B 0 0\n";
    assert.deepEqual(
      parseSoftnet(scan(withHole), new Skips()).map(({ cpu }) => cpu),
      [0, 11],
    );
    assert.throws(() => parseSoftnet(scan("00000001 0\n"), new Skips()), /at least 3 columns/);
    assert.throws(() => parseSoftnet(scan("zz 0 0\n"), new Skips()), /hexadecimal/);
  });

  it("give the scheduler's figures of CPUs and pass over domains", () => {
    const text =
      "version 15\ntimestamp 4302\ncpu0 498494191 0 3533438552 2553969831 3853684107 2465731542 2045936778163039 343796328169361 4767485306\ndomain0 00000000,00000003 212499247 210112015\ncpu1 1 2 3 4 5 6 7000000000 8500000000 9\n";
    assert.deepEqual(parseSchedstat(scan(text), new Skips()), [
      { cpu: 0, runningSeconds: 2045936.778163039, waitingSeconds: 343796.328169361, timeslices: 4767485306 },
      { cpu: 1, runningSeconds: 7, waitingSeconds: 8.5, timeslices: 9 },
    ]);
  });

  it("add connection tracking's counters up over CPUs, whatever the columns are called", () => {
    const text = "entries  searched found insert_failed\n00000021  00000000 0000000a 00000001\n00000021  00000000 00000010 00000002\n";
    assert.deepEqual(Object.fromEntries(parseConntrackStat(scan(text), new Skips())), {
      entries: 66,
      searched: 0,
      found: 26,
      insert_failed: 3,
    });
  });
});

describe("reading the files of a recorded machine", () => {
  let machine: FixtureMachine;
  let files: KernelFiles;
  beforeEach(() => {
    machine = new FixtureMachine();
    files = new KernelFiles(machine.root);
  });
  afterEach(() => {
    files.close();
    machine.remove();
  });

  it("finds what was recorded", () => {
    assert.deepEqual(readPressure(files, new Skips()), {
      cpu: { some: 148.836767, full: 0 },
      memory: { some: 0, full: 0 },
      io: { some: 3.589658, full: 3.142201 },
    });
    assert.equal(readVmstat(files, new Skips())?.get("nr_free_pages"), 1060911);
    const netstat = createNetstatReader(files, new Skips())();
    assert.deepEqual(
      ["Tcp_ActiveOpens", "Udp_InDatagrams", "Ip6_OutOctets", "TcpExt_SyncookiesSent"].map((name) => netstat?.get(name)),
      [91, 129, 880, 0],
    );
    assert.equal(readSockstat(files, 4096, new Skips())?.used, 12);
    assert.deepEqual(
      readSockstat(files, 4096, new Skips())?.protocols.map((one) => one.protocol),
      ["TCP", "UDP", "UDPLITE", "RAW", "FRAG", "TCP6", "UDP6", "UDPLITE6", "RAW6", "FRAG6"],
    );
    assert.deepEqual(readFileNr(files), { allocated: 623, limit: 2466170 });
    assert.deepEqual(
      readSoftnet(files, new Skips())?.map(({ cpu, processed }) => [cpu, processed]),
      [
        [0, 26],
        [1, 8099],
      ],
    );
  });

  it("finds nothing where the machine has nothing, and does not mind", () => {
    assert.equal(readSchedstat(files, new Skips()), undefined);
    assert.equal(readConntrack(files, new Skips()), undefined);
    assert.equal(readSystemName(files, "x86_64", new Skips()), undefined);
    machine.show(0, {
      "pressure/cpu": undefined,
      vmstat: undefined,
      "net/netstat": undefined,
      "net/snmp": undefined,
      "net/snmp6": undefined,
      "net/sockstat": undefined,
      "net/sockstat6": undefined,
      "sys/fs/file-nr": undefined,
      "net/softnet_stat": undefined,
    });
    assert.equal(readPressure(files, new Skips()), undefined);
    assert.equal(readVmstat(files, new Skips()), undefined);
    assert.equal(createNetstatReader(files, new Skips())(), undefined);
    assert.equal(readSockstat(files, 4096, new Skips()), undefined);
    assert.equal(readFileNr(files), undefined);
    assert.equal(readSoftnet(files, new Skips()), undefined);
  });

  it("does without IPv6", () => {
    machine.show(0, { "net/snmp6": undefined, "net/sockstat6": undefined });
    assert.equal(createNetstatReader(files, new Skips())()?.get("Tcp_ActiveOpens"), 91);
    assert.equal(readSockstat(files, 4096, new Skips())?.protocols.length, 5);
  });

  it("takes the network of pid 1, which is the host's, before its own", () => {
    machine.write("1/net/sockstat", "sockets: used 99\n");
    assert.equal(readSockstat(files, 4096, new Skips())?.used, 99);
  });

  it("takes stalls for absent where they are switched off, which the kernel says only when it is asked", () => {
    const off = Object.assign(new Error("operation not supported on socket"), { code: "ENOTSUP" });
    const refusing = Object.assign(Object.create(files) as KernelFiles, {
      root: machine.root,
      readAtOnce: () => {
        throw off;
      },
    });
    assert.equal(readPressure(refusing, new Skips()), undefined);
  });

  it("knows connection tracking by its module's files", () => {
    machine.write("sys/net/netfilter/nf_conntrack_count", "123\n");
    machine.write("sys/net/netfilter/nf_conntrack_max", "262144\n");
    assert.deepEqual(readConntrack(files, new Skips()), { entries: 123, limit: 262144 });
    machine.write("net/stat/nf_conntrack", "entries found\n0000007b 00000005\n");
    assert.equal(readConntrack(files, new Skips())?.counters?.get("found"), 5);
  });

  it("says what uname says", () => {
    const names = { ostype: "Linux", hostname: "web1", osrelease: "6.18.44", version: "#1 SMP PREEMPT_DYNAMIC", domainname: "(none)" };
    for (const [name, text] of Object.entries(names)) machine.write(`sys/kernel/${name}`, `${text}\n`);
    assert.deepEqual(readSystemName(files, "aarch64", new Skips()), {
      sysname: "Linux",
      nodename: "web1",
      release: "6.18.44",
      version: "#1 SMP PREEMPT_DYNAMIC",
      machine: "aarch64",
      domainname: "(none)",
    });
    machine.write("sys/kernel/arch", "x86_64\n");
    assert.equal(readSystemName(files, "aarch64", new Skips())?.machine, "x86_64");
  });
});
