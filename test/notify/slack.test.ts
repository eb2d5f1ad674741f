import assert from "node:assert/strict";
import { createSlackNotifier, slackPayload } from "../../src/notify/slack.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { describeNotifier, surroundings } from "./support/notifierContract.ts";
import { crowd, messageOf, resolved, sampleNotification } from "./support/samples.ts";
import { webSetup } from "./support/webBench.ts";

interface TextObject {
  readonly type: string;
  readonly text: string;
  readonly emoji?: boolean;
}

interface Block {
  readonly type: string;
  readonly text?: TextObject;
  readonly fields?: readonly TextObject[];
}

/** What Slack publishes of its blocks; anything else it answers with invalid_blocks. */
function checkPayload(payload: unknown): readonly Block[] {
  const { text, blocks, ...rest } = payload as { text: string; blocks: readonly Block[] };
  assert.deepEqual(rest, {});
  assert.ok(text.length > 0 && text.length <= 3000);
  checkEscapes(text);
  assert.ok(blocks.length > 0 && blocks.length <= 50, `${blocks.length} blocks`);
  for (const block of blocks) {
    assert.deepEqual(
      Object.keys(block).filter((key) => !["type", "text", "fields"].includes(key)),
      [],
    );
    if (block.type === "header") {
      assert.equal(block.text?.type, "plain_text");
      checkText(block.text, 150);
    } else {
      assert.equal(block.type, "section");
      assert.ok((block.text === undefined) !== (block.fields === undefined));
      if (block.text !== undefined) checkText(block.text, 3000);
      assert.ok((block.fields?.length ?? 1) >= 1 && (block.fields?.length ?? 1) <= 10);
      for (const field of block.fields ?? []) checkText(field, 2000);
    }
  }
  return blocks;
}

function checkText({ type, text, emoji }: TextObject, most: number): void {
  assert.ok(type === "plain_text" || type === "mrkdwn");
  assert.ok(text.length >= 1 && text.length <= most, `${text.length} of ${most}`);
  assert.doesNotMatch(text, /\p{Cs}/u);
  if (emoji !== undefined) assert.equal(type, "plain_text");
  // our own links and code blocks are the only markup
  if (type === "mrkdwn") assert.match(text, /^```[^`]*```$|^<https?:\/\/[^<>|]+\|[A-Za-z ]+>$/);
  checkEscapes(text.replace(/^<(.*)>$/s, "$1"));
}

function checkEscapes(text: string): void {
  assert.doesNotMatch(text, /[<>]|&(?!amp;|lt;|gt;)/);
}

describeNotifier(
  webSetup(
    "slack",
    tempDirectories(),
    (url, clock) => createSlackNotifier({ url }, surroundings(clock)),
    ({ method, headers, body }) => {
      assert.equal(method, "POST");
      assert.match(headers["content-type"] ?? "", /^application\/json/);
      assert.equal(headers["user-agent"], "culprit/1.2.3");
      checkPayload(JSON.parse(body));
    },
  ),
);

describe("A message for Slack", () => {
  const textsOf = (blocks: readonly Block[]) =>
    blocks.flatMap(({ text, fields = [] }) => [...(text === undefined ? [] : [text]), ...fields]).map(({ text }) => text);

  it("begins with the alert and goes on with the figures, who it was, and the links", () => {
    const texts = textsOf(checkPayload(slackPayload(messageOf(sampleNotification()))));
    assert.deepEqual(texts.slice(0, 5), [
      "Alert: High CPU Usage Detected",
      "Server: web1",
      "CPU Usage: 92%",
      "Memory Usage: 78%",
      "Disk Usage: 65%",
    ]);
    const rest = texts.join("\n");
    assert.match(rest, /stress-ng \(batch\.service\) took 3\.1 of the 3\.4 cores/);
    assert.match(rest, /<https:\/\/culprit\.example\.org\/\?at=\d+\|The page at that moment>/);
    assert.match(rest, /<https:\/\/culprit\.example\.org\/archives\/\S+\.tar\.gz\|The archive>/);
  });

  it("shows its subject and the server where only a line fits", () => {
    assert.equal(slackPayload(messageOf(sampleNotification())).text, "web1: High CPU Usage");
    assert.equal(slackPayload(messageOf(resolved(sampleNotification()))).text, "Resolved: web1: High CPU Usage for 4 min 12 s");
  });

  it("lists all of fifty alerts", () => {
    const text = textsOf(checkPayload(slackPayload(messageOf(...crowd(50))))).join("\n");
    for (let index = 1; index <= 50; index++) assert.ok(text.includes(`Disk ${index} Nearly Full`), `alert ${index}`);
  });
});
