import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { negotiateFormat } from "../../src/metrics/format.ts";
import { renderFamilies } from "../../src/metrics/registry.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { NodeMachine } from "../metrics/node/support.ts";
import { fixturePath } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { eventually, freePort, RunningProgram } from "./programs.ts";

/** One way in which node-mixin uses a metric. */
interface Use {
  readonly metric: string;
  readonly usedBy: readonly string[];
  readonly matchers?: string;
  readonly labels?: readonly string[];
  readonly use?: "rate" | "predict";
  /** Metrics of the same labels, or whole expressions, that it is divided by, compared with or added to. */
  readonly joined?: readonly string[];
  readonly onlyWith?: string;
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

const { uses } = JSON.parse(readFileSync(fixturePath("nodeMixin.json"), "utf8")) as { uses: readonly Use[] };

/** The use as a query, as a rule or a panel would ask. */
function queryOf({ metric, matchers = "", use, joined = [] }: Use): string {
  const selector = `${metric}{job="node"${matchers === "" ? "" : `,${matchers}`}}`;
  const ranges = { rate: `rate(${selector}[30s])`, predict: `predict_linear(${selector}[30s], 86400)` };
  const subject = use === undefined ? selector : ranges[use];
  return [subject, ...joined.map((other) => (other.includes("{") ? other : `${other}{job="node"}`))].join(" + ");
}

describe("the rules and dashboards of node-mixin", function () {
  this.timeout(90_000);
  const newDirectory = tempDirectories();
  let node: NodeMachine;
  let exporter: Server;
  let prometheus: RunningProgram;
  let prometheusUrl = "";
  let folder = "";

  before(function () {
    requireServer(this, "prometheus");
  });

  beforeEach(async () => {
    folder = await newDirectory();
    node = new NodeMachine({ root: { procfs: "/proc", sysfs: "/sys", rootfs: "/" }, clock: systemClock });
    await node.tick();
    exporter = createServer(
      (request, response) => void answer(request.headers.accept).then((given) => response.writeHead(200, given.headers).end(given.body)),
    );
    const port = await freePort();
    await new Promise<void>((resolve) => exporter.listen(port, "127.0.0.1", resolve));
    writeFileSync(
      join(folder, "prometheus.yml"),
      JSON.stringify({
        global: { scrape_interval: "500ms", scrape_timeout: "500ms" },
        scrape_configs: [{ job_name: "node", params: { "collect[]": ["node"] }, static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
      }),
    );
    prometheusUrl = `http://127.0.0.1:${await freePort()}`;
    prometheus = new RunningProgram("prometheus", [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${prometheusUrl.slice("http://".length)}`,
    ]);
    await prometheus.answers(`${prometheusUrl}/-/ready`);
  });

  afterEach(async () => {
    await prometheus?.stop();
    exporter?.closeAllConnections();
    await new Promise((resolve) => (exporter === undefined ? resolve(undefined) : exporter.close(resolve)));
    node?.close();
  });

  async function answer(accept: string | undefined): Promise<{ headers: Record<string, string>; body: string }> {
    await node.tick();
    const { contentType, body } = await renderFamilies(node.families("node"), negotiateFormat(accept));
    return { headers: { "Content-Type": contentType }, body };
  }

  async function ask(query: string): Promise<readonly Series[]> {
    const response = await fetch(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { status, error, data } = (await response.json()) as { status: string; error?: string; data?: { result: readonly Series[] } };
    assert.equal(status, "success", `${query}: ${error}`);
    return data?.result ?? [];
  }

  /** Not every machine has all: some of the kernel is modules, and there are hardware and systemd. */
  async function hasNone(collector: string | undefined): Promise<boolean> {
    return collector !== undefined && (await ask(`node_scrape_collector_success{collector="${collector}"} == 0`)).length > 0;
  }

  it("find every metric of the collectors that are offered, with the labels that they group by", async () => {
    // two scrapes are needed for a rate
    await eventually(
      async () => (await ask('count_over_time(node_time_seconds{job="node"}[1m])'))[0]?.value[1] !== "1" || undefined,
      "two scrapes",
    );
    await eventually(async () => (await ask('rate(node_cpu_seconds_total{job="node"}[30s])')).length > 0, "a rate");
    const problems: string[] = [];
    for (const one of uses) {
      const query = queryOf(one);
      const series = await ask(query);
      if (series.length === 0 && (await hasNone(one.onlyWith))) continue;
      if (series.length === 0) problems.push(`${query} finds nothing`);
      const missing = (one.labels ?? []).filter((label) => series.some(({ metric }) => metric[label] === undefined));
      if (missing.length > 0) problems.push(`${query} lacks ${missing.join()}`);
      if (series.some(({ value }) => !Number.isFinite(Number(value[1])))) problems.push(`${query} is not a number`);
    }
    assert.deepEqual(problems, []);
  });
});

describe("test/fixtures/nodeMixin.json", () => {
  it("names every metric that it uses in queries as one of node_exporter's", () => {
    assert.ok(uses.length > 30);
    for (const { metric, joined = [] } of uses) {
      for (const name of [metric, ...joined]) assert.match(name, /\bnode_[a-zA-Z0-9_]+/);
    }
  });
});
