import assert from "node:assert/strict";
import { loadText, problemsOf } from "./support.ts";

function groupsOf(entry: string): ReturnType<typeof loadText>["groups"] {
  return loadText(`groups:\n  - ${entry}\n`).groups;
}

function patternOf(written: string): RegExp {
  const [pattern] = groupsOf(`cmdline: ['${written.replaceAll("'", "''")}']`)[0]?.cmdline ?? [];
  assert.ok(pattern instanceof RegExp);
  return pattern;
}

describe("groups[] of the configuration", () => {
  it("takes the pieces of a name apart", () => {
    const [rule] = groupsOf(`{ name: 'a {{.Comm}}-{{ .Matches.x }}:{{index .Matches "y"}}!', cmdline: ['(?<x>a)(?P<y>b)'] }`);
    assert.deepEqual(rule?.name, ["a ", { variable: "Comm" }, "-", { match: "x" }, ":", { match: "y" }, "!"]);
  });

  it("names a group after its program when it has no name", () => {
    assert.deepEqual(groupsOf("comm: [java]"), [{ name: [{ variable: "ExeBase" }], comm: ["java"] }]);
  });

  it("may be empty", () => {
    assert.deepEqual(loadText("groups:\n").groups, []);
    assert.deepEqual(loadText("groups: []\n").groups, []);
  });

  const patterns: readonly [written: string, found: readonly string[], notFound: readonly string[]][] = [
    ["-config.path\\s+(?P<file>\\S+)", ["x -config.path  /etc/x.yml"], ["x -config.path"]],
    ["(?i)KAFKA", ["/opt/Kafka/bin"], ["kafk"]],
    ["\\A/usr/bin/java\\b.*\\z", ["/usr/bin/java -jar x"], ["exec /usr/bin/java"]],
    ["^[[:alpha:]_]+-[[:digit:]]+$", ["web_a-12"], ["web-x"]],
    ["a\\-b\\.c\\/d", ["a-b.c/d"], ["a-bxc/d"]],
    ["(?:one|two) \\\\d", ["two \\d"], ["two 1"]],
  ];
  for (const [written, found, notFound] of patterns) {
    it(`understands ${written}`, () => {
      const pattern = patternOf(written);
      for (const text of found) assert.match(text, pattern);
      for (const text of notFound) assert.doesNotMatch(text, pattern);
    });
  }

  const wrong: readonly [entry: string, expected: string][] = [
    ["cmdline: ['a(b']", '4:15: groups[1].cmdline[0]: expected a regular expression (unterminated group), got "a(b"'],
    ["cmdline: ['ok', '\\pL+']", '4:21: groups[1].cmdline[1]: expected a regular expression (\\p is not understood here), got "\\\\pL+"'],
    ["cmdline: ['x(?i)y']", '4:15: groups[1].cmdline[0]: expected a regular expression ((?i) is not understood here), got "x(?i)y"'],
    [
      "cmdline: ['\\x{1F600}']",
      '4:15: groups[1].cmdline[0]: expected a regular expression (\\x{ is not understood here), got "\\\\x{1F600}"',
    ],
    ["cmdline: [3]", "4:15: groups[1].cmdline[0]: expected a regular expression, got 3"],
    ["cmdline: []", "4:14: groups[1].cmdline: expected a list of at least 1 entry, got an empty list"],
    ["comm: java", '4:11: groups[1].comm: expected a list, got "java"'],
    ["exe: ['']", "4:11: groups[1].exe[0]: expected the name or the path of a program, such as java or /usr/bin/java, got empty text"],
    ["name: everything", "4:5: groups[1]: expected at least one of comm, exe, cmdline beside the name, got keys with values"],
    [
      "{ name: 'a {{.PID}}', comm: [a] }",
      '4:13: groups[1].name: expected a name, in which these may stand: {{.Comm}}, {{.ExeBase}}, {{.ExeFull}}, {{.Username}}, {{.Matches.x}}, got "a {{.PID}}"',
    ],
    [
      "{ name: '{{.Matches.app}}', cmdline: ['(?<App>x)'] }",
      '4:13: groups[1].name: expected a pattern in cmdline with a group (?<app>…) for {{.Matches.app}}, got "{{.Matches.app}}"',
    ],
    ["{ comm: [a], cmdlin: [b] }", "4:18: groups[1].cmdlin: unknown key; did you mean cmdline?"],
  ];
  for (const [entry, expected] of wrong) {
    it(`refuses ${entry}`, () => {
      const problems = problemsOf(() => loadText(`# names\ngroups:\n  - comm: [fine]\n  - ${entry}\n`));
      assert.deepEqual(problems, [`culprit.yml:${expected}`]);
    });
  }
});
