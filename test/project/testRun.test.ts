import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run, shellEnvironment, start } from "./commands.ts";
import { Trees } from "./trees.ts";

/** Where the compiled helper is: the tests that are run here use the real one. */
const servers = JSON.stringify(new URL("../support/servers.js", import.meta.url).href);

const wantsPromtool = `it("needs promtool", async function () {
  const { requireServer } = await import(${servers});
  process.env.PATH = "";
  requireServer(this, "promtool");
});
`;

const wantsRoot = `it("needs root", async function () {
  const { requireRoot } = await import(${servers});
  process.getuid = () => 1000;
  requireRoot(this);
});
`;

describe("The end of npm test", function () {
  this.timeout(60_000);
  const trees = new Trees();
  after(() => trees.remove());

  /** A project with these compiled tests; its folder. */
  function makeProject(files: Readonly<Record<string, string>>): string {
    const compiled = Object.entries(files).map(([name, code]) => [`dist/test/${name}.test.js`, code]);
    return trees.makeWithScripts({ "package.json": "{}", ...Object.fromEntries(compiled) }, "linked");
  }

  /** Runs scripts/test.mjs on these test files; what it printed, without the empty lines. */
  async function runTests(
    files: Readonly<Record<string, string>>,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number | null; lines: string[] }> {
    const root = makeProject(files);
    const { code, output } = await run(process.execPath, [join(root, "scripts", "test.mjs"), ...args], root, shellEnvironment(env));
    return { code, lines: output.split("\n").filter((line) => line.trim() !== "") };
  }

  it("counts what passed", async () => {
    const { code, lines } = await runTests({ a: 'it("one", () => {}); it("two", () => {});', "deep/b": 'it("three", () => {});' });
    assert.equal(code, 0);
    assert.equal(lines.at(-1), "3 passed, 0 failed");
  });

  it("counts what failed, hooks too, and fails", async () => {
    const broken = 'it("one", () => {}); it("two", () => { throw new Error("no"); });';
    const hook = 'describe("suite", () => { before(() => { throw new Error("no"); }); it("never", () => {}); });';
    const { code, lines } = await runTests({ a: broken, b: hook });
    assert.equal(code, 2);
    assert.equal(lines.at(-1), "1 passed, 2 failed");
    // again at the end, because what comes before may be long
    const last = lines.filter((line) => line.startsWith("Failed: "));
    assert.deepEqual(last, ["Failed: two", 'Failed: suite "before all" hook for "never"']);
  });

  it("names the package that would run what is pending, and lets it pass outside of CI", async () => {
    const { code, lines } = await runTests({ a: `it("one", () => {});\n${wantsPromtool}` });
    assert.equal(code, 0);
    assert.deepEqual(lines.slice(-2), [
      "Pending: 1 (not found: promtool; apt-get install prometheus would run what needs them)",
      "1 passed, 0 failed, 1 skipped",
    ]);
  });

  it("names every reason, each once", async () => {
    const { lines } = await runTests({ a: wantsRoot, b: wantsRoot + wantsPromtool });
    assert.deepEqual(lines.slice(-2), [
      "Pending: 3 (not found: promtool; apt-get install prometheus would run what needs them; it must run as root)",
      "0 passed, 0 failed, 3 skipped",
    ]);
  });

  it("fails in CI when anything is pending", async () => {
    const { code, lines } = await runTests({ a: `it("one", () => {});\nit("somehow pending");` }, [], { CI: "true" });
    assert.equal(code, 1);
    assert.deepEqual(lines.slice(-2), [
      "Pending: 1 (no reason was given: somehow pending); with CI=true that is a failure",
      "1 passed, 0 failed, 1 skipped",
    ]);
  });

  it("passes arguments to mocha, and takes the files that are named", async () => {
    const files = { a: 'it("one", () => {}); it("two", () => {});', b: 'it("three", () => {});' };
    assert.equal((await runTests(files, ["--fgrep", "t"])).lines.at(-1), "2 passed, 0 failed");
    assert.equal((await runTests(files, ["test/b.test.ts"])).lines.at(-1), "1 passed, 0 failed");
    const dots = await runTests(files, ["--reporter", "tap"]);
    assert.ok(dots.lines.includes("ok 1 one"), dots.lines.join("\n"));
    assert.equal(dots.lines.at(-1), "3 passed, 0 failed");
  });

  it("lists what took longest when asked", async () => {
    const slow = 'describe("suite", () => { it("waits", (done) => setTimeout(done, 60)); });';
    const { lines } = await runTests({ fast: 'describe("suite", () => { it("one", () => {}); });', slow }, ["--costs"]);
    const from = lines.indexOf("The files that took longest:");
    assert.match(lines[from + 1] ?? "", /^ +0\.\d s {2}dist\/test\/slow\.test\.js$/);
    assert.match(lines[from + 2] ?? "", /^ +0\.0 s {2}dist\/test\/fast\.test\.js$/);
    assert.equal(lines.at(-1), "2 passed, 0 failed");
  });

  it("fails when no test matches", async () => {
    const { code, lines } = await runTests({ a: 'it("one", () => {});' }, ["--fgrep", "typo"]);
    assert.equal(code, 1);
    assert.deepEqual(lines.slice(-2), ["No test matched.", "0 passed, 0 failed"]);
  });

  it("fails when a test ends the process or a file cannot be loaded", async () => {
    const quits = await runTests({ a: 'it("one", () => {}); it("two", () => process.exit(0));' });
    assert.equal(quits.code, 1);
    assert.deepEqual(quits.lines.slice(-2), ["The run ended before the last test, with exit code 0.", "1 passed, 1 failed"]);
    const unloadable = await runTests({ a: "this is no JavaScript" });
    assert.equal(unloadable.code, 1);
    assert.equal(unloadable.lines.at(-1), "0 passed, 1 failed");
  });

  it("fails and says why when something keeps the process alive", async () => {
    const { code, lines } = await runTests({ a: 'it("one", () => { setInterval(() => {}, 1000); });' });
    assert.equal(code, 1);
    assert.match(lines.at(-2) ?? "", /^The tests are over but this keeps the process alive: .*Timeout/);
    assert.equal(lines.at(-1), "1 passed, 1 failed");
  });

  describe("when it is a run of everything", () => {
    const others = { "e2e/steady": 'it("one", () => {});', "log/steady": 'it("two", () => {});' };
    /** Fails in its first process and passes in every later one. */
    const unsteady = `import { existsSync, writeFileSync } from "node:fs";
it("is there in time", () => {
  if (existsSync("seen")) return;
  writeFileSync("seen", "");
  throw new Error("it came late");
});
it("three", () => {});
`;

    it("tells loudly of a test that failed once and passed when its file was run again alone, and passes", async () => {
      const { code, lines } = await runTests({ ...others, "spool/a": unsteady }, [], { CI: "true" });
      assert.equal(code, 0, lines.join("\n"));
      const from = lines.findIndex((line) => line.startsWith("Unsteady: "));
      const told = "Unsteady: is there in time, failed once (Error: it came late), passed when its file was run again alone";
      assert.deepEqual(lines.slice(from, from + 2), [told, "Error: it came late"]);
      assert.ok(lines.includes("Once more, alone: dist/test/spool/a.test.js"));
      assert.equal(lines.at(-1), "3 passed, 0 failed, 1 unsteady");
      assert.ok(!lines.some((line) => line.startsWith("Failed: ")));
    });

    it("fails where it fails again", async () => {
      const { code, lines } = await runTests({ ...others, "spool/a": 'it("three", () => { throw new Error("no"); });' });
      assert.equal(code, 1);
      assert.equal(lines.filter((line) => line === "Failed: three").length, 1);
      assert.equal(lines.at(-1), "2 passed, 1 failed");
    });

    it("gives a process that died the same second chance", async () => {
      const dies = unsteady.replace('throw new Error("it came late")', "process.exit(3)");
      const { code, lines } = await runTests({ ...others, "spool/a": dies });
      assert.equal(code, 0, lines.join("\n"));
      assert.ok(lines.some((line) => line.startsWith("Unsteady: the run of dist/test/spool/a.test.js, failed once (The run ended before")));
      assert.equal(lines.at(-1), "4 passed, 0 failed, 1 unsteady");
    });

    it("begins nothing more after Ctrl-C", async () => {
      const waits =
        'import { writeFileSync } from "node:fs"; it("waits", (done) => { writeFileSync("begun", ""); setTimeout(done, 15_000); });';
      const root = makeProject({ "e2e/waits": waits, "e2e/page": 'it("is last", () => {});' });
      const running = start(process.execPath, [join(root, "scripts", "test.mjs")], root, shellEnvironment({}));
      while (!existsSync(join(root, "begun"))) await new Promise((resolve) => setTimeout(resolve, 50));
      process.kill(running.pid, "SIGINT");
      const { code, output } = await running.ended;
      assert.equal(code, 130);
      assert.doesNotMatch(output, /is last|Once more/);
    });

    it("has no second chance for files that were named", async () => {
      const { code, lines } = await runTests({ ...others, "spool/a": unsteady }, ["test/spool/a.test.ts"]);
      assert.equal(code, 1);
      assert.equal(lines.at(-1), "1 passed, 1 failed");
    });
  });
});
