import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EmailSettings } from "../../src/model/channels.ts";
import type { NotificationMessage } from "../../src/model/notification.ts";
import { createEmailNotifier, helloName } from "../../src/notify/email.ts";
import { DeliveryError } from "../../src/notify/notifier.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { type SelfSigned, selfSignedCertificate } from "./support/certificate.ts";
import { headerOf, type Mail, type MailServer, partOf, startMailServer } from "./support/mailServer.ts";
import { describeNotifier, type Mood, surroundings } from "./support/notifierContract.ts";
import { crowd, messageOf, resolved, sampleNotification } from "./support/samples.ts";

const password = "correct horse & battery";
const base64 = (text: string) => Buffer.from(text).toString("base64");
const addresses = { from: "culprit@example.org", to: ["ops@example.org", "Boss <boss@example.org>"] };
const complaints: Readonly<Record<"busy" | "troubled" | "refuses", readonly [number, string]>> = {
  busy: [450, "greylisted, come back later"],
  troubled: [421, "shutting down"],
  refuses: [554, "no thanks"],
};

function checkMail({ raw, from, to }: Mail, message: NotificationMessage): void {
  assert.equal(from, "culprit@example.org");
  assert.deepEqual(to, ["ops@example.org", "boss@example.org"]);
  assert.equal(headerOf(raw, "Message-ID"), `<${message.id}@example.org>`);
  assert.equal(headerOf(raw, "Auto-Submitted"), "auto-generated");
  assert.equal(headerOf(raw, "X-Culprit-Status"), message.status);
  assert.equal(headerOf(raw, "Bcc"), undefined);
  const answers = message.answers.map((id) => `<${id}@example.org>`);
  assert.equal(headerOf(raw, "In-Reply-To"), answers[0]);
  assert.equal(headerOf(raw, "References"), answers.length === 0 ? undefined : answers.join(" "));
  const text = partOf(raw, "text/plain");
  assert.match(text, message.status === "resolved" ? /^Resolved: / : /^Alert: /);
  const harmful = /[\p{Cs}\u202a-\u202e\u2028]|(?![\r\n])\p{Cc}/u;
  assert.doesNotMatch(text, harmful);
  const html = partOf(raw, "text/html");
  assert.doesNotMatch(html, harmful);
  assert.ok(Buffer.byteLength(html) < 102 * 1024, "Gmail cuts what is longer");
  checkTags(html);
}

