import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { nameByRules } from "../../src/attribution/groupRules.ts";
import type { CommandLinePattern } from "../../src/model/groupRule.ts";
import { processReading } from "../support/samples.ts";
import { loadText, problemsOf } from "./support.ts";

function groupsOf(entry: string): ReturnType<typeof loadText>["groups"] {
  return loadText(`groups:\n  - ${entry}\n`).groups;
}

function patternOf(written: string): CommandLinePattern {
  const [pattern] = groupsOf(`cmdline: ['${written.replaceAll("'", "''")}']`)[0]?.cmdline ?? [];
  assert.ok(pattern !== undefined);
  return pattern;
}

/** Longer than any sensible machine needs: only what never ends takes so long. */
const hangMs = 20_000;

/** What a process with this argument is called, unless that takes for ever: then it throws. */
function nameWith(rules: ReturnType<typeof groupsOf>, argument: string): string | undefined {
  const identity = { commandLine: "", arguments: ["x", argument], user: "root", cgroupPath: "/" };
  const name = () => nameByRules(rules)?.(processReading(1, "x", { identity }));
  return runInNewContext("name()", { name }, { timeout: hangMs }) as string | undefined;
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
    ["^\\pL+(?i)X$", ["größex", "größeX"], ["größe1x"]],
    ["\\x{1F600}", ["a 😀"], ["a 😁"]],
    ["\\Qa.b\\E", ["a.b"], ["axb"]],
  ];
  for (const [written, found, notFound] of patterns) {
    it(`understands ${written}`, () => {
      const pattern = patternOf(written);
      for (const text of found) assert.notEqual(pattern.exec(text), null, text);
      for (const text of notFound) assert.equal(pattern.exec(text), null, text);
    });
  }

  it("gives what the named groups have found, as process-exporter's templates ask for it", () => {
    const pattern = patternOf("-config.path\\s+(?P<file>\\S+)|-(?<other>none)");
    assert.deepEqual({ ...pattern.exec("x -config.path  /etc/x.yml -v")?.groups }, { file: "/etc/x.yml", other: undefined });
    const rules = groupsOf("{ name: '{{.Comm}}:{{.Matches.queue}}', cmdline: ['--queue[= ](?P<queue>\\w+)', 'worker'] }");
    assert.equal(nameWith(rules, "worker --queue=mails -v"), "x:mails");
    assert.equal(nameWith(rules, "worker --queues=mails -v"), undefined);
  });

  const endless: readonly [pattern: string, argument: string, name: string | undefined][] = [
    ["(a+)+$", "a".repeat(2000), "found"],
    ["(a+)+$", `${"a".repeat(2000)}!`, undefined],
    ["^(a|aa)+$", `${"a".repeat(2000)}!`, undefined],
    ["(x+x+)+y", "x".repeat(4000), undefined],
    ["^(([a-z])+.)+[A-Z]([a-z])+$", "a".repeat(2000), undefined],
    ["(?P<all>(.*)*)(?:b|c)*$", "b".repeat(2000), "found"],
    ["(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^ -~]", "b".repeat(2000), undefined],
    ["(?:\\w{0,60}|\\w{0,61})+!$", "b".repeat(2000), undefined],
  ];
  for (const [pattern, argument, name] of endless) {
    it(`does not let ${pattern} hold a tick at ${argument.length} letters that end with ${argument.slice(-2)}`, function () {
      this.timeout(2 * hangMs);
      assert.equal(nameWith(groupsOf(`{ name: found, cmdline: ['${pattern}'] }`), argument), name);
    });
  }

  const wrong: readonly [entry: string, expected: string][] = [
    ["cmdline: ['a(b']", '4:15: groups[1].cmdline[0]: expected a regular expression (missing closing ): a(b), got "a(b"'],
    ["cmdline: ['a[']", '4:15: groups[1].cmdline[0]: expected a regular expression (missing closing ]: [), got "a["'],
    [
      "cmdline: ['ok', 'a(?=b)']",
      '4:21: groups[1].cmdline[1]: expected a regular expression (looking ahead or back is not possible: (?=), got "a(?=b)"',
    ],
    [
      "cmdline: ['(?<!a)b']",
      '4:15: groups[1].cmdline[0]: expected a regular expression (looking ahead or back is not possible: (?<!a)b), got "(?<!a)b"',
    ],
    [
      "cmdline: ['(a)\\1']",
      '4:15: groups[1].cmdline[0]: expected a regular expression (referring back to a group is not possible: \\1), got "(a)\\\\1"',
    ],
    [
      "cmdline: ['(?<x>a)\\k<x>']",
      '4:15: groups[1].cmdline[0]: expected a regular expression (referring back to a group is not possible: \\k), got "(?<x>a)\\\\k<x>"',
    ],
    ["cmdline: ['\\u0041']", '4:15: groups[1].cmdline[0]: expected a regular expression (invalid escape sequence: \\u), got "\\\\u0041"'],
    [
      "cmdline: ['(?>a)']",
      '4:15: groups[1].cmdline[0]: expected a regular expression (invalid or unsupported Perl syntax: (?>), got "(?>a)"',
    ],
    [
      "cmdline: ['\\w{900}']",
      '4:15: groups[1].cmdline[0]: expected a regular expression (too large: its repetitions make 902 steps, at most 300 are possible), got "\\\\w{900}"',
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
