import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { knownCollectors } from "../../../src/metrics/node/knownCollectors.ts";
import { NodeCollectorError, type NodeMetricsOptions } from "../../../src/metrics/node/nodeMetrics.ts";
import { renderFamilies } from "../../../src/metrics/registry.ts";
import type { TextfileReading } from "../../../src/model/scraped.ts";
import { commonUnits } from "../../../src/procfs/units.ts";
import { FixtureMachine } from "../../support/fixtureMachine.ts";
import { assertGolden } from "../../support/golden.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { recordedLog } from "../../support/recordedLog.ts";
import { tempDirectories } from "../../support/tempDirectory.ts";
import { writeFiles } from "../../support/writeFiles.ts";
import { NodeMachine, nodeMetricsOf, seriesOf } from "./support.ts";

const load = { load1: 0.5, load5: 0.4, load15: 0.3, runnableTasks: 1, totalTasks: 2, lastPid: 3 };
const loadOutcome = { collector: "load", result: "ok" as const, durationSeconds: 0.25 };

describe("collect[]", () => {
  const metrics = nodeMetricsOf({ load, outcomes: [loadOutcome] });

  it("takes node for all collectors and names for single ones", () => {
    const collectors = (requested: readonly string[]) =>
      seriesOf(metrics.families(requested), /collector_success/).map((one) => /"(.*)"/.exec(one)?.[1]);
    assert.deepEqual(collectors(["loadavg"]), ["loadavg"]);
    assert.deepEqual(collectors(["uname", "cpu", "cpu"]), ["cpu", "uname"]);
    assert.deepEqual(collectors(["node"]), metrics.collectors);
    assert.deepEqual(collectors(["cpu", "node"]), metrics.collectors);
    assert.deepEqual(
      [...metrics.collectors].sort(),
      "arp bonding conntrack cpu cpufreq diskstats entropy filefd filesystem hwmon loadavg mdadm meminfo netclass netdev netstat nvme os pressure schedstat sockstat softnet stat systemd textfile thermal_zone time timex udp_queues uname vmstat".split(
        " ",
      ),
    );
  });

  it("refuses a name that nobody knows and says what there is", () => {
    assert.throws(
      () => metrics.families(["cpu", "sytsemd"]),
      (error: Error) => {
        assert.ok(error instanceof NodeCollectorError);
        assert.match(error.message, /^there is no collector "sytsemd": expected one of node, arp, bonding, .*vmstat/);
        return true;
      },
    );
  });

  it("gives nothing, and no error, of what node_exporter 1.12 has and this has not", () => {
    for (const name of ["watchdog", "kernel_hung", "bcachefs", "dmmultipath"]) {
      assert.ok(!metrics.collectors.includes(name));
      assert.deepEqual(seriesOf(metrics.families([name]), /^(?!node_exporter_build_info)/), [], name);
      const both = seriesOf(metrics.families([name, "loadavg"]), /^(?!node_exporter_build_info)/);
      assert.deepEqual(both, seriesOf(metrics.families(["loadavg"]), /^(?!node_exporter_build_info)/), name);
    }
    assert.deepEqual(
      metrics.collectors.filter((name) => !knownCollectors.has(name)),
      [],
    );
  });

  it("honours exclude[] as node_exporter does: all but those, and not together with single names", () => {
    const all = metrics.collectors.filter((name) => name !== "cpu" && name !== "uname");
    assert.deepEqual(metrics.requested([], ["cpu", "uname", "never heard of"]), all);
    assert.deepEqual(metrics.requested(["node"], ["cpu", "uname"]), all);
    assert.deepEqual(metrics.requested(["cpu"], []), ["cpu"]);
    assert.throws(() => metrics.requested(["cpu"], ["uname"]), NodeCollectorError);
    const without = nodeMetricsOf({ load }, {}, { disabled: new Set(["loadavg"]) });
    assert.ok(!without.requested([], ["cpu"]).includes("loadavg"));
  });

  it("refuses a collector that is switched off, and all does not bring it back", () => {
    const without = nodeMetricsOf({ load }, {}, { disabled: new Set(["loadavg"]) });
    assert.throws(() => without.families(["loadavg"]), /"loadavg" is switched off: expected one of node, arp/);
    assert.deepEqual(seriesOf(without.families(["node"]), /^node_load/), []);
  });

  it("reads for the scrape only what was asked for and the sampler does not have", () => {
    const asked: string[][] = [];
    const scrape: NodeMetricsOptions["scrape"] = function* (parts) {
      asked.push([...parts].sort());
      yield;
      return { takenAtMs: 0, monotonicSeconds: 0, source: "procfs" as const, outcomes: [] };
    };
    const watched = nodeMetricsOf({ load, network: [] }, {}, { scrape });
    for (const requested of [["loadavg"], ["netdev", "time"], ["diskstats"]]) watched.families(requested);
    assert.deepEqual(asked, [[], ["interfaces", "time"], ["diskProperties", "diskRotation", "disks"]]);
  });

  it("shows how every collector fared: absent is no success, as with node_exporter", () => {
    assert.deepEqual(seriesOf(metrics.families(["loadavg", "schedstat"]), /collector_/), [
      'node_scrape_collector_duration_seconds{collector="loadavg"} 0.25',
      'node_scrape_collector_duration_seconds{collector="schedstat"} 0',
      'node_scrape_collector_success{collector="loadavg"} 1',
      'node_scrape_collector_success{collector="schedstat"} 0',
    ]);
  });

  it("leaves out what the sampler read too long ago, and says that it did not succeed", () => {
    const stale = nodeMetricsOf({}, {}, { newest: () => undefined });
    assert.deepEqual(seriesOf(stale.families(["loadavg"]), /^node_load|success/), ['node_scrape_collector_success{collector="loadavg"} 0']);
  });

  it("always says what answers, with node_exporter's labels", () => {
    assert.deepEqual(seriesOf(metrics.families(["loadavg"]), /build_info/), [
      'node_exporter_build_info{branch="culprit",goarch="arm64",goos="linux",goversion="nodev20.0.0",revision="",version="1.2.3"} 1',
    ]);
  });
});

