import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NotificationMessage } from "../../src/model/notification.ts";
import { createWebhookNotifier, sign, webhookPayload } from "../../src/notify/webhook.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { describeNotifier, surroundings } from "./support/notifierContract.ts";
import { messageOf, resolved, sampleNotification, startMs } from "./support/samples.ts";
import { webSetup } from "./support/webBench.ts";
import { type Received, startWebServer } from "./support/webServer.ts";

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
