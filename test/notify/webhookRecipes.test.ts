import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig } from "../../src/config.ts";
import type { NotificationMessage } from "../../src/model/notification.ts";
import { createNotifiers } from "../../src/notify/channels.ts";
import { ManualClock } from "../support/manualClock.ts";
import { packageRoot } from "../support/paths.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { surroundings } from "./support/notifierContract.ts";
import { hostileMessage, hostileTexts, messageOf, resolved, sampleNotification } from "./support/samples.ts";
import { type Received, startWebServer, type WebServer } from "./support/webServer.ts";

/** What a service demands of a request; throws where it would answer 4xx. */
interface Service {
  /** What the file that the block names holds, by its name; the place of the stand-in stands for the service's. */
  readonly files?: (origin: string) => Readonly<Record<string, string>>;
  /** What the service is told. */
  readonly path: string;
  check(received: Received): void;
}

const json = ({ headers, body }: Received): Readonly<Record<string, unknown>> => {
  assert.match(headers["content-type"] ?? "", /^application\/json/);
  return JSON.parse(body) as Readonly<Record<string, unknown>>;
};

function assertText(value: unknown, most: number): asserts value is string {
  assert.ok(typeof value === "string" && value.trim() !== "" && value.length <= most, `not 1 to ${most} characters: ${String(value)}`);
}

const botToken = "123456:AAEsecretTokenOfTheBot";
const routingKey = "0123456789abcdef0123456789abcdef";

const services: Readonly<Record<string, Service>> = {
  // docs.ntfy.sh/publish: a topic in the path, priority 1 to 5 or its name; a message of more than 4096 bytes becomes a file
  ntfy: {
    path: "/my-topic",
    check({ headers, body }) {
      assertText(headers.title, 8000);
      assert.match(String(headers.priority), /^(?:[1-5]|min|low|default|high|max|urgent)$/);
      assert.ok(body !== "" && Buffer.byteLength(body) <= 4096);
    },
  },
  // discord.com/developers/docs/resources/webhook: content up to 2000 characters
  discord: {
    files: (origin) => ({ "discord-url": `${origin}/api/webhooks/1/secretOfDiscord` }),
    path: "/api/webhooks/1/secretOfDiscord",
    check(received) {
      const { content, allowed_mentions: mentions } = json(received);
      assertText(content, 2000);
      assert.deepEqual(mentions, { parse: [] });
    },
  },
  // core.telegram.org/bots/api#sendmessage: chat_id and text of 1 to 4096 characters
  telegram: {
    files: (origin) => ({ "telegram-url": `${origin}/bot${botToken}/sendMessage` }),
    path: `/bot${botToken}/sendMessage`,
    check(received) {
      const { chat_id: chat, text, parse_mode: mode, link_preview_options: preview } = json(received);
      assert.match(String(chat), /^-?\d+$|^@\w+$/);
      assertText(text, 4096);
      assert.equal(mode, undefined);
      assert.deepEqual(preview, { is_disabled: true });
    },
  },
  // gotify.net/docs/pushmsg: the token of an application; message is required, priority is a number
  gotify: {
    files: () => ({ "gotify-key": "AsecretOfGotify" }),
    path: "/message",
    check(received) {
      assert.equal(received.headers["x-gotify-key"], "AsecretOfGotify");
      const { title, message, priority } = json(received);
      assertText(title, 1000);
      assertText(message, 100_000);
      assert.ok(Number.isInteger(priority) && Number(priority) >= 0 && Number(priority) <= 10);
    },
  },
  // developer.pagerduty.com/docs/events-api-v2: summary up to 1024 characters, dedup_key up to 255, a key of 32
  pagerduty: {
    files: () => ({ "pagerduty-key": routingKey }),
    path: "/v2/enqueue",
    check(received) {
      const { routing_key: key, event_action: action, dedup_key: dedup, payload, ...rest } = json(received);
      assert.deepEqual(rest, {});
      assert.equal(key, routingKey);
      assert.ok(action === "trigger" || action === "resolve");
      assertText(dedup, 255);
      const { summary, source, severity, custom_details: details } = payload as Readonly<Record<string, unknown>>;
      assertText(summary, 1024);
      assertText(source, 1024);
      assert.ok(["critical", "error", "warning", "info"].includes(String(severity)));
      assert.equal(typeof details, "object");
    },
  },
};

/** The blocks of the documentation that are a `notify.webhook`, by the name of their target. */
function documentedBlocks(): ReadonlyMap<string, string> {
  const text = readFileSync(join(packageRoot(), "docs", "notifications.md"), "utf8");
  const blocks = [...text.matchAll(/^ {4}notify:\n(?: {5,}.*\n)+/gm)].map(([block]) => block.replaceAll(/^ {4}/gm, ""));
  return new Map(blocks.map((block) => [/^ {4}name: (.*)$/m.exec(block)?.[1] ?? "", block]));
}

describe("The documented webhook for", () => {
  const tempDirectory = tempDirectories();
  const blocks = documentedBlocks();
  let web: WebServer;
  beforeEach(async () => {
    web = await startWebServer();
  });
  afterEach(() => web.close());

  /** Sends with the block as it stands there, but for the service's host and the folder of the secrets. */
  async function send(name: string, { files }: Service, messages: readonly NotificationMessage[]): Promise<readonly Received[]> {
    const [directory, origin] = [await tempDirectory(), `http://127.0.0.1:${web.port}`];
    for (const [file, text] of Object.entries(files?.(origin) ?? {})) await writeFile(join(directory, file), `${text}\n`);
    const block = blocks.get(name)?.replaceAll("/etc/culprit/", `${directory}/`) ?? "";
    const text = block.replace(/(^ +url: )https:\/\/[^/]+/m, `$1${origin}`);
    const config = loadConfig({ env: {}, cwd: "/", readFile: (path) => (path === "/culprit.yml" ? text : readFileSync(path, "utf8")) });
    const [notifier, ...others] = createNotifiers(config.notify, surroundings(new ManualClock()));
    assert.deepEqual([notifier?.name, others], [`webhook:${name}`, []]);
    for (const message of messages) await notifier?.send(message, new AbortController().signal);
    return web.received;
  }

  it("each of these services stands in the documentation", () => {
    assert.deepEqual([...blocks.keys()], Object.keys(services));
  });

  for (const [name, service] of Object.entries(services)) {
    it(`${name} tells what its service takes, when it begins and when it is over`, async () => {
      const firing = sampleNotification();
      const received = await send(name, service, [messageOf(firing), messageOf(resolved(firing))]);
      assert.equal(received.length, 2);
      for (const one of received) {
        assert.deepEqual([one.method, one.path], ["POST", service.path]);
        service.check(one);
      }
      assert.match(`${received[0]?.headers.title}${received[0]?.body}`, /High CPU Usage.*stress-ng/s);
      assert.match(`${received[1]?.headers.title}${received[1]?.body}`, /Resolved: /);
    });

    it(`${name} takes whatever processes call themselves, and fifty incidents at once`, async () => {
      for (const one of await send(name, service, hostileTexts.map(hostileMessage))) service.check(one);
    });
  }

  it("pagerduty closes the incident that it has opened", async () => {
    const firing = sampleNotification();
    const { pagerduty } = services;
    assert.ok(pagerduty !== undefined);
    const [begin, end] = (await send("pagerduty", pagerduty, [messageOf(firing), messageOf(resolved(firing))])).map(json);
    assert.deepEqual([begin?.event_action, end?.event_action], ["trigger", "resolve"]);
    assert.equal(begin?.dedup_key, end?.dedup_key);
  });
});
