import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SecretSource, WebhookTarget } from "../../src/model/channels.ts";
import type { NotificationMessage } from "../../src/model/notification.ts";
import { parseTemplate } from "../../src/model/template.ts";
import type { DeliveryError } from "../../src/notify/notifier.ts";
import { createWebhookNotifier, sign, webhookPayload } from "../../src/notify/webhook.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { describeNotifier, surroundings } from "./support/notifierContract.ts";
import { messageOf, resolved, sampleNotification, startMs } from "./support/samples.ts";
import { webSetup } from "./support/webBench.ts";
import { type Received, startWebServer, type WebServer } from "./support/webServer.ts";

function check({ method, headers, body }: Received, { id, status, notifications }: NotificationMessage): void {
  assert.equal(method, "POST");
  assert.match(headers["content-type"] ?? "", /^application\/json/);
  assert.equal(headers["webhook-id"], id);
  assert.equal(headers["webhook-timestamp"], String(startMs / 1000));
  const payload = JSON.parse(body) as { version: string; id: string; status: string; text: string; notifications: readonly unknown[] };
  assert.equal(payload.version, "1");
  assert.equal(payload.id, id);
  assert.equal(payload.status, status);
  assert.equal(payload.notifications.length, notifications.length);
  assert.doesNotMatch(payload.text, /[\p{Cs}\u202e]|(?!\n)\p{Cc}/u);
}

describeNotifier(webSetup("webhook", tempDirectories(), (url, clock) => createWebhookNotifier({ url }, surroundings(clock)), check));

const secretTexts = ["tk_s3cretHeaderToken", "inlineS3cretHeader", 'body"S3cret'];
const templateDirectory = tempDirectories();

/** A target with secrets wherever it can have them. */
async function templated(url: SecretSource, more: Partial<WebhookTarget> = {}): Promise<WebhookTarget> {
  const directory = await templateDirectory();
  const [header, body] = [join(directory, "header"), join(directory, "body")];
  await Promise.all([writeFile(header, `Bearer ${secretTexts[0]}\n`), writeFile(body, `${secretTexts[2]}\n`)]);
  const template = (text: string) => parseTemplate(text, ["key"]).template;
  return {
    name: "templated",
    url,
    method: "PUT",
    contentType: "application/json",
    headers: { Authorization: { file: header }, "X-Key": template(secretTexts[1] ?? ""), Title: template("{{subject}} {{page}}") },
    body: template('{ "key": {{json secret key}}, "text": {{json text}}, "verdict": {{json verdict}}, "status": "{{status}}" }'),
    secrets: { key: body },
    ...more,
  };
}

function checkTemplated({ method, headers, body }: Received, { id, status }: NotificationMessage): void {
  assert.equal(method, "PUT");
  assert.equal(headers["content-type"], "application/json");
  assert.equal(headers.authorization, `Bearer ${secretTexts[0]}`);
  assert.equal(headers["webhook-id"], id);
  assert.match(String(headers.title), /^[\x20-\x7e]+$/);
  const { key, text, status: said } = JSON.parse(body) as Readonly<Record<string, string>>;
  assert.deepEqual([key, said], [secretTexts[2], status]);
  assert.ok(text !== undefined && text.length <= 1900 && Buffer.byteLength(text) <= 3900);
  assert.doesNotMatch(text, /[\p{Cs}\u202e]|(?!\n)\p{Cc}/u);
}

describeNotifier(
  webSetup(
    "a webhook with a template",
    templateDirectory,
    async (url, clock) => createWebhookNotifier(await templated(url), surroundings(clock)),
    checkTemplated,
    { channel: "webhook:templated", texts: secretTexts },
  ),
);