describe("text files beside the machine's own families", () => {
  const family = (name: string, type: "gauge" | "counter", labels: Readonly<Record<string, string>>) =>
    ({ name, help: "Of a file.", type, points: [{ labels, value: 77 }] }) as const;
  const textfile = (families: TextfileReading["families"]): TextfileReading => ({ families, files: [], failed: false });

  it("are shown, and may add series to a family", () => {
    const metrics = nodeMetricsOf(
      { load },
      { textfile: textfile([family("jobs", "gauge", {}), family("node_load1", "gauge", { of: "x" })]) },
    );
    const families = metrics.families(["loadavg", "textfile"]);
    assert.deepEqual(seriesOf(families, /^jobs|load1$|error/), [
      "node_load1 0.5",
      'node_load1{of="x"} 77',
      "node_textfile_scrape_error 0",
      "jobs 77",
    ]);
    assert.equal(new Set(families.map((one) => one.name)).size, families.length);
  });

  it("yield to what the machine says, which is told once and counts as an error", () => {
    const { log, lines } = recordedLog();
    const clashing = textfile([family("node_load1", "gauge", {}), family("node_load5", "counter", { of: "x" })]);
    const metrics = nodeMetricsOf({ load }, { textfile: clashing }, { log });
    for (let scrape = 0; scrape < 2; scrape++) {
      const series = seriesOf(metrics.families(["node"]), /load1$|load5$|error$/);
      assert.deepEqual(series, ["node_load1 0.5", "node_load5 0.4", "node_textfile_scrape_error 1"]);
    }
    assert.equal(lines().length, 1);
    assert.deepEqual(lines()[0]?.metrics, ["node_load1", "node_load5"]);
    assert.deepEqual(seriesOf(metrics.families(["loadavg"]), /load1$/), ["node_load1 0.5"], "not asked for");
  });
});

