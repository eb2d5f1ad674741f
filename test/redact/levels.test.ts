import assert from "node:assert/strict";
import { createRedactor } from "../../src/redact/redactor.ts";

const generated = ["hV3kQ9", "zTw7Lr2X"].join("");
const at = (level: "known" | "careful" | "names") => createRedactor({ level, patterns: [] });

describe("the level of redaction", () => {
  it("known cuts what the tables know, and leaves what only looks generated", () => {
    const { commandLine, text } = at("known");
    assert.equal(commandLine(["x", "--password", "hunter2", "--odd", generated]).text, `x --password *** --odd ${generated}`);
    assert.equal(text(`it is ${generated}`), `it is ${generated}`);
  });

  it("careful cuts that as well", () => {
    const { commandLine, text } = at("careful");
    assert.equal(commandLine(["x", "--password", "hunter2", "--odd", generated]).text, "x --password *** --odd ***");
    assert.equal(text(`it is ${generated}`), "it is ***");
  });

  it("names keeps programs, what they start, and sub-commands", () => {
    const { commandLine, argumentList, text } = at("names");
    const rows: readonly (readonly [argv: readonly string[], shown: string])[] = [
      [["git", "push", "origin", "main"], "git push ***"],
      [["sudo", "-u", "bob", "systemctl", "restart", "x.service"], "sudo *** systemctl restart ***"],
      [["docker", "exec", "db", "mysql", "-uroot"], "docker exec *** mysql ***"],
      [["/usr/bin/python3", "/srv/app.py", "--port", "80"], "/usr/bin/python3 /srv/app.py ***"],
      [["rm", "secret-plan"], "rm ***"],
      [["nginx: worker process"], "nginx: ***"],
      [["sleep"], "sleep"],
      [[], ""],
    ];
    for (const [argv, shown] of rows) {
      assert.equal(commandLine(argv).text, shown);
      assert.equal(argumentList(argv).arguments.join(" "), shown);
    }
    assert.equal(text("deploy --password hunter2 --host db"), "deploy --password *** --host db", "a text is cut as usual");
  });

  it("gives at names what was cut, so that it can be masked beside the pid", () => {
    const { secrets } = at("names").commandLine(["git", "push", "origin", "main"]);
    assert.deepEqual(
      secrets.map(({ value }) => value),
      ["origin", "main"],
    );
  });
});
