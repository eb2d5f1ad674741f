import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { shippedAlerts, shippedText, switchedOn } from "./support/rules.ts";

const shipped = "alertmanager/alertmanager.yml";

function amtool(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly output: string } {
  const { status, stdout, stderr } = spawnSync("amtool", args, { cwd: packageRoot(), encoding: "utf8" });
  return { status, stdout, output: stdout + stderr };
}

/** The receivers that an alert reaches, in their order. */
function receiversOf(labels: Readonly<Record<string, string>>): string {
  const { status, stdout, output } = amtool(
    "config",
    "routes",
    "test",
    `--config.file=${shipped}`,
    ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
  );
  assert.equal(status, 0, output);
  return stdout.trim();
}

function seconds(duration: string): number {
  const [, count, unit = ""] = /^(\d+)([smh])$/.exec(duration) ?? [];
  return Number(count) * ({ s: 1, m: 60, h: 3600 }[unit] ?? Number.NaN);
}

/** Every setting that names a file, however deep it stands. */
function filesOf(settings: unknown): readonly (readonly [key: string, value: unknown])[] {
  if (typeof settings !== "object" || settings === null) return [];
  return Object.entries(settings).flatMap(([key, value]) => (key.endsWith("_file") ? [[key, value] as const] : filesOf(value)));
}