describe("A webhook with a template", () => {
  let web: WebServer;
  beforeEach(async () => {
    web = await startWebServer();
  });
  afterEach(() => web.close());

  async function send(message: NotificationMessage, more: Partial<WebhookTarget>): Promise<readonly Received[]> {
    const settings = await templated({ text: `http://127.0.0.1:${web.port}/` }, more);
    await createWebhookNotifier(settings, surroundings(new ManualClock())).send(message, new AbortController().signal);
    return web.received;
  }
  const body = (text: string): Partial<WebhookTarget> => ({ body: parseTemplate(text, []).template });
  const { verdict: _verdict, ...unjudged } = sampleNotification();

  it("leaves empty what is unknown", async () => {
    const [received] = await send(
      messageOf({ ...unjudged, links: {} }),
      body("[{{verdict}}{{page}}] {{json archive}} {{server}} {{action}}"),
    );
    assert.equal(received?.body, '[] "" web1 trigger');
  });

  it("sends text where nobody says what it is", async () => {
    const settings = { url: { text: `http://127.0.0.1:${web.port}/` }, ...body("{{headline}}") };
    const notifier = createWebhookNotifier(settings, surroundings(new ManualClock()));
    await notifier.send(messageOf(sampleNotification()), new AbortController().signal);
    const [received] = web.received;
    assert.deepEqual([received?.method, received?.headers["content-type"]], ["POST", "text/plain; charset=utf-8"]);
    assert.equal(received?.body, "Alert: High CPU Usage Detected");
  });

  it("leaves out a header that comes out empty, and encodes one that needs more than ASCII", async () => {
    const headers = { Click: parseTemplate("{{page}}", []).template, Title: parseTemplate("{{server}}", []).template };
    const server = `größer ${"\u{1f525}".repeat(20)}`;
    const [received] = await send(messageOf({ ...unjudged, links: {}, server }), { headers });
    assert.equal(received?.headers.click, undefined);
    const words = String(received?.headers.title).split(" ");
    assert.ok(words.every((word) => word.length <= 75));
    const decoded = words.map((word) => Buffer.from(/^=\?UTF-8\?B\?(.*)\?=$/.exec(word)?.[1] ?? "", "base64").toString());
    assert.equal(decoded.join(""), server);
  });

  it("sends each incident by itself where the template has its id, the same when it is over", async () => {
    const incidents = [sampleNotification({ id: "a@1" }), sampleNotification({ id: "b@1" })] as const;
    await send(messageOf(...incidents), body("{{id}} {{action}}"));
    await send(messageOf(resolved(incidents[1]), resolved(incidents[0])), body("{{id}} {{action}}"));
    const [a, b, endOfB, endOfA] = web.received.map((one) => one.body.split(" "));
    assert.notEqual(a?.[0], b?.[0]);
    assert.deepEqual(
      [endOfB, endOfA],
      [
        [b?.[0], "resolve"],
        [a?.[0], "resolve"],
      ],
    );
    assert.match(a?.[0] ?? "", /^[0-9a-f]{32}$/);
    assert.equal(new Set(web.received.slice(0, 2).map(({ headers }) => headers["webhook-id"])).size, 2);
  });

  it("tells of the others when one incident is refused, and tries all again when the server is in trouble", async () => {
    const incidents = messageOf(sampleNotification({ id: "a@1" }), sampleNotification({ id: "b@1", server: "web2" }));
    const settings = { url: { text: `http://127.0.0.1:${web.port}/` }, ...body("{{id}} {{server}}") };
    const notifier = createWebhookNotifier(settings, surroundings(new ManualClock()));
    const sendAll = () => notifier.send(incidents, new AbortController().signal);
    const refuse = (server: string, status: number) => {
      web.answer = (received, response) => {
        response.statusCode = received.body.endsWith(server) ? status : 200;
        response.end();
      };
    };
    refuse("web1", 400);
    assert.match((await sendAll()).warning ?? "", /^1 of 2 incidents were refused: http:\S+ answered 400$/);
    refuse("web2", 503);
    await assert.rejects(sendAll(), (error: DeliveryError) => error.retryable);
    refuse("", 400);
    await assert.rejects(sendAll(), (error: DeliveryError) => !error.retryable);
  });

  for (const [what, text, reason] of [
    ["is missing", undefined, /^notify\.webhook:templated\.headers\.X-Key: cannot read .*: there is no such file$/],
    ["cannot be sent", "s3cret\nX-Other: s3cret", /^notify\.webhook:templated\.headers\.X-Key: what .* holds is no value of a header/],
  ] as const) {
    it(`says without the secret that the file of a header ${what}`, async () => {
      const file = join(await templateDirectory(), "key");
      if (text !== undefined) await writeFile(file, text);
      await assert.rejects(send(messageOf(sampleNotification()), { headers: { "X-Key": { file } } }), (error: DeliveryError) => {
        assert.match(error.message, reason);
        assert.doesNotMatch(error.message, /s3cret/);
        return error.retryable;
      });
    });
  }
});