describe("node_* of a recorded machine", () => {
  const newDirectory = tempDirectories();
  let machine: FixtureMachine;
  let node: NodeMachine;

  beforeEach(async () => {
    machine = new FixtureMachine();
    const clock = new ManualClock();
    const folder = await newDirectory();
    const rootfs = join(folder, "rootfs");
    const sysfs = join(folder, "sys");
    mkdirSync(join(rootfs, "metrics"), { recursive: true });
    writeFiles(join(rootfs, "metrics"), {
      "jobs.prom": '# HELP jobs_total Jobs done.\n# TYPE jobs_total counter\njobs_total{queue="a\\\\b"} 3\n',
    });
    writeFiles(sysfs, {
      "class/net/eth0/operstate": "up\n",
      "class/net/eth0/address": "02:fc:00:00:00:01\n",
      "class/net/eth0/flags": "0x1003\n",
      "class/net/eth0/mtu": "1400\n",
      "class/net/eth0/carrier_changes": "2\n",
      "devices/system/clocksource/clocksource0/available_clocksource": "tsc kvm-clock\n",
      "devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
    });
    for (const [name, text] of Object.entries({ ostype: "Linux", hostname: "web1", osrelease: "6.18.44" })) {
      machine.write(`sys/kernel/${name}`, `${text}\n`);
    }
    machine.write("sys/net/netfilter/nf_conntrack_count", "12\n");
    machine.write("sys/net/netfilter/nf_conntrack_max", "262144\n");
    machine.write("net/stat/nf_conntrack", "entries found invalid insert_failed drop\n0c 0a 01 00 02\n0c 05 00 00 00\n");
    const size = { sizeBytes: 1000, freeBytes: 400, availableBytes: 250, files: 100, filesFree: 90 };
    const filesystems = [{ device: "/dev/vda", fstype: "ext4", mountpoint: "/", readOnly: false, size }];
    const textfile = {
      families: [{ name: "jobs_total", help: "Jobs done.", type: "counter" as const, points: [{ labels: { queue: "a\\b" }, value: 3 }] }],
      files: [{ path: "/metrics/jobs.prom", modifiedSeconds: 1_790_000_000 }],
      failed: false,
    };
    node = new NodeMachine({
      root: { procfs: machine.root.procfs, sysfs, rootfs },
      clock,
      units: commonUnits,
      // what depends on the machine that runs the test, not on the one that was recorded
      instead: [
        { part: "filesystems", collect: () => filesystems },
        { part: "time", collect: () => ({ clocksources: [], zone: { name: "CET", offsetSeconds: 3600 } }) },
        { part: "textfile", collect: () => textfile },
      ],
    });
    await node.tick();
  });
  afterEach(() => {
    node.close();
    machine.remove();
  });

  it("are those of the golden file", async () => {
    assertGolden("node.txt", (await renderFamilies(node.families("node"), "text")).body);
  });

  it("have every family once, with points and a help text that ends in a full stop", () => {
    const families = node.families("node");
    assert.equal(new Set(families.map((family) => family.name)).size, families.length);
    for (const family of families) {
      assert.ok(family.points.length > 0, family.name);
      assert.match(family.help, /\.$/, family.name);
    }
  });

  it("are the same families in both formats", async () => {
    const names = (body: string) => new Set([...body.matchAll(/^([a-zA-Z_:][\w:]*)[ {]/gm)].map((match) => match[1]));
    const text = await renderFamilies(node.families("node"), "text");
    const openmetrics = await renderFamilies(node.families("node"), "openmetrics");
    assert.deepEqual(names(openmetrics.body), names(text.body));
    assert.match(openmetrics.body, /^# TYPE node_vmstat_pgfault unknown$/m);
    assert.match(text.body, /^# TYPE node_vmstat_pgfault untyped$/m);
  });
});
