import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { freePort, type Running, TestMachine, waitFor } from "../../e2e/machine.ts";
import { selfSignedCertificate } from "../../notify/support/certificate.ts";
import { headerOf, type Mail, type MailServer, startMailServer } from "../../notify/support/mailServer.ts";
import { startWebServer, type WebServer } from "../../notify/support/webServer.ts";
import { packageRoot } from "../../support/paths.ts";
import { shippedText, switchedOn } from "./rules.ts";

interface Settings {
  global: Record<string, unknown>;
  route: Record<string, unknown> & { routes: Record<string, unknown>[] };
  receivers: { name: string; slack_configs?: Record<string, unknown>[]; webhook_configs?: Record<string, unknown>[] }[];
}

/** An alert as Prometheus posts it. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

/** An alert as Alertmanager has it. */
export interface HeldAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly state: string; readonly inhibitedBy: readonly string[] };
}

/** The one attachment of a message to Slack. */
export interface SlackAttachment {
  readonly title: string;
  readonly title_link: string;
  readonly fallback: string;
  readonly text: string;
  readonly color: string;
}

/** A real Alertmanager with the shipped settings and templates, without waiting, and the servers that it tells. */
export class RunningAlertmanager {
  readonly mail: MailServer;
  readonly web: WebServer;
  readonly #machine: TestMachine;
  readonly #url: string;
  readonly #running: Running;

  private constructor(parts: { mail: MailServer; web: WebServer; machine: TestMachine; url: string; running: Running }) {
    this.mail = parts.mail;
    this.web = parts.web;
    this.#machine = parts.machine;
    this.#url = parts.url;
    this.#running = parts.running;
  }

  static async start(): Promise<RunningAlertmanager> {
    const machine = new TestMachine();
    const mail = await startMailServer(selfSignedCertificate(), "none");
    const web = await startWebServer();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    // not the folder that it is started in, as with any installation
    const folder = machine.path("etc");
    cpSync(join(packageRoot(), "alertmanager", "templates"), join(folder, "templates"), { recursive: true });
    machine.write("etc/slack.url", `http://127.0.0.1:${web.port}/slack\n`);
    machine.write("etc/culprit.token", "token-of-alertmanager\n");
    machine.write("etc/alertmanager.yml", stringify(settingsFor(mail.port, web.port)).replaceAll("/etc/alertmanager", folder));
    const running = machine.start("prometheus-alertmanager", [
      `--config.file=${join(folder, "alertmanager.yml")}`,
      `--storage.path=${machine.path("alertmanager")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.external-url=http://alerts.example.org",
      "--cluster.listen-address=",
    ]);
    const started = new RunningAlertmanager({ mail, web, machine, url, running });
    await waitFor("Alertmanager", async () => (await fetch(`${url}/-/ready`)).ok, 20).catch(async (error: unknown) => {
      await started.close();
      throw error;
    });
    return started;
  }

  async close(): Promise<void> {
    await this.#machine.close();
    await this.mail.close();
    await this.web.close();
  }

  async post(...alerts: readonly PostedAlert[]): Promise<void> {
    const answer = await fetch(`${this.#url}/api/v2/alerts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(alerts),
    });
    assert.equal(answer.status, 200, await answer.text());
  }

  async alerts(): Promise<readonly HeldAlert[]> {
    return (await (await fetch(`${this.#url}/api/v2/alerts`)).json()) as readonly HeldAlert[];
  }

  /** The first mail with such a subject. */
  async mailNamed(subject: RegExp): Promise<Mail> {
    try {
      return await waitFor(
        `a mail ${subject}`,
        async () => this.mail.mails.find(({ raw }) => subject.test(headerOf(raw, "Subject") ?? "")),
        20,
      );
    } catch (error) {
      const subjects = this.mail.mails.map(({ raw }) => headerOf(raw, "Subject")).join("\n");
      throw new Error(`${error}\n${subjects}\n${this.#running.output().slice(-2000)}`);
    }
  }

  /** The first message to a path of the web server with such a title. */
  posted(path: string, title = /./): Promise<SlackAttachment> {
    return waitFor(
      `a request to ${path}`,
      async () =>
        this.web.received
          .filter((one) => one.path === path)
          .flatMap(({ body }) => (JSON.parse(body) as { attachments: SlackAttachment[] }).attachments)
          .find((one) => title.test(one.title)),
      20,
    );
  }
}

/** The shipped settings with Slack switched on; Teams' text goes to Slack, too, for 0.25 knows no Teams. */
function settingsFor(mailPort: number, webPort: number): Settings {
  const all = parse(switchedOn(shippedText("alertmanager/alertmanager.yml"), "slack_configs")) as Settings;
  all.global.smtp_smarthost = `127.0.0.1:${mailPort}`;
  for (const route of [all.route, ...all.route.routes]) Object.assign(route, { group_wait: "0s", group_interval: "1s" });
  const webhook = all.receivers.find(({ name }) => name === "culprit")?.webhook_configs?.[0];
  if (webhook !== undefined) webhook.url = `http://127.0.0.1:${webPort}/webhook`;
  const people = all.receivers.find(({ name }) => name === "people");
  people?.slack_configs?.push({
    api_url: `http://127.0.0.1:${webPort}/teams`,
    send_resolved: true,
    title: '{{ template "culprit.teams.title" . }}',
    text: '{{ template "culprit.teams.text" . }}',
  });
  return all;
}