describe("what is shipped for Alertmanager", function () {
  this.timeout(60_000);
  const newDirectory = tempDirectories();

  async function check(text: string) {
    const folder = await newDirectory();
    cpSync(join(packageRoot(), "alertmanager"), folder, { recursive: true });
    writeFileSync(join(folder, "alertmanager.yml"), text);
    return amtool("check-config", join(folder, "alertmanager.yml"));
  }

  it("passes amtool's check", function () {
    requireServer(this, "amtool");
    const { status, output } = amtool("check-config", shipped);
    assert.equal(status, 0, output);
    assert.match(output, /1 templates/);
  });

  it("passes it with Slack and a log-in for mail switched on", async function () {
    requireServer(this, "amtool");
    let text = shippedText(shipped);
    for (const setting of ["slack_configs", "smtp_auth_username", "smtp_auth_password_file"]) text = switchedOn(text, setting);
    const { status, output } = await check(text);
    assert.equal(status, 0, output);
    const { receivers } = parse(text) as { receivers: { name: string; slack_configs?: unknown[] }[] };
    assert.equal(receivers.find(({ name }) => name === "people")?.slack_configs?.length, 1);
  });

  it("keeps behind # what Debian's 0.25 would not start with, and says so there", async function () {
    requireServer(this, "amtool");
    const text = shippedText(shipped);
    const teams = switchedOn(text, "msteamsv2_configs");
    assert.match((await check(teams)).output, /field msteamsv2_configs not found/);
    assert.match(text, /0\.28 or newer, older versions do not start/);
    const { receivers } = parse(teams) as { receivers: { name: string; msteamsv2_configs?: Record<string, unknown>[] }[] };
    const [config] = receivers.find(({ name }) => name === "people")?.msteamsv2_configs ?? [];
    assert.deepEqual(Object.keys(config ?? {}).sort(), ["send_resolved", "text", "title", "webhook_url_file"]);

    const fixed = "        url: http://127.0.0.1:10054/webhook\n";
    const templated = switchedOn(text, "url: http").replace(fixed, "");
    assert.ok(text.includes(fixed));
    const { receivers: others } = parse(templated) as { receivers: { name: string; webhook_configs?: { url: string }[] }[] };
    assert.equal(others[0]?.webhook_configs?.[0]?.url, "http://{{ .GroupLabels.instance }}:10054/webhook");
    assert.match((await check(templated)).output, /unsupported scheme|parse|invalid|host/i);
    const prose = text.replaceAll(/\n\s*# /g, " ");
    assert.match(prose, /0\.31 or newer [^.]*; older versions do not start with it\. Mind that .* decides where the token is sent/);
  });

  it("has the capture route that Culprit needs", () => {
    const { route } = parse(shippedText(shipped)) as { route: { routes: Record<string, unknown>[] } };
    assert.deepEqual(route.routes[0], {
      receiver: "culprit",
      matchers: ['capture="true"'],
      group_by: ["..."],
      group_wait: "0s",
      group_interval: "1m",
      repeat_interval: "24h",
      continue: true,
    });
  });

  it("waits with a warning until the critical alert that hides it is there, unless that comes minutes later", () => {
    const { route } = parse(shippedText(shipped)) as { route: { group_wait: string; routes: { receiver: string; group_wait?: string }[] } };
    const forPeople = route.routes.at(-1);
    assert.equal(forPeople?.receiver, "people");
    const waited = seconds(forPeople.group_wait ?? route.group_wait);
    const { global } = parse(shippedText("prometheus/prometheus.yml")) as { global: { evaluation_interval: string } };
    let seen = 0;
    for (const critical of shippedAlerts().filter(({ labels }) => labels.severity === "critical")) {
      for (const warning of shippedAlerts()) {
        const isHidden = warning.labels.severity === "warning" && warning.labels.resource === critical.labels.resource;
        const begins = seconds(critical.for ?? "0s") - seconds(warning.for ?? "0s");
        // so much later somebody should have been warned
        if (!isHidden || begins > 180) continue;
        seen += 1;
        assert.ok(begins + 2 * seconds(global.evaluation_interval) <= waited, `${critical.alert} hides ${warning.alert} too late`);
      }
    }
    assert.ok(seen >= 5, `${seen} pairs`);
  });

  it("keeps the token of the webhook in a file", () => {
    const { receivers } = parse(shippedText(shipped)) as { receivers: { name: string; webhook_configs?: { http_config: unknown }[] }[] };
    const [webhook] = receivers.find(({ name }) => name === "culprit")?.webhook_configs ?? [];
    assert.deepEqual(webhook?.http_config, { authorization: { type: "Bearer", credentials_file: "culprit.token" } });
  });

  it("names files from the root where Alertmanager would look for them in the folder that it was started in", () => {
    const text = ["slack_configs", "msteamsv2_configs", "smtp_auth_username", "smtp_auth_password_file"].reduce(
      switchedOn,
      shippedText(shipped),
    );
    const named = Object.fromEntries(filesOf(parse(text)));
    assert.deepEqual(named, {
      credentials_file: "culprit.token",
      smtp_auth_password_file: "/etc/alertmanager/smtp.password",
      api_url_file: "/etc/alertmanager/slack.url",
      webhook_url_file: "/etc/alertmanager/teams.url",
    });
  });

  it("uses only templates that it has", () => {
    const defined = new Set(
      ["culprit", "mail", "slack", "teams"].flatMap((name) =>
        [...shippedText(`alertmanager/templates/${name}.tmpl`).matchAll(/\{\{-? define "([^"]+)"/g)].map(([, one]) => one),
      ),
    );
    const used = [...shippedText(shipped).matchAll(/template "([^"]+)"/g)].map(([, one]) => one);
    assert.ok(used.length >= 9);
    assert.deepEqual(
      used.filter((name) => !defined.has(name)),
      [],
    );
  });

  it("leads to the host of the alert where each host has its own address", async function () {
    requireServer(this, "amtool");
    const folder = await newDirectory();
    cpSync(join(packageRoot(), "alertmanager", "templates"), folder, { recursive: true });
    const text = shippedText("alertmanager/templates/culprit.tmpl");
    const [suggested = ""] = /http:\/\/\{\{ \.Labels\.instance \}\}:10054/.exec(text) ?? [];
    const changed = text.replace('{{ define "culprit.url" }}http://127.0.0.1:10054', `{{ define "culprit.url" }}${suggested}`);
    assert.notEqual(changed, text);
    writeFileSync(join(folder, "culprit.tmpl"), changed);
    const alert = {
      status: "firing",
      fingerprint: "cafe",
      startsAt: "2026-11-21T10:00:00Z",
      labels: { alertname: "A", instance: "web1", capture: "true" },
    };
    writeFileSync(
      join(folder, "data.json"),
      JSON.stringify({ status: "firing", externalURL: "http://a", alerts: [{ ...alert, annotations: {} }] }),
    );
    const { status, stdout, output } = amtool(
      ...["template", "render", `--template.glob=${join(folder, "*.tmpl")}`, `--template.data=${join(folder, "data.json")}`],
      '--template.text={{ template "culprit.mail.text" . }}',
    );
    assert.equal(status, 0, output);
    assert.match(stdout, /^The archive: http:\/\/web1:10054\/archives\/alert\/cafe$/m);
    assert.match(stdout, /^The page at that moment: http:\/\/web1:10054\/\?at=1795255200000$/m);
  });

  for (const { alert, labels } of shippedAlerts()) {
    const people = labels.severity === "info" ? "nobody" : "people";
    const expected = labels.capture === "true" ? `culprit,${people}` : people;
    it(`brings ${alert} (${labels.severity}) to ${expected}`, function () {
      requireServer(this, "amtool");
      assert.equal(receiversOf({ ...labels, alertname: alert, instance: "web1", job: "culprit" }), expected);
    });
  }

  it("tells people of alerts that are not Culprit's, and captures those that ask for it", function () {
    requireServer(this, "amtool");
    assert.equal(receiversOf({ alertname: "MysqlDown", severity: "warning" }), "people");
    assert.equal(receiversOf({ alertname: "MysqlDown", severity: "page" }), "people");
    assert.equal(receiversOf({ alertname: "MysqlDown" }), "people");
    assert.equal(receiversOf({ alertname: "MysqlSlow", capture: "true" }), "culprit,people");
  });
});
