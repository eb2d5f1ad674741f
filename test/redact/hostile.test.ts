import assert from "node:assert/strict";
import { carefulRedactor } from "../../src/redact/redactor.ts";

import { lineSpans, mayHoldSecrets } from "../../src/redact/rules.ts";

const { text: redactText, commandLine: redactCommandLine } = carefulRedactor;
const rulebook = { net: true, namesOnly: false, patterns: [] };

const pieces =
  `password --password -p mysql curl -u user:pw Authorization: Bearer abc123 = : ' " \\ \` ; , & ? http:// @ / token secret x *** { } [ ] Cookie:
  a=b; sshpass eyJhbGciOiJIUzI1.eyJzdWIiOiIxMj key api_ https://hooks.slack.com/services/ T0/B0/xyz IDENTIFIED BY \\n --token AKIAIOSFODNN7EXAMPLE
  docker login 5 … é -U u% private-key ~/x`
    .split(/\s+/)
    .concat(" ", " ", " ", " ", "\n", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "MIIEowIBAAKCAQEAabcdef");

/** Random, but the same in every run. */
function* randomTexts(count: number): Generator<readonly string[]> {
  let seed = 42;
  const below = (limit: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * limit);
  };
  for (let made = 0; made < count; made++) yield Array.from({ length: 1 + below(14) }, () => pieces[below(pieces.length)] ?? "");
}

describe("redaction of hostile input", () => {
  it("changes nothing more when it is done twice, whatever the text", () => {
    for (const parts of randomTexts(8_000)) {
      const once = redactText(parts.join(""));
      assert.equal(redactText(once), once, JSON.stringify(parts.join("")));
      const line = redactCommandLine(parts).text;
      assert.equal(redactText(line), line, JSON.stringify(parts));
    }
  });

  it("looks closer at every line in which a rule would find something", () => {
    for (const parts of randomTexts(8_000)) {
      for (const line of parts.join("").split("\n")) {
        if (!mayHoldSecrets(line, rulebook)) assert.deepEqual(lineSpans(line, rulebook), [], JSON.stringify(line));
      }
    }
  });

  const repeated = [
    ..."password=|password='|password=\"\\|--password |--password '|password: |password=x,|password=,a|=:=:|&key=|?sig=a".split("|"),
    ..."a://|a://b:c|@a://a:b|a://b@|http://a:1@|authorization:|authorization: x |'authorization: |cookie: a; |bearer |identified by '".split(
      "|",
    ),
    ..."eyJ|eyJaaaaaaaaa.|sk-a|123456789:AA|SG.aaaaaaaaaaaaaaaaa.|whsec_/|ghp_|A|-|-a.|mysql -p|curl -u a:|jdbc:oracle:a:b/|\\|'|\"|''|\\'".split(
      "|",
    ),
    ..."-----BEGIN PRIVATE KEY-----\n|-----BEGIN |-----BEGIN PRIVATE KEY-----AAAAAAAAAAAAAAAA|hooks.slack.com/services/| ".split("|"),
  ];
  for (const piece of repeated) {
    it(`is done with 100 KB of ${JSON.stringify(piece)} in no time`, function () {
      this.timeout(60_000);
      const text = piece.repeat(Math.ceil(100_000 / piece.length));
      const redacted = redactText(text);
      assert.equal(redactText(redacted), redacted);
      redactCommandLine([text, text]);
      redactCommandLine(text.split(" "));
    });
  }
});
