import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createLinuxCollectors } from "../../src/collectors/linux.ts";
import { silentLog } from "../../src/log.ts";
import { catalogue } from "../../src/metrics/catalogue/allFamilies.ts";
import { look, type Surroundings } from "../../src/metrics/look.ts";
import { MetricsRegistry } from "../../src/metrics/registry.ts";
import { ScrapeWatch } from "../../src/metrics/scrapes.ts";
import type { Spike } from "../../src/model/spike.ts";
import type { TriggerRule } from "../../src/model/trigger.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { commonUnits } from "../../src/procfs/units.ts";
import { Sampling } from "../../src/sampler/sampling.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { assertGolden } from "../support/golden.ts";
import { ManualClock, settle } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { requireServer } from "../support/servers.ts";

const culprit = { kind: "process", process: "pg_dump", unit: "nightly-backup.service", container: "", user: "postgres" } as const;
const nobody = { kind: "unattributed", process: "", unit: "", container: "", user: "" } as const;
const shareOf = { from: 0, to: 1, pids: [] };

/** One that lasts. The victims of it have no share and are no culprits. */
const cpuSpike: Spike = {
  id: "s1",
  resource: "cpu",
  startMs: 1.795e12,
  peakMs: 1.795e12,
  baseline: 0.1,
  peak: 2,
  unit: "cores",
  verdict: {
    sentence: "",
    final: false,
    shares: [
      { ...shareOf, group: culprit, share: 0.7 },
      { ...shareOf, group: nobody, share: 0.3 },
      { ...shareOf, group: { ...culprit, process: "mysqld" }, share: 0, waiting: true },
    ],
  },
};

const rule: TriggerRule = { name: "", metric: "cpu", forSeconds: 60, cooldownSeconds: 600, capture: true, notify: true };

const surroundings: Surroundings = {
  host: { hostname: "web1", os: "linux", kernel: "6.18.44", arch: "x64" },
  self: {
    version: "1.2.3",
    nodeVersion: "v20.0.0",
    cpuSeconds: 1.5,
    residentBytes: 7e7,
    heapUsedBytes: 1e7,
    startTimeSeconds: 1.79e9,
    openDescriptors: 20,
    mostDescriptors: 1024,
  },
  storageWritable: true,
  archives: {
    count: 1,
    bytes: 12345,
    limitBytes: 1e9,
    latest: [
      {
        id: "20261121T100000Z-alert-HighCpu-3f9a1c",
        createdAtMs: 1.795e12,
        origin: "alert",
        name: 'High"Cpu\\\n',
        incidentKey: "k",
        sizeBytes: 12345,
        sha256: "00",
        process: "node",
        span: { fromMs: 0, toMs: 1 },
        missing: [],
      },
    ],
  },
  queues: [{ queue: "captures", length: 0, dropped: 0 }],
  triggers: [
    { rule: { ...rule, name: "HighLoad" }, threshold: 2, state: "held", value: 2.5, instances: [] },
    { rule: { ...rule, name: "HighIoPressure" }, threshold: 0.4, state: "unknown", instances: [] },
    { rule: { ...rule, name: "Spike", metric: "spike" }, state: "calm", value: 0, instances: [] },
  ],
  spikes: {
    totals: { cpu: 3, load: 0, memory: 0, io: 1, pressure: 0, oom: 0 },
    newest: [
      cpuSpike,
      { ...cpuSpike, id: "s2", resource: "io", aspect: "writes", unit: "bytes_per_second", startMs: 1.7949e12, endMs: 1.79490001e12 },
    ],
  },
  scrapeGapSeconds: 15,
};

