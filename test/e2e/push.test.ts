import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { PrometheusApi, type Series } from "../shipped/support/prometheus.ts";
import { requireServer } from "../support/servers.ts";
import { freePort, type Running, TestMachine, waitFor } from "./machine.ts";

describe("A Culprit that pushes to a real Prometheus", function () {
  this.timeout(120_000);
  let machine: TestMachine;
  let prometheusPort: number;
  let culpritPort: number;
  let api: PrometheusApi;
  let culprit: Running;
  const yaml = () => `
web: { auth: always }
sample: { window: 5s }
triggers: []
push:
  - { type: remoteWrite, name: central, url: "http://127.0.0.1:${prometheusPort}/api/v1/write", interval: 1s, labels: { instance: web1, zone: eu }, collect: [uname, textfile] }
`;

  async function startPrometheus(): Promise<Running> {
    const running = machine.start("prometheus", [
      `--config.file=${machine.write("prometheus.yml", "global: {}\n")}`,
      `--storage.tsdb.path=${machine.path("tsdb")}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
      "--web.enable-remote-write-receiver",
    ]);
    await waitFor("Prometheus", async () => (await fetch(`http://127.0.0.1:${prometheusPort}/-/ready`)).status === 200);
    return running;
  }

  const startCulprit = () => machine.startCulprit(culpritPort, yaml(), [`--collector.textfile.directory=${machine.path("texts")}`]);
  const ask = (query: string) => api.instant(query, Date.now());
  const first = (series: readonly Series[]) => series[0]?.values[0]?.[1];
  const metric = async (name: string) => {
    const text = await (await fetch(`http://127.0.0.1:${culpritPort}/metrics`)).text();
    return Number(new RegExp(`^${name}\\{sink="central"\\} (.+)$`, "m").exec(text)?.[1]);
  };

  before(async function () {
    requireServer(this, "prometheus");
    machine = new TestMachine();
    [prometheusPort, culpritPort] = [await freePort(), await freePort()];
    api = new PrometheusApi(`http://127.0.0.1:${prometheusPort}`);
  });
  after(() => machine?.close());

  it("gives it the series of a scrape, loses nothing while it is down and Culprit is killed, and invents nothing", async () => {
    machine.write("texts/backup.prom", "# TYPE backup_age_seconds gauge\nbackup_age_seconds 12\n");
    let prometheus = await startPrometheus();
    culprit = await startCulprit();
    await waitFor("the first series", async () => (await ask('culprit_cpu_cores{instance="web1",job="culprit",zone="eu"}')).length === 1);

    let pushed = new Set<string>();
    // what has begun since the batch before comes with the next
    await waitFor("all names of a scrape", async () => {
      const scraped = await (await fetch(`http://127.0.0.1:${culpritPort}/metrics`)).text();
      const names = scraped.split("\n").flatMap((line) => /^([a-z]\w*)[{ ]/.exec(line)?.[1] ?? []);
      pushed = new Set((await ask('count by (__name__) ({instance="web1"})')).map(({ labels }) => labels.__name__ ?? ""));
      return names.every((name) => pushed.has(name) || /^culprit_(push|scrape_gap)/.test(name));
    });
    assert.ok(pushed.has("node_uname_info") && pushed.has("backup_age_seconds"));

    assert.equal((await ask('node_uname_info{job="node"}')).length, 1, "as two jobs of Prometheus would have them");
    assert.equal((await ask('backup_age_seconds{job="node"}')).length, 1);
    assert.equal((await ask('up{instance="web1",job=~"culprit|node"} == 1')).length, 2);

    const tested = machine.culprit("push-test", `--config.file=${machine.path("culprit.yml")}`);
    assert.equal(tested.status, 0, tested.stderr);
    assert.match(tested.stdout, /^central: ok, http:\/\/127\.0\.0\.1:\d+ answered 204/);

    const beginMs = Date.now();
    await machine.stop(prometheus);
    await waitFor("batches to wait", async () => (await metric("culprit_push_pending_batches")) >= 5);
    await machine.stop(culprit, "SIGKILL");
    culprit = await startCulprit();
    await waitFor("one more batch", async () => (await metric("culprit_push_pending_batches")) >= 7);
    prometheus = await startPrometheus();
    await waitFor(
      "the queue to be empty",
      async () => (await metric("culprit_push_pending_batches")) <= 1 && (await metric("culprit_push_sent_batches_total")) >= 7,
    );
    assert.equal(await metric("culprit_push_dropped_batches_total"), 0);
    assert.equal(await metric("culprit_push_refused_batches_total"), 0);

    // a sample a second, but for the seconds in which Culprit was not there
    const seconds = Math.round((Date.now() - beginMs) / 1000);
    const kept = first(await ask(`count_over_time(culprit_cpu_cores{instance="web1",zone="eu"}[${seconds}s])`)) ?? 0;
    assert.ok(kept >= 7 && kept <= seconds + 2, `${kept} samples in ${seconds} s`);
  });

  it("tells it at once that a series has ended", async () => {
    rmSync(machine.path("texts", "backup.prom"));
    await waitFor("the series to be gone", async () => (await ask("backup_age_seconds")).length === 0);
    // it was there shortly before: without a stale marker it would be for five minutes
    assert.equal((await ask("last_over_time(backup_age_seconds[2m])")).length, 1);
  });

  it("tells it at an orderly stop that all series have ended", async () => {
    await machine.stop(culprit);
    assert.equal((await ask('last_over_time(culprit_cpu_cores{instance="web1"}[2m])')).length, 1);
    // what ended while Culprit was not there got no word
    assert.deepEqual(await ask('{instance="web1",__name__!~"culprit_push_test|culprit_process_.*|culprit_spike.*"}'), []);
  });
});
