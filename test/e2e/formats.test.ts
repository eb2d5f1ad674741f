import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { requireServer } from "../support/servers.ts";
import { freePort, TestMachine, waitFor } from "./machine.ts";

/** A way to Culprit on which nobody asks for OpenMetrics. */
function startTextOnlyProxy(port: number) {
  const server = createServer((incoming, outgoing) => {
    const { accept: _, ...headers } = incoming.headers;
    const upstream = request({ host: "127.0.0.1", port, path: incoming.url, method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on("error", () => outgoing.destroy());
    upstream.end();
  });
  return new Promise<{ port: number; close(): void }>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve({ port: (server.address() as AddressInfo).port, close: () => void server.close().closeAllConnections() });
    });
  });
}

describe("a scrape over HTTP", () => {
  let machine: TestMachine;
  beforeEach(() => {
    machine = new TestMachine();
  });
  afterEach(() => machine.close());

  it("gives a real Prometheus the same series in OpenMetrics and in text, Culprit's and node_exporter's", async function () {
    requireServer(this, "prometheus");
    this.timeout(90_000);
    const [port, prometheusPort] = [await freePort(), await freePort()];
    await machine.startCulprit(port, "");
    const proxy = await startTextOnlyProxy(port);
    try {
      const job = (name: string, target: number, collect: string) =>
        `  - job_name: ${name}\n    honor_labels: true\n${collect}    static_configs: [{ targets: ["127.0.0.1:${target}"], labels: { instance: x } }]\n`;
      const node = '    params: { "collect[]": [node] }\n';
      const jobs = [
        job("own_open", port, ""),
        job("own_text", proxy.port, ""),
        job("node_open", port, node),
        job("node_text", proxy.port, node),
      ];
      machine.write("prometheus.yml", `global: { scrape_interval: 1s }\nscrape_configs:\n${jobs.join("")}`);
      const prometheus = [`--config.file=${machine.path("prometheus.yml")}`, `--storage.tsdb.path=${machine.path("tsdb")}`];
      machine.start("prometheus", [...prometheus, `--web.listen-address=127.0.0.1:${prometheusPort}`]);
      const base = `http://127.0.0.1:${prometheusPort}/api/v1`;
      await waitFor("four scrapes of every job", async () => {
        const answer = (await (
          await fetch(`${base}/query?query=${encodeURIComponent("min(sum_over_time(up[1m])) >= 4 and count(up) == 4")}`)
        ).json()) as {
          data: { result: unknown[] };
        };
        return answer.data.result.length > 0;
      });
      const namesAndLabels = async (name: string) => {
        const answer = (await (await fetch(`${base}/series?match[]=${encodeURIComponent(`{job="${name}"}`)}`)).json()) as {
          data: Record<string, string>[];
        };
        return answer.data.map(({ job: _, ...labels }) => JSON.stringify(Object.entries(labels).sort())).sort();
      };
      for (const kind of ["own", "node"]) {
        const [open, text] = [await namesAndLabels(`${kind}_open`), await namesAndLabels(`${kind}_text`)];
        assert.ok(open.length > 50);
        // who is a member may change between two scrapes of different jobs
        const stable = (series: string[]) => series.filter((one) => !/"culprit_process_/.test(one));
        assert.deepEqual(stable(open), stable(text));
      }
    } finally {
      proxy.close();
    }
  });

  it("says which collectors there are to whoever asks for another", async function () {
    this.timeout(60_000);
    const port = await freePort();
    await machine.startCulprit(port, "", ["--no-collector.netdev", "--no-collector.pressure"]);
    const ask = async (query: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}/metrics${query}`);
      return { status: answer.status, text: await answer.text() };
    };
    const unknown = await ask("?collect[]=nonsense");
    assert.equal(unknown.status, 400);
    assert.match(JSON.parse(unknown.text).error, /no collector "nonsense": expected one of node, .*vmstat/);
    assert.equal((await ask("?collect[]=netdev")).status, 400, "what is switched off is not offered");
    const both = await ask("?collect[]=loadavg&collect[]=meminfo");
    assert.match(both.text, /^node_load1 /m);
    assert.match(both.text, /^node_memory_MemTotal_bytes /m);
    assert.doesNotMatch(both.text, /^node_cpu_seconds_total/m);
    const own = await ask("");
    assert.doesNotMatch(own.text, /^culprit_(network|pressure)/m);
    assert.match(own.text, /^culprit_load1 /m);
  });
});
