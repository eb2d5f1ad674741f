import assert from "node:assert/strict";
import { load, loadText, problemsOf } from "./support.ts";

describe("relay", () => {
  const files = { "relay.token": "t", "web1.token": "t" };
  const relay = (text: string) => load({ "culprit.yml": text, ...files }).relay;

  it("keeps alerts for ten minutes and has no tokens where nothing is said", () => {
    assert.deepEqual(loadText("").relay, { keepSeconds: 600, tokens: [] });
    assert.deepEqual(loadText("relay:\n").relay, { keepSeconds: 600, tokens: [] });
  });

  it("has tokens in files whose paths begin at the folder of the file", () => {
    const text = "relay: { keep: 1h, tokenFile: relay.token, tokens: [{ host: web1, tokenFile: ./web1.token }] }";
    assert.deepEqual(relay(text), {
      keepSeconds: 3600,
      tokenFile: "/etc/culprit/relay.token",
      tokens: [{ host: "web1", tokenFile: "/etc/culprit/web1.token" }],
    });
  });

  it("says what is wrong with what it cannot use", () => {
    const problems = (text: string) => problemsOf(() => relay(text));
    assert.deepEqual(problems("relay: { keep: 5s }"), [
      'culprit.yml:1:16: relay.keep: expected a duration from 10s to 1d, such as 30s, 5m or 1h30m, got "5s"',
    ]);
    assert.deepEqual(problems("relay:\n  tokens:\n    - { host: web1, tokenFile: absent }"), [
      "culprit.yml:3:32: relay.tokens[0].tokenFile: expected the path of a file that can be read: there is no such file",
    ]);
    assert.match(problems("relay: { tokenFile: absent }").join(), /relay\.tokenFile: expected the path of a file that can be read/);
    assert.match(problems("relay: { tokens: [{ host: web1 }] }").join(), /tokenFile/);
    assert.match(problems("relay: { tokens: [{ host: a/b, tokenFile: web1.token }] }").join(), /expected a host name/);
  });
});
