import assert from "node:assert/strict";
import { waitFor } from "../e2e/machine.ts";
import { headerOf } from "../notify/support/mailServer.ts";
import { requireServer } from "../support/servers.ts";
import { mailPart } from "./support/mailPart.ts";
import { type PostedAlert, RunningAlertmanager } from "./support/runningAlertmanager.ts";

const startsAt = "2026-11-21T10:00:00Z";
const figures = { cpu_usage: "92%", memory_usage: "78%", disk_usage: "65%", fullest_disk: "/srv", load: "7.81, 4.20, 2.10 on 4 cores" };
const cpuAlert = (over: Partial<PostedAlert> = {}, instance = "web1"): PostedAlert => ({
  labels: { alertname: "HighCpuUsage", instance, job: "culprit", severity: "warning", resource: "cpu", capture: "true" },
  annotations: {
    title: "High CPU Usage Detected",
    summary: `CPU usage of ${instance} is 92.5%`,
    description: "The top process is <b>evil</b> & [link](http://evil) (batch.service): 3.10 cores.",
    runbook_url: "https://git.example.org/runbooks.md#highcpuusage",
    dashboard_url: `http://127.0.0.1:3000/d/culprit-host?var-instance=${instance}`,
    ...figures,
  },
  startsAt,
  ...over,
});