describe("the metrics of a recorded machine", () => {
  let machine: FixtureMachine;
  let clock: ManualClock;
  let sampling: Sampling;
  let registry: MetricsRegistry;

  beforeEach(async () => {
    machine = new FixtureMachine();
    clock = new ManualClock();
    const root = { ...machine.root };
    const collectors = createLinuxCollectors({
      reads: directReads(),
      files: new KernelFiles(root),
      units: commonUnits,
      clock,
      mostProcessDescriptors: 1000,
    })
      // what statfs says is this machine's, not the recorded one's
      .map((collector) => (collector.part === "filesystems" ? { part: "filesystems" as const, collect: () => filesystems } : collector));
    sampling = new Sampling({ collectors, source: "procfs", intervalSeconds: 1, clock, log: silentLog, random: () => 0.5 }, 60);
    registry = new MetricsRegistry(catalogue);
    sampling.sampler.start();
    await settle();
    machine.show(1);
    await clock.advance(1);
  });
  afterEach(() => {
    sampling.sampler.stop();
    machine.remove();
  });

  const render = async (format: "text" | "openmetrics") => registry.render(format, look(sampling, await sampling.lookBack(), surroundings));

  it("are those of the golden file", async () => {
    assertGolden("metrics.txt", (await render("text")).body);
  });

  it("name the process that burns, with its unit and its user", async () => {
    const { body } = await render("text");
    const line = body.split("\n").find((one) => one.startsWith('culprit_process_cpu_cores{kind="process",process="node burn.mjs"'));
    assert.match(line ?? "", /unit="nightly-backup.service",container="",user="root"\} (0\.[89]|1)/);
  });

  it("add up to the busy cores of the machine", async () => {
    const { body } = await render("text");
    const values = [...body.matchAll(/^culprit_process_cpu_cores\{.*\} (\S+)$/gm)].map((match) => Number(match[1]));
    const usage = Number(/^culprit_cpu_usage_ratio (\S+)$/m.exec(body)?.[1]);
    assert.ok(values.length > 3);
    const sum = values.reduce((total, value) => total + value, 0);
    assert.ok(Math.abs(sum - usage * 2) < 1e-6, `${sum} is not ${usage * 2}`);
  });

  it("are the same to whoever scrapes second", async () => {
    assert.equal((await render("text")).body, (await render("text")).body);
  });

  it("leave out what is too old to speak of now, and keep the events", async () => {
    sampling.sampler.stop();
    await clock.advance(6);
    const { body } = await render("text");
    assert.doesNotMatch(body, /^culprit_(cpu_usage_ratio|process_cpu_cores|load1|memory_total_bytes)[ {]/m);
    assert.match(body, /^culprit_samples_total 2$/m);
    assert.match(body, /^culprit_captures_total\{origin="alert",result="ok"\} 0$/m);
  });

  it("name the culprits of a spike until five minutes after its end", async () => {
    const { body } = await render("text");
    const shares = body.split("\n").filter((line) => line.startsWith("culprit_spike_culprit_share_ratio{"));
    assert.deepEqual(shares, [
      'culprit_spike_culprit_share_ratio{resource="cpu",kind="process",process="pg_dump",unit="nightly-backup.service",container="",user="postgres"} 0.7',
      'culprit_spike_culprit_share_ratio{resource="cpu",kind="unattributed",process="",unit="",container="",user=""} 0.3',
    ]);
    assert.match(body, /^culprit_spike_active\{resource="cpu"\} 1$/m);
    assert.match(body, /^culprit_spike_active\{resource="io"\} 0$/m);
    assert.match(body, /^culprit_spikes_total\{resource="load"\} 0$/m);
    assert.match(body, /^culprit_spike_start_timestamp_seconds\{resource="io"\} 1794900000$/m);
  });

  it("leave promtool silent", async function () {
    requireServer(this, "promtool");
    const checked = spawnSync("promtool", ["check", "metrics"], { input: (await render("text")).body, encoding: "utf8" });
    assert.equal(checked.stdout + checked.stderr, "");
    assert.equal(checked.status, 0);
  });

  it("are the same series in OpenMetrics, before and after text was asked for", async () => {
    const series = (body: string) =>
      body
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"))
        .sort();
    const first = await render("openmetrics");
    const text = await render("text");
    const second = await render("openmetrics");
    assert.equal(first.body, second.body);
    assert.ok(first.body.endsWith("# EOF\n"));
    assert.deepEqual(series(first.body), series(text.body));
    assert.match(first.body, /^# TYPE culprit_captures counter$/m);
    assert.match(text.body, /^# TYPE culprit_captures_total counter$/m);
  });

  it("hold no secret of a command line", async () => {
    assert.doesNotMatch((await render("text")).body, /hunter2/);
  });
});

const filesystems = [
  {
    device: "/dev/vda",
    fstype: "ext4",
    mountpoint: "/",
    readOnly: false,
    size: { sizeBytes: 1000, freeBytes: 400, availableBytes: 250, files: 100, filesFree: 90 },
  },
  { device: "server:/export", fstype: "nfs4", mountpoint: "/mnt/dead", readOnly: false, error: "timeout" },
];

describe("the catalogue", () => {
  it("has every family once, with a help text that ends in a full stop", () => {
    assert.equal(new Set(catalogue.map((family) => family.name)).size, catalogue.length);
    for (const family of catalogue) assert.match(family.help, /\.$/, family.name);
  });
});

describe("the watch over scrapes", () => {
  it("tells once of a client that comes less often than the window is long, and shows its gap", () => {
    const { log, lines } = recordedLog();
    const watch = new ScrapeWatch(60, log);
    watch.note("10.0.0.1", 0);
    assert.equal(watch.gapSeconds, undefined);
    watch.note("10.0.0.1", 15);
    watch.note("10.0.0.2", 20);
    watch.note("10.0.0.2", 110);
    watch.note("10.0.0.2", 200);
    assert.equal(watch.gapSeconds, 90);
    assert.equal(lines().length, 1);
    assert.equal(lines()[0]?.client, "10.0.0.2");
    watch.note("10.0.0.1", 215);
    assert.equal(watch.gapSeconds, 200);
  });
});
