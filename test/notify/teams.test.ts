import assert from "node:assert/strict";
import { DeliveryError } from "../../src/notify/notifier.ts";
import { createTeamsNotifier, teamsBody } from "../../src/notify/teams.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { describeNotifier, surroundings } from "./support/notifierContract.ts";
import { crowd, hostileMessage, messageOf, resolved, sampleNotification } from "./support/samples.ts";
import { webSetup } from "./support/webBench.ts";
import { startWebServer } from "./support/webServer.ts";

interface Element {
  readonly type: string;
  readonly text?: string;
  readonly inlines?: readonly { readonly type: string; readonly text: string; readonly color?: string }[];
}

interface Card {
  readonly body: readonly Element[];
  readonly actions?: readonly { readonly type: string; readonly title: string; readonly url: string }[];
}

/** The envelope and the parts of Adaptive Cards 1.4 that Teams publishes. */
function checkBody(body: string): Card {
  assert.ok(Buffer.byteLength(body) <= 28 * 1024, `${Buffer.byteLength(body)} bytes`);
  assert.doesNotMatch(body, /\p{Cs}/u);
  const envelope = JSON.parse(body) as { type: string; attachments: readonly { contentType: string; contentUrl: null; content: Card }[] };
  assert.equal(envelope.type, "message");
  assert.equal(envelope.attachments.length, 1);
  const [attachment] = envelope.attachments;
  assert.ok(attachment !== undefined);
  assert.equal(attachment.contentType, "application/vnd.microsoft.card.adaptive");
  assert.equal(attachment.contentUrl, null);
  const card = attachment.content as Card & Readonly<Record<string, unknown>>;
  assert.equal(card.type, "AdaptiveCard");
  assert.equal(card.version, "1.4");
  assert.equal(card.$schema, "http://adaptivecards.io/schemas/adaptive-card.json");
  for (const element of card.body) {
    if (element.type === "TextBlock") assert.match(element.text ?? "", /^[A-Z][a-z ]+$/, "only our own words may be read as Markdown");
    else {
      assert.equal(element.type, "RichTextBlock");
      assert.ok((element.inlines?.length ?? 0) > 0);
      for (const { type, text } of element.inlines ?? []) assert.ok(type === "TextRun" && typeof text === "string" && text !== "");
    }
  }
  for (const { type, title, url } of card.actions ?? []) {
    assert.equal(type, "Action.OpenUrl");
    assert.ok(title !== "");
    assert.match(url, /^https?:\/\//);
  }
  return card;
}

const linesOf = (card: Card) => card.body.map(({ text, inlines = [] }) => text ?? inlines.map((run) => run.text).join(""));

describeNotifier(
  webSetup(
    "teams",
    tempDirectories(),
    (url, clock) => createTeamsNotifier({ url }, surroundings(clock)),
    ({ method, headers, body }) => {
      assert.equal(method, "POST");
      assert.match(headers["content-type"] ?? "", /^application\/json/);
      checkBody(body);
    },
  ),
);

describe("What Teams answers", () => {
  let web: Awaited<ReturnType<typeof startWebServer>>;
  beforeEach(async () => {
    web = await startWebServer();
  });
  afterEach(() => web.close());

  /** What came of a message that was answered 200 with this body. */
  async function outcome(body: string): Promise<string> {
    web.answer = (_, response) => void response.end(body);
    const notifier = createTeamsNotifier({ url: { text: `http://127.0.0.1:${web.port}/hook` } }, surroundings(new ManualClock()));
    try {
      await notifier.send(messageOf(sampleNotification()), new AbortController().signal);
      return "taken";
    } catch (error) {
      assert.ok(error instanceof DeliveryError);
      assert.match(error.message, /answered 200: /);
      return error.retryable ? "tried again" : "given up";
    }
  }
  const failed = (status: number) =>
    `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${status} with ContextId tcid=0,server=x.`;

  for (const [body, expected] of [
    ["1", "taken"],
    ["", "taken"],
    ['{"id":"4711"}', "taken"],
    ['{"id":"4711","error":null}', "taken"],
    [failed(429), "tried again"],
    [failed(503), "tried again"],
    [failed(413), "given up"],
    [failed(400), "given up"],
    ["Webhook message delivery failed with error: Connection reset", "tried again"],
    ['{"error":{"code":"ThrottlingError","message":"too many requests"}}', "tried again"],
    ['{"error":{"code":413,"message":"too large"}}', "given up"],
  ] as const) {
    it(`is ${expected} where the answer 200 says ${body === "" ? "nothing" : body}`, async () => {
      assert.equal(await outcome(body), expected);
    });
  }
});

describe("A message for Teams", () => {
  it("begins with the alert and goes on with the figures, who it was, and the links", () => {
    const card = checkBody(teamsBody(messageOf(sampleNotification())));
    const lines = linesOf(card);
    assert.deepEqual(lines.slice(0, 5), [
      "Alert: High CPU Usage Detected",
      "Server: web1",
      "CPU Usage: 92%",
      "Memory Usage: 78%",
      "Disk Usage: 65%",
    ]);
    assert.ok(lines.some((line) => line.startsWith("stress-ng (batch.service)  3.10 cores")));
    assert.deepEqual(
      card.actions?.map(({ title }) => title),
      ["The page at that moment", "The archive"],
    );
  });

  it("is red while it fires and green when it is over", () => {
    const colourOf = (body: string) => checkBody(body).body[0]?.inlines?.[0]?.color;
    assert.equal(colourOf(teamsBody(messageOf(sampleNotification()))), "Attention");
    assert.equal(colourOf(teamsBody(messageOf(resolved(sampleNotification())))), "Good");
  });

  it("lists all of fifty alerts", () => {
    const text = linesOf(checkBody(teamsBody(messageOf(...crowd(50))))).join("\n");
    for (let index = 1; index <= 50; index++) assert.ok(text.includes(`Disk ${index} Nearly Full`), `alert ${index}`);
  });

  it("gets shorter, not refused, where all words are long and take many bytes", () => {
    const lines = linesOf(checkBody(teamsBody(hostileMessage("\u{1f525}".repeat(1000)))));
    assert.match(lines[0] ?? "", /^Alert: (?:\u{1f525})+… Detected \(\+49 more\)$/u);
    assert.match(lines.at(-1) ?? "", /^and \d+ more$|\u{1f525}/u);
  });
});
