import assert from "node:assert/strict";
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { curlLinesOf } from "../shipped/support/curlLines.ts";
import { askedQuery, queriesOf, selectorsOf } from "../shipped/support/promqlNames.ts";
import { shippedAlerts, shippedRules, shippedText } from "../shipped/support/rules.ts";
import { packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { diskDirectory } from "../workloads/diskDirectory.ts";
import { freePort, TestMachine, waitFor } from "./machine.ts";

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** What this machine need not have. Each has data in a rule test of prometheus/tests. */
const excusedSelectors: Readonly<Record<string, string>> = {
  "instance:culprit_swap_usage:ratio": "needs swap",
  culprit_unit_failed: "needs a systemd with a unit that has failed",
  ...(existsSync("/proc/pressure/io")
    ? {}
    : { 'culprit_pressure_ratio{resource="io",kind="some"}': "needs a kernel with pressure stall information" }),
};
/** Somebody must be blocked in the kernel, a unit have failed, or the kernel have killed somebody for memory. */
const excusedQueries: readonly RegExp[] = [/state="uninterruptible"/, /instance="web1",unit=/, /culprit_oom_kills_total/, /resource="oom"/];

/** Writes and reads past the page cache, so that the disk is used now and not some time. */
const diskScript = `while :; do dd if=/dev/zero of="$0" bs=1M count=16 oflag=direct; dd if="$0" of=/dev/null bs=1M iflag=direct; sleep 0.1; done`;

describe("what rules and runbooks ask of a real Prometheus that scrapes a real Culprit", function () {
  this.timeout(240_000);
  let machine: TestMachine;
  let prometheus = "";
  let culprit = "";

  before(async function () {
    requireServer(this, "prometheus");
    machine = new TestMachine();
    const [culpritPort, prometheusPort, nobody] = [await freePort(), await freePort(), await freePort()];
    culprit = `http://127.0.0.1:${culpritPort}`;
    prometheus = `http://127.0.0.1:${prometheusPort}`;
    cpSync(join(packageRoot(), "prometheus"), machine.directory, { recursive: true });
    const edit = (file: string, change: (text: string) => string) =>
      writeFileSync(machine.path(file), change(readFileSync(machine.path(file), "utf8")));
    edit("prometheus.yml", (text) => text.replaceAll("15s", "1s").replace("127.0.0.1:9093", `127.0.0.1:${nobody}`));
    edit("targets/local.yml", (text) =>
      text.replace("127.0.0.1:10054", `127.0.0.1:${culpritPort}`).replace("instance: localhost", "instance: web1"),
    );
    edit("rules/disks.yml", (text) => text.replace("interval: 1m", "interval: 1s"));
    await machine.startCulprit(
      culpritPort,
      `web: { auth: always }\nsample: { window: 10s }\ncapture: { after: 1s }\nnotify: { webhook: { url: "http://127.0.0.1:${nobody}/" } }\npush: [{ type: remoteWrite, url: "http://127.0.0.1:${nobody}/" }]\n`,
    );
    machine.start("prometheus", [
      `--config.file=${machine.path("prometheus.yml")}`,
      `--storage.tsdb.path=${machine.path("tsdb")}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    ]);
    const headers = { Authorization: `Bearer ${machine.adminToken}` };
    assert.equal((await fetch(`${culprit}/archives`, { method: "POST", headers })).status, 202);
    disk = mkdtempSync(join(diskDirectory().path, "culprit-queries-"));
    machine.start("sh", ["-c", diskScript, join(disk, "file")]);
    // a spike is a rise over what was before it: this long the machine is looked at first
    const burnAtMs = Date.now() + 25_000;
    let fill = 0;
    await waitFor(
      "a spike with a culprit",
      async () => {
        // a disk that fills, so that its pace is known
        if (fill++ % 10 === 0) appendFileSync(machine.path("filler"), Buffer.alloc(8 * 1024 * 1024, fill));
        if (Date.now() > burnAtMs && !burning) {
          burning = true;
          machine.startBurners("query-burner", 2 * availableParallelism());
        }
        return (await ask('culprit_spike_culprit_share_ratio{process=~".*query-burner.*"}')).length > 0;
      },
      150,
    );
    // a counter rises only after it was seen before
    assert.equal((await fetch(`${culprit}/webhook`, { method: "POST", headers, body: '{"alerts":[]}' })).status, 202);
    await waitFor("the webhook's counter", async () => (await ask('culprit_webhook_requests_total{result="accepted"} > 0')).length > 0);
    await waitFor("the archive", async () => (await ask("culprit_archive_created_timestamp_seconds")).length > 0);
  });
  let burning = false;
  let disk: string | undefined;

  after(async () => {
    await machine?.close();
    if (disk !== undefined) rmSync(disk, { recursive: true });
  });

  async function ask(query: string): Promise<readonly Series[]> {
    const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
    const body = (await answer.json()) as { status: string; error?: string; data?: { result: Series[] } };
    assert.equal(body.status, "success", `${query}: ${body.error}`);
    return body.data?.result ?? [];
  }

  it("finds something for every selector of every expression", async () => {
    const selectors = new Set(shippedRules().flatMap(({ expr }) => selectorsOf(expr).map(({ text }) => text)));
    const empty: string[] = [];
    for (const text of selectors) {
      if (excusedSelectors[text] === undefined && (await ask(`last_over_time(${text}[2m])`)).length === 0) empty.push(text);
    }
    assert.ok(selectors.size > 25, `${selectors.size}`);
    assert.deepEqual(empty, []);
  });

  it("finds something for every query of an annotation, for the host of the alert", async () => {
    const [disk] = await ask('topk(1, culprit_pool_usage_ratio{fstype!~"tmpfs|overlay"}) or topk(1, culprit_pool_usage_ratio)');
    const [spike] = await ask('topk(1, culprit_spike_culprit_share_ratio{kind="process"})');
    const labels = { ...disk?.metric, instance: "web1", resource: spike?.metric.resource ?? "" };
    const queries = new Set(
      shippedAlerts().flatMap(({ annotations }) =>
        Object.values(annotations)
          .flatMap(queriesOf)
          .map((query) => askedQuery(query, labels)),
      ),
    );
    const empty: string[] = [];
    for (const query of queries) {
      if (excusedQueries.some((excused) => excused.test(query))) continue;
      // who is on top may change between two scrapes
      const isFound = async () => (await ask(query)).length > 0;
      if (!(await waitFor(query, isFound, 10).catch(() => false))) empty.push(query);
    }
    assert.ok(queries.size >= 20, `${queries.size}`);
    assert.deepEqual(empty, []);
  });

  it("names the burner where it is asked who it was", async () => {
    for (const name of ["HighCpuUsage", "HighLoad", "HostDown"]) {
      const alert = shippedAlerts().find((one) => one.alert === name);
      const [query] = queriesOf(alert?.annotations.description ?? "");
      assert.ok(query !== undefined);
      // the window still holds what was before
      await waitFor(`${name} to name the burner`, async () => {
        const [top] = await ask(askedQuery(query, { instance: "web1" }));
        if (/query-burner/.test(top?.metric.process ?? "")) return true;
        throw new Error(`it names ${top?.metric.process}`);
      });
    }
  });

  it("evaluates every rule without an error", async () => {
    const answer = (await (await fetch(`${prometheus}/api/v1/rules`)).json()) as {
      data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
    };
    const rules = answer.data.groups.flatMap((group) => group.rules);
    assert.equal(rules.length, shippedRules().length);
    assert.deepEqual(
      rules.filter(({ health }) => health !== "ok"),
      [],
    );
  });

  it("says on the alert itself who it was, and where the links lead", async () => {
    const alert = await waitFor(
      "the spike's alert to be pending",
      async () => {
        const answer = (await (await fetch(`${prometheus}/api/v1/alerts`)).json()) as {
          data: { alerts: { labels: Record<string, string>; annotations: Record<string, string> }[] };
        };
        return answer.data.alerts.find(
          ({ labels, annotations }) => labels.alertname === "Spike" && /query-burner/.test(annotations.description ?? ""),
        );
      },
      30,
    );
    assert.equal(alert.labels.instance, "web1");
    assert.match(alert.annotations.description ?? "", /^\d+(\.\d+)? % of the rise comes from \S*query-burner/);
    assert.equal(alert.annotations.dashboard_url, "http://127.0.0.1:3000/d/culprit-culprits?var-instance=web1");
    assert.equal(alert.annotations.runbook_url, "docs/runbooks.md#spike");
  });

  it("answers every line of curl in docs/runbooks.md", async () => {
    const lines = curlLinesOf(shippedText("docs/runbooks.md"), {
      CULPRIT: culprit,
      PROMETHEUS: prometheus,
      AUTH: `Authorization: Bearer ${machine.adminToken}`,
    });
    assert.ok(lines.length > 40, `${lines.length}`);
    for (const { line, method, url, headers } of lines) {
      const answer = await fetch(url, { method, headers });
      const body = await answer.text();
      assert.ok(answer.ok, `${line}: ${answer.status} ${body.slice(0, 300)}`);
      if (url.startsWith(prometheus)) assert.equal(JSON.parse(body).status, "success", line);
    }
  });
});
