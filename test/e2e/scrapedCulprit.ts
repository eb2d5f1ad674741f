/** A real Prometheus that scrapes a real Culprit on a machine with known work, and the dashboards opened on it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type DashboardFile, type PlacedQuery, queriesOf, readDashboards } from "../shipped/support/dashboards.ts";
import { OpenDashboard, PrometheusApi, type Series } from "../shipped/support/prometheus.ts";
import { Accountant, MachineBusy } from "./accountants.ts";
import { freePort, TestMachine, waitFor } from "./machine.ts";

/** Culprit's window here: short, so that a steady load is seen soon. */
export const windowSeconds = 15;
const scrapeSeconds = 1;
const stepMs = 15_000;

const config = (hookPort: number) => `
web: { auth: always }
sample: { window: ${windowSeconds}s }
capture: { after: 2s }
notify: { webhook: { url: "http://127.0.0.1:${hookPort}/" } }
triggers:
  - { name: HighCpuUsage, metric: cpu, above: 20%, for: 1s, cooldown: 10m, capture: true, notify: true }
  - { name: HighDiskUsage }
`;

/** One target three times: under a name of its own, under its address, and for node_exporter's families. */
const prometheusConfig = (culpritPort: number) => `
global: { scrape_interval: ${scrapeSeconds}s }
scrape_configs:
  - job_name: culprit
    static_configs: [{ targets: ["127.0.0.1:${culpritPort}"], labels: { instance: web1 } }]
  - job_name: direct
    static_configs: [{ targets: ["127.0.0.1:${culpritPort}"] }]
  - job_name: node
    params: { "collect[]": [node] }
    static_configs: [{ targets: ["127.0.0.1:${culpritPort}"], labels: { instance: web1 } }]
`;

/** What a panel shows. */
export interface Shown {
  readonly value: number;
  readonly atMs: number;
  readonly rangeSeconds: number;
}

/** Everything that runs for the test; `close` ends it. */
export class ScrapedCulprit {
  readonly dashboards: readonly DashboardFile[] = [...readDashboards().values()];
  readonly machine: TestMachine;
  readonly api: PrometheusApi;
  readonly culpritPort: number;
  readonly burner: Accountant;
  readonly holder: Accountant;
  readonly writer: Accountant;
  readonly machineBusy: MachineBusy;
  readonly #hook: Server;
  readonly #startedMs: number;

  private constructor(machine: TestMachine, hook: Server, busy: MachineBusy, ports: readonly [number, number], startedMs: number) {
    this.machine = machine;
    this.#hook = hook;
    this.machineBusy = busy;
    this.culpritPort = ports[0];
    this.api = new PrometheusApi(`http://127.0.0.1:${ports[1]}`);
    this.#startedMs = startedMs;
    this.burner = new Accountant(machine, "known-burner", "burner");
    this.holder = new Accountant(machine, "known-holder", "holder");
    this.writer = new Accountant(machine, "known-writer", "writer", [machine.path("written")]);
  }

  /** Starts both servers, after a while the load, and waits until there is an archive, a spike, a message and enough of a past. */
  static async start(): Promise<ScrapedCulprit> {
    const machine = new TestMachine();
    const hook = createServer((request, response) => {
      request.resume();
      response.end();
    }).listen(0, "127.0.0.1");
    await once(hook, "listening");
    const address = hook.address();
    assert.ok(address !== null && typeof address === "object");
    const [culpritPort, prometheusPort] = [await freePort(), await freePort()];
    await machine.startCulprit(culpritPort, config(address.port));
    machine.write("prometheus.yml", prometheusConfig(culpritPort));
    const where = [`--config.file=${machine.path("prometheus.yml")}`, `--storage.tsdb.path=${machine.path("tsdb")}`];
    machine.start("prometheus", [...where, `--web.listen-address=127.0.0.1:${prometheusPort}`]);
    const startedMs = Date.now();
    const busy = new MachineBusy();
    // a spike needs something to rise from
    await sleep(20);
    const scraped = new ScrapedCulprit(machine, hook, busy, [culpritPort, prometheusPort], startedMs);
    await scraped.#beReady();
    return scraped;
  }

