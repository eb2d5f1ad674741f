import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import type { CpuInfo } from "node:os";
import { join } from "node:path";
import { runCommandLine } from "../../src/commands/commandLine.ts";
import { Lifetime } from "../../src/commands/lifetime.ts";
import { busyRatio } from "../../src/commands/messageFigures.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { selfSignedCertificate } from "../notify/support/certificate.ts";
import { headerOf, type MailServer, partOf, startMailServer } from "../notify/support/mailServer.ts";
import { startWebServer, type WebServer } from "../notify/support/webServer.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

const password = "hunter2secret";
const secretPath = "/services/T0SECRET/xoxSecretPart";

describe("culprit notify-test", function () {
  this.timeout(60_000);
  const tempDirectory = tempDirectories();
  const certificate = selfSignedCertificate();
  let web: WebServer;
  let mail: MailServer;
  let directory: string;

  beforeEach(async () => {
    [web, mail, directory] = await Promise.all([startWebServer(), startMailServer(certificate), tempDirectory()]);
    mail.password = password;
    await writeFile(join(directory, "password"), password);
    await writeFile(join(directory, "ca.pem"), certificate.cert);
  });
  afterEach(() => Promise.all([web.close(), mail.close()]));

  async function culprit(
    config: string,
    ...argv: string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    const file = join(directory, "culprit.yml");
    await writeFile(file, config);
    let out = "";
    let err = "";
    const lifetime = new Lifetime({ clock: systemClock, exit: () => assert.fail("nothing crashes"), complain: assert.fail });
    const code = await runCommandLine({
      argv: ["notify-test", `--config.file=${file}`, ...argv],
      out: { write: (text) => (out += text) },
      err: { write: (text) => (err += text) },
      lifetime,
      clock: systemClock,
    });
    return { code, out, err };
  }

  const both = () => `identity: { names: [web1] }
web: { externalUrl: https://culprit.example.org }
notify:
  email: { host: 127.0.0.1, port: ${mail.port}, from: c@example.org, to: ops@example.org, user: c, passwordFile: password, caFile: ca.pem }
  slack: { url: "http://127.0.0.1:${web.port}${secretPath}" }
`;

  it("sends a real message through every channel and says what the servers answered", async () => {
    const { code, out, err } = await culprit(both());
    assert.equal(err, "");
    assert.equal(code, 0);
    assert.deepEqual(out.split("\n").sort(), [
      "",
      `email: ok, 127.0.0.1:${mail.port} answered 250 queued as 4711`,
      `slack: ok, http://127.0.0.1:${web.port} answered 200: ok`,
    ]);
    const raw = mail.mails[0]?.raw ?? "";
    assert.equal(headerOf(raw, "Subject"), "Test: Culprit can reach you, web1");
    const text = partOf(raw, "text/plain");
    assert.match(text, /^Server: web1\r?$/m);
    for (const label of ["CPU Usage", "Memory Usage", "Disk Usage"]) assert.match(text, new RegExp(`^${label}: \\d+%\r?$`, "m"));
    assert.match(text, /https:\/\/culprit\.example\.org\/\?at=\d+/);
    assert.equal(web.received[0]?.path, secretPath);
  });

  it("sends through the one that is named only", async () => {
    assert.equal((await culprit(both(), "slack")).code, 0);
    assert.equal(web.received.length, 1);
    assert.equal(mail.mails.length, 0);
  });

  it("knows the targets of the webhook by name, and all of them as webhook", async () => {
    const address = `"http://127.0.0.1:${web.port}${secretPath}"`;
    const config = `notify: { webhook: [{ name: ntfy, url: ${address}, body: "{{text}}" }, { name: other, url: ${address} }] }\n`;
    assert.match((await culprit(config, "webhook:ntfy")).out, /^webhook:ntfy: ok, http:\S+ answered 200: ok\n$/);
    assert.match(web.received[0]?.body ?? "", /^Test: /);
    assert.deepEqual((await culprit(config, "webhook")).out.match(/^webhook:\w+: ok/gm)?.sort(), ["webhook:ntfy: ok", "webhook:other: ok"]);
    const unknown = await culprit(config, "webhook:ntfi");
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /unknown channel webhook:ntfi; did you mean webhook:ntfy\?/);
  });

  it("exits with 1 when a channel failed, names the reason without secrets, and tries the others", async () => {
    mail.password = "another";
    const { code, out, err } = await culprit(both());
    assert.equal(code, 1);
    assert.match(out, /^slack: ok/);
    assert.match(err, /^email: failed, 127\.0\.0\.1:\d+ answered 535 bad credentials\n$/);
    web.answer = ({ path }, response) => {
      response.statusCode = 404;
      response.end(`no_service at ${path}`);
    };
    mail.password = password;
    const second = await culprit(both());
    assert.equal(second.code, 1);
    assert.equal(second.err, `slack: failed, http://127.0.0.1:${web.port} answered 404: no_service at ***\n`);
  });

  for (const [title, config, argv, expected] of [
    [
      "where no channel is configured",
      "log: { level: info }",
      [],
      /^culprit: no channel is configured; expected at least one of notify\.email, notify\.slack, /,
    ],
    [
      "for a channel that is none",
      "notify: { slack: { url: http://h } }",
      ["slak"],
      /^culprit: unknown channel slak; did you mean slack\?\n$/,
    ],
    [
      "for one that is not configured",
      "notify: { slack: { url: http://h } }",
      ["teams"],
      /^culprit: the channel teams is not configured; expected notify\.teams in .*, which has slack\n$/,
    ],
    ["where the configuration is wrong", "notify: { slack: {} }", [], /notify\.slack: expected either url or urlFile/],
    [
      "where a secret's file is missing",
      "notify: { slack: { urlFile: nowhere } }",
      [],
      /notify\.slack\.urlFile: expected the path of a file that can be read/,
    ],
  ] as const) {
    it(`refuses with exit code 2 ${title}`, async () => {
      const { code, out, err } = await culprit(config, ...argv);
      assert.equal(code, 2);
      assert.equal(out, "");
      assert.match(err, expected);
    });
  }
});

describe("The CPU usage of a test message", () => {
  const cpu = (idle: number, user: number): CpuInfo => ({ model: "", speed: 0, times: { idle, user, nice: 0, sys: 0, irq: 0 } });

  it("is the busy part of the time between two readings, over all CPUs", () => {
    assert.equal(busyRatio([cpu(100, 100), cpu(0, 0)], [cpu(150, 150), cpu(100, 0)]), 0.25);
  });

  it("is unknown when no time has passed", () => {
    assert.equal(busyRatio([cpu(1, 1)], [cpu(1, 1)]), undefined);
    assert.equal(busyRatio([], []), undefined);
  });
});
