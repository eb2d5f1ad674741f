import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommandLine } from "../../src/commands/commandLine.ts";
import { Lifetime } from "../../src/commands/lifetime.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

/** Runs `culprit redact` on what comes in these pieces; `writes` are its answers one by one. */
async function redact(pieces: readonly (string | Uint8Array)[], ...argv: string[]) {
  const writes: string[] = [];
  let err = "";
  async function* input() {
    yield* pieces;
  }
  const lifetime = new Lifetime({ clock: new ManualClock(), exit: () => assert.fail("nothing crashes"), complain: assert.fail });
  const code = await runCommandLine({
    argv: ["redact", ...argv],
    input,
    out: { write: (text) => writes.push(text) },
    err: { write: (text) => (err += text) },
    lifetime,
    clock: new ManualClock(),
  });
  return { code, writes, err };
}

describe("culprit redact", () => {
  const tempDirectory = tempDirectories();

  it("answers every line of text with what is kept of it", async () => {
    const { code, writes, err } = await redact(["mysql -uroot -phunter22 shop\n\nls -l\r\nTOKEN=abc1", "23"]);
    assert.deepEqual({ code, err }, { code: 0, err: "" });
    assert.deepEqual(writes, ["mysql -uroot -p*** shop\n", "\n", "ls -l\r\n", "TOKEN=***\n"]);
  });

  it("answers as soon as a line is complete", async () => {
    const seen: number[] = [];
    const writes: string[] = [];
    async function* input() {
      for (const line of ["a\n", "b\nc", "\n"]) {
        yield line;
        seen.push(writes.length);
      }
    }
    const lifetime = new Lifetime({ clock: new ManualClock(), exit: () => assert.fail("nothing crashes"), complain: assert.fail });
    const out = { write: (text: string) => writes.push(text) };
    await runCommandLine({ argv: ["redact"], input, out, err: out, lifetime, clock: new ManualClock() });
    assert.deepEqual(seen, [1, 2, 3]);
  });

  it("takes characters that come in halves", async () => {
    const bytes = Buffer.from("é x\n");
    assert.deepEqual((await redact([bytes.subarray(0, 1), bytes.subarray(1)])).writes, ["é x\n"]);
  });

  it("keeps a private key's lines together", async () => {
    const key = ["-----BEGIN RSA PRIVATE KEY-----", "MIIEowIBAAKCAQEA", "abcdefgh", "-----END RSA PRIVATE KEY-----"];
    const { writes } = await redact([["before", ...key, "after", ""].join("\n")]);
    assert.equal(writes.join(""), `before\n${key[0]}\n***\n${key[3]}\nafter\n`);
    const { writes: open } = await redact([`${key[0]}\n${"x\n".repeat(1000)}`]);
    assert.ok(open.length > 500, "one that does not end holds nothing back for ever");
  });

  it("takes JSON: a string is a text, an array an argument list, and so are the answers", async () => {
    const lines = [["mysql", "-uroot", "-ptwo words", "shop"], "password: hunter22", [], ["nginx: worker process"]];
    const { code, writes } = await redact([lines.map((line) => `${JSON.stringify(line)}\n`).join("")], "--json");
    assert.equal(code, 0);
    assert.deepEqual(
      writes.map((line) => JSON.parse(line)),
      [["mysql", "-uroot", "-p***", "shop"], "password: ***", [], ["nginx: worker process"]],
    );
  });

  it("says which lines are no JSON, never what is in them, and does the rest", async () => {
    const { code, writes, err } = await redact(['"a"\npassword=hunter22\n{"b":1}\n["c",1]\n7\n\n"d"\n'], "--json");
    assert.equal(code, 1);
    assert.deepEqual(writes, ['"a"\n', "null\n", "null\n", "null\n", "null\n", "null\n", '"d"\n']);
    assert.match(err, /^culprit: line 2: no JSON; expected a string or an array of strings$/m);
    assert.match(err, /^culprit: line 3: expected a string or an array of strings, not an object$/m);
    assert.match(err, /^culprit: line 4: .*not an array that holds something else$/m);
    assert.match(err, /^culprit: line 5: .*not a number$/m);
    assert.match(err, /^culprit: line 6: no JSON/m);
    assert.doesNotMatch(err, /hunter/);
  });

  it("cuts as the configuration says", async () => {
    const file = join(await tempDirectory(), "culprit.yml");
    const generated = ["hV3kQ9", "zTw7Lr2X"].join("");
    await writeFile(file, "redact: { level: known, patterns: ['case-[0-9]+'] }\n");
    assert.deepEqual((await redact([`sort ${generated} case-12\n`], `--config.file=${file}`)).writes, [`sort ${generated} ***\n`]);
    await writeFile(file, "redact: { level: names }\n");
    const argv = JSON.stringify(["git", "push", "origin", "main"]);
    assert.deepEqual((await redact([`${argv}\n`], "--json", `--config.file=${file}`)).writes, ['["git","push","***"]\n']);
    assert.equal((await redact([""], `--config.file=${file}.none`)).code, 2);
  });
});