  async #beReady(): Promise<void> {
    await waitFor("the load", async () => [this.burner, this.holder, this.writer].every(({ begun }) => begun));
    const asked = await fetch(`http://127.0.0.1:${this.culpritPort}/archives`, {
      method: "POST",
      headers: { Authorization: `Bearer ${this.machine.adminToken}`, Accept: "application/json" },
      body: new URLSearchParams({ reason: "to be shown" }),
    });
    assert.equal(asked.status, 202);
    await waitFor("an archive, a spike with a culprit and a notification", async () => {
      const archives = await this.api.instant("sum(culprit_archives)", Date.now());
      const shares = await this.api.instant("culprit_spike_culprit_share_ratio", Date.now());
      const told = await this.api.instant("sum(culprit_notifications_total)", Date.now());
      return (archives[0]?.values[0]?.[1] ?? 0) > 0 && shares.length > 0 && told.length > 0;
    });
    // what is asked for by rate needs four of the shipped scrape intervals
    await waitFor("enough of a past", async () => Date.now() - this.#startedMs > 75_000);
  }

  /** A dashboard at this moment, with a point of every graph at its very end. */
  async open(dashboard: DashboardFile, choices: Readonly<Record<string, string>> = {}): Promise<OpenDashboard> {
    const toMs = Date.now();
    const fromMs = toMs - Math.floor((toMs - this.#startedMs) / stepMs) * stepMs;
    // the data source as it is provisioned: $__rate_interval is made for 15 s, whatever this Prometheus does
    const opened = new OpenDashboard(this.api, dashboard, { fromMs, toMs, maxDataPoints: 1200, scrapeSeconds: 15 });
    await opened.open(choices);
    return opened;
  }

  find(uid: string, title: string, refId = "A"): PlacedQuery {
    const dashboard = this.dashboards.find((file) => file.uid === uid);
    const query = dashboard && queriesOf(dashboard).find(({ panel, target }) => panel?.title === title && target?.refId === refId);
    assert.ok(query !== undefined, `${uid} / ${title} / ${refId}`);
    return query;
  }

  /** What a panel shows for the host web1 at the end of the range. */
  async shown(query: PlacedQuery, labels: Readonly<Record<string, string>>): Promise<Shown> {
    const opened = await this.open(query.dashboard, { instance: "web1" });
    const series = (await opened.ask(query)).filter((one) => Object.entries(labels).every(([name, value]) => one.labels[name] === value));
    assert.equal(series.length, 1, `${query.where} shows ${series.length} series of ${JSON.stringify(labels)}`);
    const { fromMs, toMs } = opened.view;
    return { value: valueAt(series[0], toMs) ?? Number.NaN, atMs: toMs, rangeSeconds: (toMs - fromMs) / 1000 };
  }

  async close(): Promise<void> {
    this.#hook.close();
    this.machineBusy.end();
    await this.machine.close();
  }
}

/**
 * What is shown and the truth are within 3 % (or what `tolerance` says). Other work of the machine may begin between two readings, so it
 * is asked up to five times.
 */
export async function agrees(ask: () => Promise<{ readonly value: number; readonly truth: number }>, tolerance = 0.03): Promise<void> {
  const tried: string[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const { value, truth } = await ask();
    if (Math.abs(value - truth) <= tolerance * truth) return;
    tried.push(`${value} instead of ${truth}`);
    await sleep(3);
  }
  assert.fail(tried.join("; "));
}

/** What an account says per second, over the window of what was scraped last. */
export function rateOf(account: { at(ms: number): number }, atMs: number): number {
  const endMs = atMs - (scrapeSeconds * 1000) / 2;
  return (account.at(endMs) - account.at(endMs - windowSeconds * 1000)) / windowSeconds;
}

/** Of a series that has ended before there is none. */
export function valueAt(series: Series | undefined, ms: number): number | undefined {
  return series?.values.find(([seconds]) => Math.abs(seconds * 1000 - ms) < 1)?.[1];
}

/** Lets time go by: what is scraped cannot be wound by hand. */
export function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
