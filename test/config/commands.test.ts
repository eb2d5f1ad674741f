import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DiagnosticCommand, defaultCommands } from "../../src/capture/parts/commandList.ts";
import { usualCommandNames } from "../../src/config/commands.ts";
import { packageRoot } from "../support/paths.ts";
import { load, loadText, problemsOf } from "./support.ts";

const mebibyte = 1024 ** 2;

describe("capture.commands", () => {
  const commandsOf = (text: string) => loadText(`capture:\n  commands:\n${text}`).capture.commands;
  const problems = (text: string) => problemsOf(() => commandsOf(text));

  it("are as they are written, with a time and a size where nothing is said of them", () => {
    assert.deepEqual(
      commandsOf(`
    - name: pg-activity
      command: [psql, -c, "select * from pg_stat_activity", "", "5"]
    - name: Queue_2.v1
      command:
        - /opt/queue
      timeout: 500ms
      maxBytes: 64KiB
`),
      [
        {
          name: "pg-activity",
          argv: ["psql", "-c", "select * from pg_stat_activity", "", "5"],
          timeoutSeconds: 10,
          maxBytes: mebibyte,
        },
        { name: "Queue_2.v1", argv: ["/opt/queue"], timeoutSeconds: 0.5, maxBytes: 65_536 },
      ],
    );
  });

  it("find a program that is named by a relative path from the folder of the file on; its arguments are left alone", () => {
    const text = "capture: { commands: [{ name: a, command: [bin/a, b/c] }, { name: b, command: [../b] }, { name: c, command: [c] }] }";
    const { commands } = load({ "conf/my.yml": text }, { argv: ["--config.file=conf/my.yml"] }).capture;
    assert.deepEqual(
      commands.map(({ argv }) => argv),
      [["/etc/culprit/conf/bin/a", "b/c"], ["/etc/culprit/b"], ["c"]],
    );
  });

  it("are refused with the place and with what was expected", () => {
    assert.deepEqual(
      problems(`
    - name: ../etc/passwd
      command: ps aux
    - name: sleeper
      command: [sleep, 10, true]
      timeout: 31s
      maxBytes: 17MiB
    - name: empty
      command: []
      timeOut: 1s
    - command: [""]
      name: nothing
    - name: alone
`),
      [
        'culprit.yml:4:13: capture.commands[0].name: expected a name of letters, digits, dots, dashes and underscores, such as pg-activity, got "../etc/passwd"',
        'culprit.yml:5:16: capture.commands[0].command: expected a list of a program and its arguments, such as [ls, -l, /tmp]; no shell is there to take a text apart, got "ps aux"',
        "culprit.yml:7:24: capture.commands[1].command[1]: expected text; numbers, true and false need quotes here, got 10",
        "culprit.yml:7:28: capture.commands[1].command[2]: expected text; numbers, true and false need quotes here, got true",
        'culprit.yml:8:16: capture.commands[1].timeout: expected a duration from 100ms to 30s, such as 30s, 5m or 1h30m, got "31s"',
        'culprit.yml:9:17: capture.commands[1].maxBytes: expected a size from 1KiB to 16MiB, got "17MiB"',
        "culprit.yml:11:16: capture.commands[2].command: expected a list of a program and its arguments, such as [ls, -l, /tmp]; no shell is there to take a text apart, got an empty list",
        "culprit.yml:12:7: capture.commands[2].timeOut: unknown key; did you mean timeout?",
        "culprit.yml:13:17: capture.commands[3].command[0]: expected the name or the path of a program, got empty text",
        'culprit.yml:15:7: capture.commands[4].command: missing in "- name: alone"; expected a list of a program and its arguments, such as [ls, -l, /tmp]; no shell is there to take a text apart',
      ],
    );
  });

  it("have names of their own, in any case", () => {
    assert.deepEqual(
      problems("    - { name: One, command: [a] }\n    - { name: two, command: [b] }\n    - { name: one, command: [c] }\n"),
      ['culprit.yml:5:15: capture.commands[2].name: expected a name that no command before it has, got "one"'],
    );
    assert.deepEqual(problems("    - { name: PS, command: [a] }\n    - { name: podman-ps, command: [b] }\n"), [
      'culprit.yml:3:15: capture.commands[0].name: expected a name that no usual command has, got "PS"',
      'culprit.yml:4:15: capture.commands[1].name: expected a name that no usual command has, got "podman-ps"',
    ]);
    const names = (commands: readonly DiagnosticCommand[]): readonly string[] =>
      commands.flatMap(({ name, orElse }) => [name, ...names(orElse === undefined ? [] : [orElse])]);
    assert.deepEqual([...usualCommandNames].sort(), [...names(defaultCommands)].sort());
  });

  it("may not fill the memory together", () => {
    const entry = (name: string, more = "") => `    - { name: ${name}, command: [a]${more} }\n`;
    assert.equal(commandsOf(entry("a", ", maxBytes: 15MiB") + entry("b")).length, 2);
    assert.deepEqual(problems(entry("a", ", maxBytes: 15MiB") + entry("b") + entry("c", ", maxBytes: 1KiB")), [
      "culprit.yml:3:5: capture.commands: expected commands whose maxBytes are at most 16MiB together, not 16385KiB, got a list",
    ]);
  });

  it("look like the example's, whose times and sizes are those that hold without being said", () => {
    const example = readFileSync(join(packageRoot(), "culprit.example.yml"), "utf8");
    const entry = /^ {2}# {3}- name:.*\n(?: {2}# {5}.*\n)+/m.exec(example)?.[0].replaceAll(/^ {2}#/gm, "  ") ?? "";
    const written = commandsOf(entry);
    const { name, argv } = written[0] ?? {};
    assert.deepEqual(written, commandsOf(`    - { name: ${name}, command: ${JSON.stringify(argv)} }`));
    assert.equal(argv?.length, 3);
  });
});
