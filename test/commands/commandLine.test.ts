import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, runCommandLine } from "../../src/commands/commandLine.ts";
import { Lifetime } from "../../src/commands/lifetime.ts";
import { configFlags } from "../../src/config.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. Only for commands that end by themselves. */
async function culprit(...argv: string[]): Promise<Answer> {
  let out = "";
  let err = "";
  const lifetime = new Lifetime({ clock: new ManualClock(), exit: () => assert.fail("nothing crashes"), complain: assert.fail });
  const code = await runCommandLine({
    argv,
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    lifetime,
    clock: new ManualClock(),
  });
  return { code, out, err };
}

describe("The command line", () => {
  const tempDirectory = tempDirectories();

  it("prints a help that names every command and every flag", async () => {
    const { code, out, err } = await culprit("--help");
    assert.equal(code, 0);
    assert.equal(err, "");
    for (const { name } of commands) assert.match(out, new RegExp(`^ {2}${name} `, "m"));
    for (const { name } of [...configFlags, { name: "help" }, { name: "version" }]) assert.ok(out.includes(`--${name}`), name);
    assert.equal((await culprit("-h")).out, out);
  });

  it("takes the word help for the flag", async () => {
    assert.deepEqual(await culprit("help"), await culprit("--help"));
    assert.deepEqual(await culprit("help", "token"), await culprit("token", "--help"));
    const { code, err } = await culprit("help", "tokne");
    assert.deepEqual([code, err], [2, "culprit: unknown command tokne; did you mean token?\n"]);
  });

  it("prints no line of help that is wider than 80 characters, and loses no word", async () => {
    for (const command of [undefined, ...commands.map(({ name }) => name)]) {
      const { code, out } = await culprit(...(command === undefined ? ["help"] : ["help", command]));
      assert.equal(code, 0);
      for (const line of out.split("\n")) assert.ok(line.length <= 80, `${command}: ${line}`);
      const words = out.split(/\s+/).join(" ");
      for (const { name, help } of commands.find(({ name }) => name === command)?.flags ?? []) assert.ok(words.includes(help), name);
    }
  });

  it("prints the help of one command with that command's flags", async () => {
    const { code, out } = await culprit("token", "--help");
    assert.equal(code, 0);
    assert.match(out, /--scope=SCOPES/);
    assert.doesNotMatch(out, /--web\.listen-address/);
  });

  it("prints the version of package.json", async () => {
    const { version } = JSON.parse(await readFile(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string };
    const { code, out } = await culprit("--version");
    assert.equal(code, 0);
    assert.ok(out.startsWith(`culprit, version ${version} (node ${process.versions.node}`), out);
  });

  for (const [argv, message] of [
    [["sevre"], "culprit: unknown command sevre; did you mean serve?\n"],
    [
      ["frobnicate"],
      "culprit: unknown command frobnicate; expected one of serve, once, capture, record, replay, search, check-config, redact, token, notify-test, push-test, silence, stress, help\n",
    ],
    [["--web.listen-adress=:1"], "culprit: --web.listen-adress: unknown flag; did you mean --web.listen-address?\n"],
    [["serve", "now"], 'culprit: unexpected "now"; expected culprit [serve] [FLAGS]\n'],
    [["serve", "--scope=read"], "culprit: --scope: culprit serve does not take it; it belongs to culprit token\n"],
    [["check-config", "--nope"], "culprit: --nope: unknown flag; --help lists what there is\n"],
    [["token", "write"], /^culprit: expected a file for the token: culprit token write PATH /],
    [["token", "forget", "x"], /^culprit: expected one of:\n {2}culprit token write /],
    [["token", "revoke"], /^culprit: expected the name of a token, as culprit token list has it: culprit token revoke NAME\n/],
    [["token", "write", "x", "--scope=read", "--expires=soon"], /^culprit: --expires: expected a duration up to 10y/],
    [["token", "list", "x"], /^culprit: expected one of:\n/],
    [["token", "write", "x"], /^culprit: --scope: expected what the token may do, one or more of read, capture, ingest, admin\n/],
    [["token", "write", "x", "--scope=capture,raed"], /^culprit: --scope: .*, got "raed"; did you mean read\?\n/],
    [
      ["token", "write", "x", "--scope=read", "--mode=0999"],
      'culprit: --mode: expected permission bits in octal, such as 0440, got "0999"\n',
    ],
    [["token", "write", "x", "--scope=read", "--group=staff"], /^culprit: --group: expected the number of a group, .*, got "staff"\n/],
  ] as const) {
    it(`refuses culprit ${argv.join(" ")} with exit code 2`, async () => {
      const { code, out, err } = await culprit(...argv);
      assert.equal(code, 2);
      assert.equal(out, "");
      if (typeof message === "string") assert.equal(err, message);
      else assert.match(err, message);
    });
  }

  describe("check-config", () => {
    it("says which file is fine", async () => {
      const file = join(await tempDirectory(), "my.yml");
      await writeFile(file, "log: { level: debug }\n");
      assert.deepEqual(await culprit("check-config", `--config.file=${file}`), { code: 0, out: `OK: ${file}\n`, err: "" });
    });

    it("lists what is wrong and ends with 1", async () => {
      const file = join(await tempDirectory(), "my.yml");
      await writeFile(file, "log:\n  level: loud\n  fromat: json\n");
      assert.deepEqual(await culprit("check-config", `--config.file=${file}`), {
        code: 1,
        out: "",
        err:
          `${file}:2:10: log.level: expected one of error, warn, info, debug, got "loud"\n` +
          `${file}:3:3: log.fromat: unknown key; did you mean format?\nFAILED: 2 problems\n`,
      });
    });

    it("ends with 1 when the named file is not there", async () => {
      const file = join(await tempDirectory(), "none.yml");
      const { code, err } = await culprit("check-config", `--config.file=${file}`);
      assert.equal(code, 1);
      assert.equal(err, `--config.file: cannot read ${file}: there is no such file\nFAILED: 1 problem\n`);
    });
  });

  describe("token", () => {
    it("writes a token with the asked rights and lists it", async () => {
      const storage = await tempDirectory();
      const path = join(storage, "alertmanager");
      const group = process.getgid?.() ?? 0;
      const args = [`--storage.path=${storage}`, "--mode=0440", `--group=${group}`, "--scope=capture,read"];
      const written = await culprit("token", "write", path, ...args);
      assert.deepEqual(written, { code: 0, out: `${path} holds a new token with scope capture, read\n`, err: "" });
      const { mode, gid } = await stat(path);
      assert.deepEqual([mode & 0o777, gid], [0o440, group]);
      const token = (await readFile(path, "utf8")).trim();
      assert.match(token, /^culprit_/);

      const { code, out } = await culprit("token", "list", `--storage.path=${storage}`);
      assert.equal(code, 0);
      assert.match(out, /^NAME +SCOPES +HOST +CREATED \(UTC\) +EXPIRES \(UTC\) +LAST USED\n/);
      assert.match(out, new RegExp(`^${path} {2}capture,read +any +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d +never +never$`, "m"));
      assert.ok(!out.includes(token));
    });

    it("adds one that a file holds, and leaves the file as it is", async () => {
      const storage = await tempDirectory();
      const path = join(storage, "shared");
      await writeFile(path, "of-the-whole-cluster-0123456789abcdef", { mode: 0o444 });
      const args = [path, "--scope=capture", `--storage.path=${storage}`];
      const added = await culprit("token", "add", ...args);
      assert.deepEqual(added, { code: 0, out: `the token in ${path} is valid with scope capture\n`, err: "" });
      assert.match((await culprit("token", "list", `--storage.path=${storage}`)).out, new RegExp(`^${path} {2}capture +`, "m"));
      const { code, err } = await culprit("token", "add", ...args, "--mode=0440");
      assert.deepEqual([code, err.split("\n")[0]], [2, "culprit: --mode: culprit token add leaves the file as it is"]);
      assert.equal(await readFile(path, "utf8"), "of-the-whole-cluster-0123456789abcdef");
    });

    it("revokes one by its name, and says so when there is none of that name", async () => {
      const storage = await tempDirectory();
      await culprit("token", "write", join(storage, "grafana"), "--scope=read", "--expires=30d", `--storage.path=${storage}`);
      const name = join(storage, "grafana");
      const listed = (await culprit("token", "list", `--storage.path=${storage}`)).out;
      assert.match(listed, new RegExp(`^${name} +read +any +\\S+ \\S+ +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d +never$`, "m"));
      const revoked = await culprit("token", "revoke", name, `--storage.path=${storage}`);
      assert.deepEqual(revoked, { code: 0, out: `${name} is revoked: whoever has it is refused from now on\n`, err: "" });
      assert.ok(!(await culprit("token", "list", `--storage.path=${storage}`)).out.includes("grafana"));
      const { code, err } = await culprit("token", "revoke", name, `--storage.path=${storage}`);
      assert.deepEqual([code, err], [1, `culprit: no token is called ${name}; \`culprit token list\` says which there are\n`]);
    });

    it("binds one to a host, shows that in the list, and refuses what cannot be bound", async () => {
      const storage = await tempDirectory();
      const path = join(storage, "web1");
      const more = ["--host=web1", `--storage.path=${storage}`];
      const written = await culprit("token", "write", path, "--scope=ingest", ...more);
      assert.deepEqual(written, { code: 0, out: `${path} holds a new token with scope ingest, for the host web1 alone\n`, err: "" });
      assert.match((await culprit("token", "list", `--storage.path=${storage}`)).out, new RegExp(`^${path} {2}ingest +web1 +\\d{4}`, "m"));
      const wide = await culprit("token", "write", join(storage, "wide"), "--scope=ingest,read", ...more);
      assert.equal(wide.code, 1);
      assert.match(wide.err, /^culprit: a token that is bound to a host has the scope ingest alone, got ingest, read; /);
      const odd = await culprit("token", "write", join(storage, "odd"), "--scope=ingest", "--host=web 1", `--storage.path=${storage}`);
      assert.deepEqual([odd.code, odd.err], [1, 'culprit: "web 1" is no name of a host; expected one such as web1\n']);
    });

    it("says so when there are none", async () => {
      const storage = await tempDirectory();
      const { code, out } = await culprit("token", "list", `--storage.path=${storage}`);
      assert.deepEqual([code, out], [0, `${join(storage, "tokens")} holds no tokens yet\n`]);
    });

    it("ends with 1 and one line when the file cannot be written", async () => {
      const storage = await tempDirectory();
      const { code, err } = await culprit(
        "token",
        "write",
        join(storage, "no", "such", "place"),
        "--scope=read",
        `--storage.path=${storage}`,
      );
      assert.equal(code, 1);
      assert.match(err, /^culprit: cannot write .*\/place: the directory .* does not exist\n$/);
    });
  });
});
