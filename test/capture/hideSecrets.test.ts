import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { runCommand } from "../../src/capture/making/command.ts";
import { cleanText as cleanTextWith } from "../../src/capture/making/hideSecrets.ts";
import { maskOf } from "../../src/capture/making/knownSecrets.ts";
import { carefulRedactor, createRedactor } from "../../src/redact/redactor.ts";
import { ManualClock } from "../support/manualClock.ts";
import { requireServer } from "../support/servers.ts";
import { eventually } from "./support.ts";

const cleanText = (text: string, mask = (line: string) => line) => cleanTextWith(text, mask, carefulRedactor);

/** Secrets of process 4821, `db`, each behind its flag. */
const db = (...secrets: readonly (readonly [before: string, value: string, generated?: "generated"])[]) =>
  maskOf([
    {
      pid: 4821,
      names: ["db"],
      secrets: secrets.map(([before, value, generated]) => ({ before, value, generated: generated !== undefined })),
    },
  ]);

const key = ["Q7zk2L", "vBn8Xw4T"].join("");

describe("secrets of running processes", () => {
  it("are removed from lines that carry the pid, the longer before the shorter", () => {
    const mask = db(["-a", "two words"], ["-b", "two words more"], ["-c", "(a|b)*[c].\\d$"]);
    assert.equal(mask("4821 x two words more y two words z"), "4821 x *** y *** z");
    assert.equal(mask("4821 (a|b)*[c].\\d$ aac.1"), "4821 *** aac.1");
    assert.equal(mask("14821 two words"), "14821 two words", "another's pid");
  });

  it("are removed where they follow their program's name and flag, in lines without the pid as well", () => {
    const mask = db(["--pw", "two words"], ["-p", "grey horse"]);
    assert.equal(mask("CMD (db --pw two words)"), "CMD (db --pw ***)");
    assert.equal(mask("CMD (db -pgrey horse)"), "CMD (db -p***)");
    assert.equal(mask("two words about --pw two words"), "two words about --pw two words", "no name");
  });

  it("are removed everywhere when they were generated, as whole words", () => {
    const mask = db(["-p", key, "generated"]);
    assert.equal(mask(`a line with ${key}, and (${key})`), "a line with ***, and (***)");
    assert.equal(mask(`x${key}`), `x${key}`);
  });

  it("are left alone where a word of a person's choice stands in the lines of others", () => {
    const mask = db(["--password", "grafana"], ["--password", "production"]);
    for (const line of ["77 grafana server", "node /srv/production-server.js", "12 /opt/grafana/bin/grafana"])
      assert.equal(mask(line), line);
  });

  it("never are a program's name", () => {
    const mask = maskOf([
      { pid: 1, names: ["docker"], secrets: [{ before: "PW=", value: "grafana", generated: false }] },
      { pid: 2, names: ["grafana"], secrets: [] },
    ]);
    assert.equal(mask("1 docker run -e PW=grafana grafana"), "1 docker run -e PW=grafana grafana");
    const own = maskOf([{ pid: 7, names: ["node"], secrets: [{ before: "--pw", value: "production", generated: false }] }]);
    assert.equal(own("7 node /srv/production-server.js --pw production"), "7 node /srv/production-server.js --pw ***");
  });

  it("are all arguments where only names are to be kept", async () => {
    const redactor = createRedactor({ level: "names", patterns: [] });
    const { secrets } = redactor.commandLine(["git", "push", "--force", "origin", "feature/blue"]);
    const mask = maskOf([{ pid: 4821, names: ["git"], secrets }]);
    assert.equal(
      await cleanTextWith("bob 4821 0.0 git push --force origin feature/blue", mask, redactor),
      "bob 4821 0.0 git push *** *** ***",
    );
    assert.equal(await cleanTextWith("77 vim feature/blue", mask, redactor), "77 vim feature/blue", "another's line");
  });

  it("are no numbers, which stand in every table", () => {
    assert.equal(db(["-p", "123456"])("4821 123456 db"), "4821 123456 db");
  });

  it("are removed in the spelling of ps for the C locale", () => {
    const mask = db(["-a", "geheim wört"], ["-b", "日本 語"]);
    assert.equal(mask("4821 geheim wört, geheim w??rt, geheim w?rt"), "4821 ***, ***, geheim w?rt");
    assert.equal(mask("4821 ?????? ???"), "4821 ***");
    assert.equal(mask("root ? Ss"), "root ? Ss", "a terminal that is not there is no secret");
  });

  it("leave a text alone when there are none", () => {
    assert.equal(maskOf([])("a b"), "a b");
    assert.equal(db()("4821 a b"), "4821 a b");
  });

  it("go before the rules for single lines, and the rules go over every line", async () => {
    const lines = Array.from({ length: 250 }, (_, index) => `line ${index} db --password=correct horse battery`);
    const cleaned = await cleanText(lines.join("\n"), db(["--password=", "correct horse battery"]));
    assert.ok(!/correct|horse|battery/.test(cleaned));
    assert.equal(cleaned.split("\n").length, 250);
    assert.match(cleaned, /^line 249 db --password=\*+$/m);
    assert.match(await cleanText("run --token s3cr3t-v4lue now"), /^run --token \*+ now$/);
  });

  it("go as private keys too, wherever in a long text those begin", async () => {
    const body = Array.from({ length: 50 }, (_, index) => `${"k3yMat".repeat(10)}${index}==`);
    for (const linesBefore of [0, 60, 99, 149]) {
      const key = ["-----BEGIN RSA PRIVATE KEY-----", ...body, "-----END RSA PRIVATE KEY-----"];
      const text = [...Array<string>(linesBefore).fill("before"), ...key, ...Array<string>(300).fill("after")].join("\n");
      const cleaned = await cleanText(text);
      assert.ok(!cleaned.includes("k3yMat"), `${linesBefore} lines before it`);
      assert.equal(cleaned.split("\n").filter((line) => line === "after").length, 300);
    }
  });

  it("go out of audit records, which spell command lines in hexadecimal or argument by argument", async () => {
    const hex = (...argv: string[]) => Buffer.from(argv.join("\0")).toString("hex").toUpperCase();
    const cases = {
      [`audit: type=1327 audit(1700000000.123:45): proctitle=${hex("mysql", "--user=bob", "--password=h4nter2-s3cret")}`]:
        /^audit: type=1327 audit\(1700000000\.123:45\): proctitle="mysql --user=bob --password=\*+"$/,
      [`web1 audit[7]: EXECVE argc=4 a0="curl" a1="--token" a2="h4nter2-s3cret" a3=${hex("two words")} x=1`]:
        /^web1 audit\[7\]: EXECVE argv="curl --token \*+ 'two words'" x=1$/,
      'web1 audit[7]: EXECVE argc=2 a0="curl" a1_len=40 a1[0]="--password=h4nter" a1[1]="2-s3cret"':
        /^web1 audit\[7\]: EXECVE argv="curl --password=\*+"$/,
      [`audit[8]: USER_CMD msg='cwd="/root" cmd=${hex("mysql --password=h4nter2-s3cret")} terminal=pts/0 res=success'`]:
        /^audit\[8\]: USER_CMD msg='cwd="\/root" cmd="mysql --password=\*+" terminal=pts\/0 res=success'$/,
      [`audit[9]: TTY comm="bash" data=${hex("h4nter2-s3cret\r")}`]: /^audit\[9\]: TTY comm="bash" data=\*+$/,
      // what is no audit record, or holds no command line, stays as it is
      "kernel: nothing data=AABB proctitle=AABB": /^kernel: nothing data=AABB proctitle=AABB$/,
      'audit: type=1300 audit(1.2:3): arch=c000003e a0=55d3 a1=0 comm="ls"':
        /^audit: type=1300 audit\(1\.2:3\): arch=c000003e a0=55d3 a1=0 comm="ls"$/,
      'audit[1]: EXECVE argc=1 a4000000000="x"': /argv="x"/,
    };
    for (const [line, expected] of Object.entries(cases)) assert.match(await cleanText(line), expected);
  });

  it("are not in the real ps, whatever it makes of their bytes", async function () {
    requireServer(this, "ps");
    const secret = "kör rëct hörse\u20ac";
    const keeper = spawn("/bin/sh", ["-c", "sleep 1000; :", `--password=${secret}`], { stdio: "ignore", detached: true });
    try {
      let output = "";
      await eventually("ps shows it", async () => {
        const surroundings = { start: spawn, clock: new ManualClock(), searchPath: "/usr/bin:/bin" };
        const command = { name: "ps", argv: ["ps", "auxwwf"] as [string, ...string[]], timeLimitSeconds: 10, sizeLimitBytes: 1e6 };
        output = (await runCommand(command, surroundings, new AbortController().signal)).output;
        return output.includes("sleep 1000; :");
      });
      assert.match(output, /--password=k\?\?r/, "ps shows it, in its own spelling");
      const mask = maskOf([{ pid: keeper.pid ?? 0, names: ["sh"], secrets: [{ before: "--password=", value: secret, generated: false }] }]);
      const cleaned = await cleanText(output, mask);
      assert.match(cleaned, /sleep 1000; : --password=\*+$/m);
      assert.ok(!/rse\?\?\?|k\?\?r/.test(cleaned));
    } finally {
      // its child too
      process.kill(-(keeper.pid ?? 0), "SIGKILL");
    }
  });
});
