import assert from "node:assert/strict";
import { z } from "zod";
import { parseConfigText } from "../../src/config/document.ts";
import { checkDocument } from "../../src/config/file.ts";
import { loadText, problemsOf } from "./support.ts";

function refuses(title: string, text: string, expected: readonly string[]): void {
  it(title, () =>
    assert.deepEqual(
      problemsOf(() => loadText(text)),
      expected,
    ),
  );
}

describe("A configuration file that is wrong", () => {
  refuses(
    "has its wrong types named with place, key and expectation",
    "web:\n  telemetryPath: 3\n  allowedHosts: web1\nstorage: [a]\nlog: 7\n",
    [
      "culprit.yml:2:18: web.telemetryPath: expected a path such as /metrics that is none of Culprit's own (/webhook, /archives, /login, /logout, /assets, /api, /history, /-), got 3",
      'culprit.yml:3:17: web.allowedHosts: expected a list, got "web1"',
      "culprit.yml:4:10: storage: expected keys with values, got a list",
      "culprit.yml:5:6: log: expected keys with values, got 7",
    ],
  );

  refuses("has its unknown keys named with the nearest known one", "web:\n  listenAdress: ':1'\nwebhok: {}\nprobes: []\n", [
    "culprit.yml:2:3: web.listenAdress: unknown key; did you mean listenAddress?",
    "culprit.yml:3:1: webhok: unknown key; did you mean webhook?",
    "culprit.yml:4:1: probes: unknown key; expected one of web, identity, sample, groups, storage, recording, archives, capture, webhook, notify, hosts, relay, ingest, push, triggers, redact, log, logs",
  ]);

  refuses("gets one sentence where a value may have two shapes", "web:\n  listenAddress: 10054\n", [
    "culprit.yml:2:18: web.listenAddress: expected HOST:PORT such as 127.0.0.1:10054, :10054 or [::1]:10054, or a list, got 10054",
  ]);

  refuses("is told which entry of a list is wrong", 'web:\n  listenAddress:\n    - ":1"\n    - nowhere\n', [
    'culprit.yml:4:7: web.listenAddress[1]: expected HOST:PORT such as 127.0.0.1:10054, :10054 or [::1]:10054, got "nowhere"',
  ]);

  refuses("may not leave a list empty that needs an entry", "web: { listenAddress: [] }", [
    "culprit.yml:1:23: web.listenAddress: expected a list of at least 1 entry, got an empty list",
  ]);

  refuses(
    "has wrong quantities named with what is possible",
    "sample: { interval: 2m }\narchives: { maxBytes: 12 bananas, maxCount: 0, maxAge: 30 }\ncapture: { lookback: 7h }\nrecording: { maxBytes: 1MiB, maxAge: 1h }\n",
    [
      'culprit.yml:1:21: sample.interval: expected a duration from 100ms to 1m, such as 30s, 5m or 1h30m, got "2m"',
      'culprit.yml:2:23: archives.maxBytes: expected a size of at least 1MiB, such as 512MiB or 2GiB, got "12 bananas"',
      "culprit.yml:2:45: archives.maxCount: expected a whole number of at least 1, got 0",
      "culprit.yml:2:56: archives.maxAge: expected a duration of at least 1m, such as 30s, 5m or 1h30m, got 30",
      'culprit.yml:3:22: capture.lookback: expected a duration from 0s to 6h, such as 30s, 5m or 1h30m, got "7h"',
      'culprit.yml:4:24: recording.maxBytes: expected a size of at least 16MiB, such as 512MiB or 2GiB, got "1MiB"',
      'culprit.yml:4:38: recording.maxAge: expected a duration of at least 2h, such as 30s, 5m or 1h30m, got "1h"',
    ],
  );

  refuses("may not look back over less than one sample", "sample:\n  interval: 30s\n  window: 10s\n", [
    'culprit.yml:3:11: sample.window: expected at least the interval, which is 30s, got "10s"',
  ]);

  refuses("may not put the metrics where something else is", "web: { telemetryPath: /archives }", [
    'culprit.yml:1:23: web.telemetryPath: expected a path such as /metrics that is none of Culprit\'s own (/webhook, /archives, /login, /logout, /assets, /api, /history, /-), got "/archives"',
  ]);

  refuses("must be YAML", "web:\n\tauth: auto\n", ["culprit.yml:2:1: not valid YAML: tabs are not allowed as indentation"]);

  refuses("may say everything only once", "log:\n  level: info\n  level: debug\n", [
    "culprit.yml:3:3: log.level: is given twice in the same place",
  ]);

  refuses("must hold keys", "- web\n", ["culprit.yml:1:1: expected keys with values, got a list"]);

  refuses("may not refer to what is not there", "web: *nothing\n", [
    "culprit.yml:1:6: *nothing refers to nothing; expected &nothing before it",
  ]);

  refuses("has an empty value named", "web:\n  auth:\n", ["culprit.yml:2:3: web.auth: expected one of auto, always, got nothing"]);

  it("shows no secrets in what it quotes", () => {
    const [problem = ""] = problemsOf(() => loadText("web: { externalUrl: 'https://bob:hunter22@h/' }"));
    assert.match(problem, /got "https:\/\/bob:\*\*\*@h\/"$/);
  });
});

describe("A key that must be there", () => {
  const schema = z.strictObject({
    triggers: z.array(
      z.strictObject({
        name: z.string(),
        threshold: z.number(),
        action: z.union([z.strictObject({ command: z.string() }), z.strictObject({ url: z.string(), retries: z.int().max(5) })]).optional(),
      }),
    ),
  });

  function check(text: string): readonly string[] {
    const document = parseConfigText("culprit.yml", text);
    assert.ok("yaml" in document);
    return problemsOf(() => checkDocument(document, schema, new Map()));
  }

  it("is missed at the line of its parent, which is quoted", () => {
    assert.deepEqual(check("triggers:\n  - name: load\n    threshold: 3\n  - name: memory\n"), [
      'culprit.yml:4:5: triggers[1].threshold: missing in "- name: memory"; expected a number',
    ]);
    assert.deepEqual(check("# nothing\n"), ["culprit.yml: triggers: missing; expected a list"]);
  });

  it("is missed in the shape that was meant, where a value may have several", () => {
    assert.deepEqual(check("triggers:\n  - name: a\n    threshold: 1\n    action:\n      url: http://h\n"), [
      'culprit.yml:4:5: triggers[0].action.retries: missing in "action:"; expected a number',
    ]);
    assert.deepEqual(check("triggers:\n  - name: a\n    threshold: 1\n    action: { url: h, retries: 9 }\n"), [
      "culprit.yml:4:32: triggers[0].action.retries: expected at most 5, got 9",
    ]);
    assert.deepEqual(check("triggers:\n  - name: a\n    threshold: 1\n    action: 5\n"), [
      "culprit.yml:4:13: triggers[0].action: expected keys with values, got 5",
    ]);
  });
});
