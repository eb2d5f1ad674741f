import assert from "node:assert/strict";
import { carefulRedactor } from "../../src/redact/redactor.ts";

const { commandLine: redactCommandLine, argumentList: redactArgumentList } = carefulRedactor;

describe("redactArgumentList", () => {
  it("gives the arguments beside the line", () => {
    assert.deepEqual(redactArgumentList(["sh", "-c", "sleep 1", ""]), {
      text: "sh -c 'sleep 1'",
      secrets: [],
      arguments: ["sh", "-c", "sleep 1"],
    });
    assert.deepEqual(redactArgumentList([]).arguments, []);
  });

  const rows: readonly (readonly [argv: readonly string[], list: readonly string[]])[] = [
    [
      ["mysql", "-uroot", "-phunter2"],
      ["mysql", "-uroot", "-p***"],
    ],
    [
      ["app", "--password", "hunter2", "run.py"],
      ["app", "--password", "***", "run.py"],
    ],
    [
      ["python3", "https://bob:hunter22@h/run.py"],
      ["python3", "https://bob:***@h/run.py"],
    ],
    [
      ["echo", "Authorization:", "Bearer", "abcdefgh12345678"],
      ["echo", "Authorization:", "Bearer", "***"],
    ],
  ];
  for (const [argv, list] of rows) {
    it(`leaves ${JSON.stringify(list)} of ${JSON.stringify(argv)}`, () => assert.deepEqual(redactArgumentList(argv).arguments, list));
  }

  it("hides in the list whatever it hides in the line", () => {
    const secret = "Zq8-very-secret-77";
    const ways: readonly (readonly string[])[] = [
      ["curl", "-H", `Authorization: Bearer ${secret}`],
      ["curl", "-H", "Authorization:", "Bearer", secret],
      ["env", "TOKEN", "=", secret, "x"],
      ["x", "password", ":", secret],
      ["sh", "-c", `export DB_PASSWORD='${secret}'; run`],
      ["psql", `postgres://bob:${secret}@h/db`],
      ["x", "--api-key", secret, "--api-key", secret],
      ["x", `it's --token ${secret}`],
    ];
    for (const argv of ways) {
      const { text, arguments: list } = redactArgumentList(argv);
      assert.equal(list.join(" ").includes(secret), text.includes(secret), argv.join(" "));
    }
  });

  it("keeps its bounds: 256 arguments, 512 characters each, 8192 together", () => {
    const many = redactArgumentList(Array.from({ length: 1000 }, () => "x")).arguments;
    assert.equal(many.length, 256);
    const long = redactArgumentList(["x", "y".repeat(5000), "z"]).arguments;
    assert.deepEqual(
      long.map((one) => one.length),
      [1, 512, 1],
    );
    const together = redactArgumentList(Array.from({ length: 200 }, () => "y".repeat(500))).arguments;
    assert.ok(together.join("").length <= 8192 && together.length > 10);
  });

  it("shows no control characters and no half characters", () => {
    const { arguments: list } = redactArgumentList(["a\nb", "\u202e", `${"x".repeat(511)}\u{1f600}`]);
    assert.deepEqual(list.slice(0, 2), ["a\\nb", "\\u{202e}"]);
    assert.equal(list[2], `${"x".repeat(511)}\ufffd`);
  });

  it("says the same as redactCommandLine", () => {
    const argv = ["app", "--password", "hunter2", "run.py"];
    const { text, secrets } = redactArgumentList(argv);
    assert.deepEqual(redactCommandLine(argv), { text, secrets });
  });
});