/** Every tag is one of ours, all are closed in order, and nothing is loaded from anywhere. */
function checkTags(html: string): void {
  const open: string[] = [];
  const body = html.slice(html.indexOf("<body"));
  for (const [tag, closing = "", name = ""] of body.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
    assert.ok(["body", "html", "table", "tr", "td", "div", "span", "b", "a"].includes(name), tag);
    if (closing === "") open.push(name);
    else if (name !== "html") assert.equal(open.pop(), name);
  }
  assert.deepEqual(open, []);
  const markup = (html.match(/<style>.*<\/style>|<[^>]*>/gs) ?? []).join("");
  assert.doesNotMatch(markup, /\bsrc=|url\(|@import|<link/);
}

const tempDirectory = tempDirectories();

/** A mail server that is in the mood that a test wants. */
function setMood(server: MailServer, mood: Mood): void {
  server.complaint = undefined;
  server.refusal = undefined;
  if (mood === "takes") return;
  if (mood === "repeats") server.refusal = `user culprit has not the password %s (${base64(`\0culprit\0${password}`)})`;
  else {
    const [code, text] = complaints[mood];
    server.complaint = { code, text };
  }
}

describeNotifier({
  name: "email",
  secretKey: "notify.email.passwordFile",
  async makeBench(clock, certificate) {
    const server = await startMailServer(certificate);
    server.password = password;
    const { settings, passwordFile } = await trustingSettings(server.port, certificate);
    return {
      notifier: createEmailNotifier(settings, surroundings(clock)),
      setMood: (mood) => setMood(server, mood),
      taken: () => server.mails.length,
      checkLast(message) {
        const last = server.mails.at(-1);
        assert.ok(last !== undefined);
        assert.ok(last.secure);
        assert.equal(last.user, "culprit");
        checkMail(last, message);
      },
      lastText: () => partOf(server.mails.at(-1)?.raw ?? "", "text/plain"),
      secrets: [password, base64(password), base64(`\0culprit\0${password}`)],
      async rotate() {
        server.password = "another one";
        await writeFile(passwordFile, "another one");
      },
      lostFile: () => rm(passwordFile),
      close: () => server.close(),
    };
  },
  at: async (clock, { host, port, tls }) =>
    createEmailNotifier({ ...addresses, host, port, security: tls ? "starttls" : "none" }, surroundings(clock)),
  startUnknown: (certificate) => startMailServer(certificate),
});

async function trustingSettings(port: number, certificate: SelfSigned): Promise<{ settings: EmailSettings; passwordFile: string }> {
  const directory = await tempDirectory();
  const passwordFile = join(directory, "password");
  const caFile = join(directory, "ca.pem");
  await writeFile(passwordFile, `${password}\n`);
  await writeFile(caFile, certificate.cert);
  return {
    passwordFile,
    settings: { ...addresses, host: "127.0.0.1", port, security: "starttls", user: "culprit", passwordFile, caFile },
  };
}

describe("Mail", function () {
  this.timeout(60_000);
  const certificate = selfSignedCertificate();
  const { signal } = new AbortController();
  let server: MailServer;
  let settings: EmailSettings;

  beforeEach(async () => {
    server = await startMailServer(certificate);
    server.password = password;
    ({ settings } = await trustingSettings(server.port, certificate));
  });
  afterEach(() => server.close());

  async function sent(...notifications: Parameters<typeof messageOf>): Promise<Mail> {
    await createEmailNotifier(settings, surroundings(new ManualClock())).send(messageOf(...notifications), signal);
    const mail = server.mails.at(-1);
    assert.ok(mail !== undefined);
    return mail;
  }

  it("introduces itself by the machine's name, or by the name that is set", async () => {
    const send = (more: Partial<EmailSettings>, hostName: string) =>
      createEmailNotifier({ ...settings, ...more }, { ...surroundings(new ManualClock()), hostName }).send(
        messageOf(sampleNotification()),
        signal,
      );
    await send({}, "vm");
    await send({}, "web1.example.org");
    await send({ name: "[192.0.2.7]" }, "web1.example.org");
    assert.deepEqual(
      server.mails.map(({ greeting }) => greeting),
      ["vm", "web1.example.org", "[192.0.2.7]"],
    );
    assert.equal(helloName(["web1", "10.0.0.7", "web1.example.org"], "vm"), "web1.example.org");
    assert.equal(helloName(["web1", "10.0.0.7"], "vm"), "vm");
  });

  it("says in its subject where and what, and in its first lines the server and the figures", async () => {
    const { raw } = await sent(sampleNotification());
    assert.equal(headerOf(raw, "Subject"), "web1: High CPU Usage");
    assert.equal(headerOf(raw, "From"), "Culprit on web1 <culprit@example.org>");
    const lines = partOf(raw, "text/plain").replaceAll("\r\n", "\n").split("\n");
    assert.deepEqual(lines.slice(0, 8), [
      "Alert: High CPU Usage Detected",
      "Server: web1",
      "CPU Usage: 92%",
      "Memory Usage: 78%",
      "Disk Usage: 65%",
      "Fullest Disk: /",
      "Load: 7.81, 4.20, 2.10 on 4 cores",
      "Since: 2026-11-21 10:00:00 UTC",
    ]);
  });

  it("keeps a sender's own name", async () => {
    settings = { ...settings, from: "Watch <culprit@example.org>" };
    assert.equal(headerOf((await sent(sampleNotification())).raw, "From"), "Watch <culprit@example.org>");
  });

  it("has a bar for every ratio, as wide as the ratio is", async () => {
    const html = partOf((await sent(sampleNotification())).raw, "text/html");
    const widths = [...html.matchAll(/<td width="(\d+)%" height="8" bgcolor="#(?!e5e7eb)/g)].map(([, width]) => Number(width));
    // three figures; the cores of the top five as parts of four, 0.01 and 0 of which make no bar
    assert.deepEqual(widths, [92, 78, 65, 78, 6, 2]);
  });

  it("lists all of fifty alerts", async () => {
    const { raw } = await sent(...crowd(50));
    assert.equal(headerOf(raw, "Subject"), "web1: Disk 1 Nearly Full (+49 more)");
    for (const part of ["text/plain", "text/html"] as const) {
      const text = partOf(raw, part);
      for (let index = 1; index <= 50; index++) assert.ok(text.includes(`Disk ${index} Nearly Full`), `alert ${index} in ${part}`);
    }
  });

  it("says for how long it was when it is over", async () => {
    const { raw } = await sent(resolved(sampleNotification()));
    assert.equal(headerOf(raw, "Subject"), "Resolved: web1: High CPU Usage for 4 min 12 s");
    assert.match(partOf(raw, "text/plain"), /^Lasted: 4 min 12 s\r?$/m);
  });

  it("goes to those whom the server knows, and says whom it does not", async () => {
    server.unknown.add("boss@example.org");
    const receipt = await createEmailNotifier(settings, surroundings(new ManualClock())).send(messageOf(sampleNotification()), signal);
    assert.match(receipt.warning ?? "", /takes nothing for boss@example\.org; only ops@example\.org got the message/);
    assert.deepEqual(server.mails[0]?.to, ["ops@example.org"]);
  });

  it("is given up when the server knows none of the recipients", async () => {
    server.unknown.add("boss@example.org").add("ops@example.org");
    await assert.rejects(
      sent(sampleNotification()),
      (error) => error instanceof DeliveryError && !error.retryable && /550/.test(error.message),
    );
  });

  it("is given up when the log-in is refused", async () => {
    server.password = "something else";
    await assert.rejects(
      sent(sampleNotification()),
      (error) => error instanceof DeliveryError && !error.retryable && /535/.test(error.message),
    );
  });

  it("is not sent in the open when the server offers no STARTTLS", async () => {
    const open = await startMailServer(certificate, "none");
    try {
      settings = { ...settings, port: open.port };
      await assert.rejects(sent(sampleNotification()), DeliveryError);
      assert.equal(open.mails.length, 0);
    } finally {
      await open.close();
    }
  });

  it("goes through TLS from the first byte where that is configured", async () => {
    const tls = await startMailServer(certificate, "tls");
    try {
      tls.password = password;
      const notifier = createEmailNotifier({ ...settings, port: tls.port, security: "tls" }, surroundings(new ManualClock()));
      await notifier.send(messageOf(sampleNotification()), signal);
      assert.equal(tls.mails[0]?.secure, true);
    } finally {
      await tls.close();
    }
  });
});
