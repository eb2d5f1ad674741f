import assert from "node:assert/strict";
import { requireServer } from "../support/servers.ts";
import { freePort, type Running, TestMachine, waitFor } from "./machine.ts";

describe("A Culprit that pushes to a real InfluxDB 1.x", function () {
  this.timeout(120_000);
  let machine: TestMachine;
  let influxPort: number;
  let rpcPort: number;

  async function startInflux(): Promise<Running> {
    const config = machine.write(
      "influxdb.conf",
      `
reporting-disabled = true
bind-address = "127.0.0.1:${rpcPort}"
[meta]
  dir = "${machine.path("influx", "meta")}"
[data]
  dir = "${machine.path("influx", "data")}"
  wal-dir = "${machine.path("influx", "wal")}"
[http]
  bind-address = "127.0.0.1:${influxPort}"
`,
    );
    const running = machine.start("influxd", ["run", "-config", config]);
    await waitFor("InfluxDB", async () => (await fetch(`http://127.0.0.1:${influxPort}/ping`)).status === 204);
    return running;
  }

  async function ask(query: string): Promise<readonly (readonly unknown[])[]> {
    const address = `http://127.0.0.1:${influxPort}/query?${new URLSearchParams({ db: "ops", q: query })}`;
    const { results } = (await (await fetch(address, { method: "POST" })).json()) as {
      readonly results: readonly {
        readonly error?: string;
        readonly series?: readonly { readonly values: readonly (readonly unknown[])[] }[];
      }[];
    };
    assert.equal(results[0]?.error, undefined, results[0]?.error);
    return results[0]?.series?.flatMap(({ values }) => values) ?? [];
  }

  before(async function () {
    requireServer(this, "influxd");
    machine = new TestMachine();
    [influxPort, rpcPort] = [await freePort(), await freePort()];
  });
  after(() => machine?.close());

  it("writes measurements with tags, and loses nothing while the server is down and Culprit is killed", async () => {
    const yaml = `
web: { auth: always }
sample: { window: 5s }
triggers: []
push:
  - { type: influxdb, url: "http://127.0.0.1:${influxPort}", version: 1, database: ops, interval: 1s, labels: { instance: web1 } }
`;
    let influx = await startInflux();
    await ask("CREATE DATABASE ops");
    const port = await freePort();
    const figure = async (name: string) =>
      Number(
        new RegExp(`^${name}\\{sink="influxdb"\\} (.+)$`, "m").exec(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())?.[1],
      );
    const culprit = await machine.startCulprit(port, yaml);
    const cores = `FROM "culprit_cpu_cores" WHERE "instance" = 'web1' AND "job" = 'culprit'`;
    await waitFor("the first points", async () => (await ask(`SELECT "value" ${cores}`)).length >= 2);
    const groups = await ask(`SELECT "value", "process", "kind" FROM "culprit_process_cpu_cores" WHERE "kind" = 'process' LIMIT 5`);
    assert.ok(groups.length > 0 && groups.every(([, value, process]) => typeof value === "number" && typeof process === "string"));

    await machine.stop(influx);
    await waitFor("batches to wait", async () => (await figure("culprit_push_pending_batches")) >= 4);
    const downMs = Date.now();
    await machine.stop(culprit, "SIGKILL");
    await machine.startCulprit(port, yaml);
    influx = await startInflux();
    await waitFor(
      "all that waited",
      async () => (await figure("culprit_push_sent_batches_total")) >= 5 && (await figure("culprit_push_pending_batches")) <= 1,
    );
    assert.equal(await figure("culprit_push_dropped_batches_total"), 0);
    assert.equal(await figure("culprit_push_refused_batches_total"), 0);
    // the points of the seconds in which it was down, one for each second
    const whileDown = await ask(`SELECT "value" ${cores} AND time > ${downMs - 4000}ms AND time <= ${downMs}ms`);
    assert.ok(whileDown.length >= 3 && whileDown.length <= 5, `${whileDown.length} points in 4 s`);
  });
});