describe("messages of a real Alertmanager with the shipped templates", function () {
  this.timeout(60_000);
  let running: RunningAlertmanager;

  before(function () {
    requireServer(this, "prometheus-alertmanager");
  });

  beforeEach(async () => {
    running = await RunningAlertmanager.start();
  });

  afterEach(() => running.close());

  it("read as Culprit's own do, name the culprit, and link to the archive by the alert's fingerprint", async () => {
    await running.post(cpuAlert());
    const { raw } = await running.mailNamed(/./);
    const [{ fingerprint = "" } = {}] = await running.alerts();
    assert.match(fingerprint, /^[0-9a-f]{16}$/);
    const silence = "http://alerts.example.org/#/silences/new?filter=%7Balertname%3D%22HighCpuUsage%22%2Cinstance%3D%22web1%22%7D";

    assert.equal(headerOf(raw, "Subject"), "Alert: High CPU Usage Detected: web1");
    assert.equal(
      mailPart(raw, "text/plain").trimEnd(),
      `Alert: High CPU Usage Detected
Server: web1
Severity: warning
CPU Usage: 92%
Memory Usage: 78%
Disk Usage: 65%
Fullest Disk: /srv
Load: 7.81, 4.20, 2.10 on 4 cores
Since: 2026-11-21 10:00:00 UTC

CPU usage of web1 is 92.5%
The top process is <b>evil</b> & [link](http://evil) (batch.service): 3.10 cores.

The archive: http://127.0.0.1:10054/archives/alert/${fingerprint}
The page at that moment: http://127.0.0.1:10054/?at=1795255200000
The dashboard: http://127.0.0.1:3000/d/culprit-host?var-instance=web1
What to do: https://git.example.org/runbooks.md#highcpuusage
To silence it: ${silence}`,
    );
    const html = mailPart(raw, "text/html");
    assert.match(html, /The top process is &lt;b&gt;evil&lt;\/b&gt; &amp; \[link\]/);
    assert.ok(html.includes(`<a href="http://127.0.0.1:10054/archives/alert/${fingerprint}"`), html);
    assert.match(html, />CPU Usage:<\/td><td[^>]*>92%<\/td>/);
    assert.match(html, /href="http:\/\/127\.0\.0\.1:10054\/\?at=1795255200000"/);
    assert.match(html, /silences\/new\?filter=%7Balertname%3D%22HighCpuUsage%22/);

    const slack = await running.posted("/slack");
    assert.deepEqual(
      [slack.title, slack.fallback, slack.color, slack.title_link],
      [
        "Alert: High CPU Usage Detected",
        "Alert: High CPU Usage Detected: web1",
        "warning",
        `http://127.0.0.1:10054/archives/alert/${fingerprint}`,
      ],
    );
    assert.equal(
      slack.text,
      `*Server:* web1
*Severity:* warning
*CPU Usage:* 92%
*Memory Usage:* 78%
*Disk Usage:* 65%
*Fullest Disk:* /srv
*Load:* 7.81, 4.20, 2.10 on 4 cores
*Since:* 2026-11-21 10:00:00 UTC
CPU usage of web1 is 92.5%
The top process is &lt;b&gt;evil&lt;/b&gt; &amp; [link](http://evil) (batch.service): 3.10 cores.
<http://127.0.0.1:10054/archives/alert/${fingerprint}|The archive> · <http://127.0.0.1:10054/?at=1795255200000|The page at that moment> · <http://127.0.0.1:3000/d/culprit-host?var-instance=web1|The dashboard> · <https://git.example.org/runbooks.md#highcpuusage|What to do> · <${silence}|Silence it>`,
    );

    const teams = await running.posted("/teams");
    assert.equal(teams.title, "Alert: High CPU Usage Detected");
    assert.equal(
      teams.text,
      `**Server:** web1

**Severity:** warning

**CPU Usage:** 92%

**Memory Usage:** 78%

**Disk Usage:** 65%

**Fullest Disk:** /srv

**Load:** 7.81, 4.20, 2.10 on 4 cores

**Since:** 2026-11-21 10:00:00 UTC

CPU usage of web1 is 92.5%

The top process is <b>evil</b> & (link)(http://evil) (batch.service): 3.10 cores.

[The archive](http://127.0.0.1:10054/archives/alert/${fingerprint}) · [The page at that moment](http://127.0.0.1:10054/?at=1795255200000) · [The dashboard](http://127.0.0.1:3000/d/culprit-host?var-instance=web1) · [What to do](https://git.example.org/runbooks.md#highcpuusage) · [Silence it](${silence})`,
    );
  });

  it("go to Culprit's webhook with its token, and carry the fingerprint that the link has", async () => {
    await running.post(cpuAlert(), cpuAlert({}, "web2"));
    const requests = await waitFor(
      "two webhook requests",
      async () => {
        const found = running.web.received.filter(({ path }) => path === "/webhook");
        return found.length >= 2 && found;
      },
      20,
    );
    assert.deepEqual([...new Set(requests.map(({ headers }) => headers.authorization))], ["Bearer token-of-alertmanager"]);
    const sent = requests.flatMap(
      ({ body }) => (JSON.parse(body) as { alerts: { fingerprint: string; labels: Record<string, string> }[] }).alerts,
    );
    // one alert a request: a second host must not wait for the first
    assert.equal(sent.length, requests.length);
    const known = new Map((await running.alerts()).map(({ fingerprint, labels }) => [labels.instance, fingerprint]));
    assert.deepEqual(new Map(sent.map(({ fingerprint, labels }) => [labels.instance, fingerprint])), known);
  });

  it("say what is over, and since when it was", async () => {
    await running.post(cpuAlert());
    await running.mailNamed(/^Alert/);
    await running.post(cpuAlert({ endsAt: "2026-11-21T10:04:12Z" }));
    const { raw } = await running.mailNamed(/^Resolved/);
    assert.equal(headerOf(raw, "Subject"), "Resolved: High CPU Usage: web1");
    assert.match(
      mailPart(raw, "text/plain"),
      /^Resolved: High CPU Usage\nServer: web1\n[\s\S]*\nBegan: 2026-11-21 10:00:00 UTC\nEnded: 2026-11-21 10:04:12 UTC\n/,
    );
    assert.match(mailPart(raw, "text/html"), /#15803d/);
    const slack = await running.posted("/slack", /^Resolved/);
    assert.deepEqual([slack.title, slack.fallback, slack.color], ["Resolved: High CPU Usage", "Resolved: High CPU Usage: web1", "good"]);
    assert.match(slack.text, /\*Ended:\* 2026-11-21 10:04:12 UTC\n/);
    assert.match((await running.posted("/teams", /^Resolved/)).text, /\*\*Ended:\*\* 2026-11-21 10:04:12 UTC\n/);
  });

  it("name and link in Slack the host that fires, and not one of the same group that is over", async () => {
    await running.post(cpuAlert(), cpuAlert({}, "web2"));
    await running.posted("/slack", /^Alert: High CPU Usage Detected \(\+1 more\)$/);
    await running.post(cpuAlert({ endsAt: "2026-11-21T10:04:12Z" }), cpuAlert({}, "web2"));
    const { fallback, title_link: link } = await running.posted("/slack", /^Alert: High CPU Usage Detected$/);
    assert.equal(fallback, "Alert: High CPU Usage Detected: web2");
    const own = running.web.received
      .flatMap(({ path, body }) =>
        path === "/webhook" ? (JSON.parse(body) as { alerts: { fingerprint: string; labels: Record<string, string> }[] }).alerts : [],
      )
      .find(({ labels }) => labels.instance === "web2");
    assert.equal(link, `http://127.0.0.1:10054/archives/alert/${own?.fingerprint}`);
  });

  it("tell of a whole fleet in one, the first in full and the others in a line each", async () => {
    await running.post(...Array.from({ length: 60 }, (_, index) => cpuAlert({}, `web${String(index + 10)}`)));
    const { raw } = await running.mailNamed(/^Alert: High CPU Usage Detected \(\+59 more\): web10$/);
    const text = mailPart(raw, "text/plain");
    assert.equal(text.match(/^Server: /gm)?.length, 5);
    assert.equal(
      text.match(/^ {2}High CPU Usage Detected \(web\d+, since 2026-11-21 10:00:00 UTC; CPU usage of web\d+ is 92\.5%\)/gm)?.length,
      45,
    );
    assert.match(text, /^ {2}and 10 more/m);
    assert.match(mailPart(raw, "text/html"), /and 10 more/);
    const slack = await running.posted("/slack", /\+59/);
    assert.equal(slack.text.match(/^• /gm)?.length, 25);
    assert.match(slack.text, /\nand 30 more$/);
    assert.match((await running.posted("/teams", /\+59/)).text, /\n- CPU usage of web15 is 92\.5%\n[\s\S]*\nand 30 more$/);
  });

  it("tell of alerts that are not Culprit's and know none of its annotations", async () => {
    await running.post({ labels: { alertname: "MysqlDown" }, annotations: { description: "no <answer>" }, startsAt });
    const { raw } = await running.mailNamed(/MysqlDown/);
    assert.equal(headerOf(raw, "Subject"), "Alert: MysqlDown: unknown");
    const text = mailPart(raw, "text/plain");
    assert.match(text, /^Alert: MysqlDown\nServer: unknown\nSince: 2026-11-21 10:00:00 UTC\n\nno <answer>\n\nThe page at that moment: /);
    assert.doesNotMatch(text, /archive/, "no archive is made of it");
    assert.match((await running.posted("/slack")).text, /no &lt;answer&gt;\n<http:\/\/127\.0\.0\.1:10054\/\?at=/);
  });

  it("make no link in Teams' title of what an alert calls itself, when it fires and when it is over", async () => {
    const annotations = { title: "[Log in](http://evil) Detected" };
    await running.post({ labels: { alertname: "Evil" }, annotations, startsAt });
    assert.equal((await running.posted("/teams", /^Alert: .*evil/)).title, "Alert: (Log in)(http://evil) Detected");
    await running.post({ labels: { alertname: "Evil" }, annotations, startsAt, endsAt: "2026-11-21T10:04:12Z" });
    assert.equal((await running.posted("/teams", /^Resolved: .*evil/)).title, "Resolved: (Log in)(http://evil)");
  });

  it("do not come of a spike alone, of which only Culprit is told", async () => {
    await running.post(
      { labels: { alertname: "Spike", severity: "info", resource: "cpu", instance: "web1", capture: "true" }, startsAt },
      cpuAlert({}, "web9"),
    );
    await running.mailNamed(/web9/);
    await waitFor("both at the webhook", async () => running.web.received.filter(({ path }) => path === "/webhook").length >= 2, 20);
    assert.deepEqual(
      running.mail.mails.filter(({ raw }) => raw.includes("Spike")),
      [],
    );
  });

  it("are kept back by a critical of the same resource and host, and by a host that is down", async () => {
    const alert = (alertname: string, severity: string, instance: string, more: Record<string, string> = {}): PostedAlert => ({
      labels: { alertname, severity, instance, ...more },
    });
    await running.post(
      alert("HighDiskUsage", "critical", "web1", { resource: "disk", mountpoint: "/" }),
      alert("HighDiskUsage", "warning", "web1", { resource: "disk", mountpoint: "/" }),
      alert("DiskFullWithin24h", "warning", "web1", { resource: "disk", mountpoint: "/" }),
      alert("HighDiskUsage", "warning", "web1", { resource: "disk", mountpoint: "/srv" }),
      alert("HighLoad", "warning", "web1", { resource: "load" }),
      alert("HighDiskUsage", "warning", "web2", { resource: "disk", mountpoint: "/" }),
      alert("HostDown", "critical", "web3", { resource: "host" }),
      alert("CulpritDown", "warning", "web3", { resource: "host" }),
      alert("MysqlDown", "critical", "web3"),
      { labels: { alertname: "Foreign", severity: "critical" } },
      { labels: { alertname: "Stranger", severity: "warning" } },
    );
    const silent = await waitFor(
      "the alerts to be judged",
      async () => {
        const now = await running.alerts();
        const suppressed = now.filter(({ status }) => status.inhibitedBy.length > 0);
        return now.length === 11 && suppressed.length >= 4 && suppressed;
      },
      20,
    );
    assert.deepEqual(
      silent.map(({ labels }) => `${labels.alertname} ${labels.severity} ${labels.instance} ${labels.mountpoint ?? ""}`.trim()).sort(),
      ["CulpritDown warning web3", "DiskFullWithin24h warning web1 /", "HighDiskUsage warning web1 /", "MysqlDown critical web3"],
    );
  });
});
