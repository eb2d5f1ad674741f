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

  it("are not in the real ps, whatever it makes of their bytes", async function () {
    requireServer(this, "ps");
    const secret = "kör rëct hörse\u20ac";
    const process = spawn("/bin/sh", ["-c", "sleep 1000; :", `--password=${secret}`], { stdio: "ignore" });
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
      process.kill("SIGKILL");
    }
  });
});
