import assert from "node:assert/strict";
import type { RedactedCommandLine } from "../../src/redact/commandLine.ts";
import { carefulRedactor } from "../../src/redact/redactor.ts";

const { text: redactText, commandLine: redactCommandLine } = carefulRedactor;

const valuesOf = ({ secrets }: RedactedCommandLine) => secrets.map(({ value }) => value);

describe("redactCommandLine", () => {
  it("joins harmless arguments with spaces and finds no secrets", () => {
    assert.deepEqual(redactCommandLine(["/usr/sbin/sshd", "-D", "-p", "22"]), { text: "/usr/sbin/sshd -D -p 22", secrets: [] });
  });

  it("quotes arguments with white space, and empty ones, so that a reader sees where each begins", () => {
    assert.equal(redactCommandLine(["sh", "-c", "sleep 1; true", "", "x"]).text, "sh -c 'sleep 1; true' '' x");
    assert.equal(redactCommandLine(["sh", "-c", "echo 'a b'"]).text, `sh -c "echo 'a b'"`);
  });

  it("shows a title that a program wrote over its arguments as it is", () => {
    assert.equal(redactCommandLine(["nginx: worker process", "", "", ""]).text, "nginx: worker process");
  });

  it("gives nothing for a process without arguments", () => {
    assert.deepEqual(redactCommandLine([]), { text: "", secrets: [] });
  });

  const cut: readonly (readonly [argv: readonly string[], text: string, secrets: readonly string[]])[] = [
    [["x", "--password", "it's my secret"], "x --password ***", ["it's my secret"]],
    [["x", "--password=two words", "y"], "x --password=*** y", ["two words"]],
    [["env", "API_TOKEN=two words", "y"], "env API_TOKEN=*** y", ["two words"]],
    [["mysql", "-pabc def", "shop"], "mysql -p*** shop", ["abc def"]],
    [["curl", "-u", "bob:pass word", "http://h"], "curl -u bob:*** http://h", ["pass word"]],
    [["curl", "-H", "Authorization: Bearer abc def", "http://h"], "curl -H 'Authorization: Bearer ***' http://h", ["abc def"]],
    [["curl", "-H", "X-Api-Key: abc def", "http://h"], "curl -H 'X-Api-Key: ***' http://h", ["abc def"]],
    [["curl", "-HCookie: a=b; c=d", "http://h"], "curl '-HCookie: ***' http://h", ["a=b; c=d"]],
    [["echo", "Authorization:", "Bearer", "abcdef"], "echo Authorization: Bearer ***", ["abcdef"]],
    [["sh", "-c", "PGPASSWORD=hunter22 psql shop"], "sh -c 'PGPASSWORD=*** psql shop'", ["hunter22"]],
    [["psql", "postgres://bob:hunter22@h/db"], "psql postgres://bob:***@h/db", ["hunter22"]],
    [["x", "--token", "-aB3xxxxxxxxxxx9", "--y"], "x --token *** --y", ["-aB3xxxxxxxxxxx9"]],
    [["x", "--token", "--host", "h"], "x --token --host h", []],
    [["python", "-c", "while True: pass"], "python -c 'while True: pass'", []],
  ];
  for (const [argv, text, secrets] of cut) {
    it(`turns ${JSON.stringify(argv)} into ${text}`, () => {
      const redacted = redactCommandLine(argv);
      assert.deepEqual({ text: redacted.text, secrets: valuesOf(redacted) }, { text, secrets });
    });
  }

  it("gives a secret of several lines in pieces, for other programs show line ends in their own way", () => {
    const { text, secrets } = redactCommandLine([
      "x",
      "--key",
      "-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKC\nabcdefgh\n-----END PRIVATE KEY-----",
    ]);
    assert.equal(text, "x --key '-----BEGIN PRIVATE KEY-----\\n***\\n-----END PRIVATE KEY-----'");
    assert.deepEqual(
      secrets.map(({ value }) => value),
      ["MIIEowIBAAKC", "abcdefgh"],
    );
  });

  it("cuts a key that the shell tore into arguments", () => {
    const argv = "x --key -----BEGIN RSA PRIVATE KEY----- MIIEowIBAAKC abcdefgh -----END RSA PRIVATE KEY-----".split(" ");
    assert.doesNotMatch(redactCommandLine(argv).text, /MIIE|abcdefgh/);
  });

  it("does not send anyone hunting for what is short", () => {
    assert.deepEqual(redactCommandLine(["redis-cli", "-a", "abc"]), { text: "redis-cli -a ***", secrets: [] });
  });

  it("says which of the values nobody writes by chance, and what stood in front of each", () => {
    const generated = ["hV3kQ9", "zTw7Lr2X"].join("");
    assert.deepEqual(redactCommandLine(["mysql", "-uroot", "-proot", "shop"]).secrets, [{ value: "root", generated: false, before: "-p" }]);
    assert.deepEqual(redactCommandLine(["x", "--token", generated]).secrets, [{ value: generated, generated: true, before: "--token" }]);
  });

  it("escapes control characters, marks that turn the text around, and broken UTF-16", () => {
    assert.equal(redactCommandLine(["a\nb", "\x1b[31m", "\u202e", "\ud800", "é"]).text, "'a\\nb' \\x1b[31m \\u{202e} \ufffd é");
  });

  it("ends at 2 KiB without breaking a character", () => {
    for (const text of ["a", "é", "😀"].map((char) => redactCommandLine(["x", char.repeat(5000)]).text)) {
      assert.ok(Buffer.byteLength(text) <= 2048 && Buffer.byteLength(text) > 2040, `${Buffer.byteLength(text)} bytes`);
      assert.ok(text.endsWith("…") && !text.includes("\ufffd"));
      assert.equal(Buffer.from(text).toString(), text);
    }
  });

  it("cuts before it shortens, so that no half secret is left", () => {
    const { text } = redactCommandLine(["x", "y".repeat(2030), "--password", "hunter22hunter22"]);
    assert.doesNotMatch(text, /hunt/);
  });

  it("makes nothing that redactText would still change", () => {
    for (const [argv] of cut) {
      const { text } = redactCommandLine(argv);
      assert.equal(redactText(text), text);
    }
  });
});