describe("The generic webhook", () => {
  const tempDirectory = tempDirectories();

  /** Checks a signature as a receiver does that follows standardwebhooks.com. */
  function isGenuine({ headers, body }: Received, key: Buffer): boolean {
    const content = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
    return headers["webhook-signature"] === `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
  }

  for (const [how, secret, key] of [
    ["plain", "correct horse battery staple", Buffer.from("correct horse battery staple")],
    ["in base64", `whsec_${Buffer.from("0123456789abcdef01234567").toString("base64")}`, Buffer.from("0123456789abcdef01234567")],
  ] as const) {
    it(`signs with a secret that is given ${how}`, async () => {
      const web = await startWebServer();
      try {
        const secretFile = join(await tempDirectory(), "secret");
        await writeFile(secretFile, `${secret}\n`);
        const settings = { url: { text: `http://127.0.0.1:${web.port}/hook` }, secretFile };
        const notifier = createWebhookNotifier(settings, surroundings(new ManualClock()));
        await notifier.send(messageOf(sampleNotification()), new AbortController().signal);
        const [received] = web.received;
        assert.ok(received !== undefined && isGenuine(received, key));
        assert.ok(!isGenuine({ ...received, body: `${received.body} ` }, key));
      } finally {
        await web.close();
      }
    });
  }

  it("agrees with the example that Standard Webhooks publishes", () => {
    const signature = sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", '{"test": 2432232314}');
    assert.equal(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("is not signed without a secret", async () => {
    const web = await startWebServer();
    try {
      const notifier = createWebhookNotifier({ url: { text: `http://127.0.0.1:${web.port}/` } }, surroundings(new ManualClock()));
      await notifier.send(messageOf(sampleNotification()), new AbortController().signal);
      assert.equal(web.received[0]?.headers["webhook-signature"], undefined);
    } finally {
      await web.close();
    }
  });

  it("says everything in figures that a program can use", () => {
    const end = resolved(sampleNotification());
    const payload = JSON.parse(JSON.stringify(webhookPayload({ ...messageOf(end), answers: ["before"] }))) as Readonly<
      Record<string, unknown>
    >;
    const { text, ...rest } = payload;
    assert.match(String(text), /^Resolved: High CPU Usage\nServer: web1\n/);
    const { startedAtMs: _started, endedAtMs: _ended, figures: _figures, ...same } = end;
    assert.deepEqual(rest, {
      version: "1",
      id: "0123456789abcdef",
      status: "resolved",
      subject: "Resolved: web1: High CPU Usage for 4 min 12 s",
      server: "web1",
      answers: ["before"],
      notifications: [
        {
          ...same,
          startedAt: "2026-11-21T10:00:00.000Z",
          endedAt: "2026-11-21T10:04:12.000Z",
          lastedSeconds: 252,
          figures: {
            cpuUsageRatio: 0.92,
            memoryUsageRatio: 0.78,
            disk: { mountpoint: "/", ratio: 0.65 },
            load: { load1: 7.81, load5: 4.2, load15: 2.1 },
            cores: 4,
          },
        },
      ],
    });
  });
});
