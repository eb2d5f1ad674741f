import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { runCommand } from "../../src/capture/command.ts";
import { cleanText, hiderOf } from "../../src/capture/hideSecrets.ts";
import { ManualClock } from "../support/manualClock.ts";
import { requireServer } from "../support/servers.ts";
import { eventually } from "./support.ts";

describe("secrets of running processes", () => {
  it("are removed from other texts, the longer before the shorter", () => {
    const hide = hiderOf(["two words", "two words more", "(a|b)*[c].\\d$"]);
    assert.equal(hide("x two words more y two words z"), "x *** y *** z");
    assert.equal(hide("(a|b)*[c].\\d$ aac.1"), "*** aac.1");
  });

  it("are removed in the spelling of ps for the C locale", () => {
    const hide = hiderOf(["geheim wört", "日本 語"]);
    assert.equal(hide("geheim wört, geheim w??rt, geheim w?rt"), "***, ***, geheim w?rt");
    assert.equal(hide("?????? ???"), "***");
    assert.equal(hide("root ? Ss"), "root ? Ss", "a terminal that is not there is no secret");
  });

  it("leave a text alone when there are none", () => {
    assert.equal(hiderOf([])("a b"), "a b");
    assert.equal(hiderOf([""])("a b"), "a b");
  });

  it("go before the rules for single lines, and the rules go over every line", async () => {
    const lines = Array.from({ length: 250 }, (_, index) => `line ${index} --password=correct horse battery`);
    const cleaned = await cleanText(lines.join("\n"), hiderOf(["correct horse battery"]));
    assert.ok(!/correct|horse|battery/.test(cleaned));
    assert.equal(cleaned.split("\n").length, 250);
    assert.match(cleaned, /^line 249 --password=\*+$/m);
    assert.match(await cleanText("run --token s3cr3t-v4lue now", hiderOf([])), /^run --token \*+ now$/);
  });

  it("go as private keys too, wherever in a long text those begin", async () => {
    const body = Array.from({ length: 50 }, (_, index) => `${"k3yMat".repeat(10)}${index}==`);
    for (const linesBefore of [0, 60, 99, 149]) {
      const key = ["-----BEGIN RSA PRIVATE KEY-----", ...body, "-----END RSA PRIVATE KEY-----"];
      const text = [...Array<string>(linesBefore).fill("before"), ...key, ...Array<string>(300).fill("after")].join("\n");
      const cleaned = await cleanText(text, hiderOf([]));
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
    for (const [line, expected] of Object.entries(cases)) assert.match(await cleanText(line, hiderOf([])), expected);
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
      const cleaned = await cleanText(output, hiderOf([secret]));
      assert.match(cleaned, /sleep 1000; : --password=\*+$/m);
      assert.ok(!/rse\?\?\?|k\?\?r/.test(cleaned));
    } finally {
      // its child too
      process.kill(-(keeper.pid ?? 0), "SIGKILL");
    }
  });
});
