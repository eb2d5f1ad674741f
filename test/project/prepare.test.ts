import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { type Ended, run, shellEnvironment, start, stopGroup } from "./commands.ts";
import { Trees, writeTree } from "./trees.ts";

/** A compiler that copies: what is tested is when it runs. npm really installs it, from a folder, so no network is needed. */
const compiler = `#!/usr/bin/env node
const { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync } = require("node:fs");
appendFileSync("builds.log", "build\\n");
let code = 0;
for (const folder of ["src", "test"]) {
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
    if (readFileSync(folder + "/" + name, "utf8").includes("BROKEN")) {
      console.log(folder + "/" + name + "(1,1): error: it is broken");
      code = 2;
    }
    mkdirSync("dist/" + folder, { recursive: true });
    cpSync(folder + "/" + name, "dist/" + folder + "/" + name.replace(/ts$/, "js"));
  }
}
process.exitCode = code;
`;

const devDependencies = { esbuild: "file:bundler", typescript: "file:compiler" };

const manifest = (node: string) => JSON.stringify({ name: "small", version: "1.0.0", engines: { node }, devDependencies });

const lock = JSON.stringify({
  name: "small",
  version: "1.0.0",
  lockfileVersion: 3,
  requires: true,
  packages: {
    "": { name: "small", version: "1.0.0", devDependencies },
    bundler: { name: "esbuild", version: "1.0.0", dev: true },
    compiler: { name: "typescript", version: "1.0.0", dev: true },
    "node_modules/esbuild": { resolved: "bundler", link: true },
    "node_modules/typescript": { resolved: "compiler", link: true },
  },
});

const project = {
  "package.json": manifest(">=20.19"),
  "package-lock.json": lock,
  "tsconfig.json": "{}",
  "bundler/package.json": '{ "name": "esbuild", "version": "1.0.0", "main": "index.js" }',
  // a page with nothing in it
  "bundler/index.js": "exports.build = async () => ({ errors: [], outputFiles: [] });",
  "compiler/package.json": '{ "name": "typescript", "version": "1.0.0" }',
  "compiler/bin/tsc": compiler,
  "src/main.ts": "one",
  "test/main.test.ts": "two",
};

describe("Preparing a checkout", function () {
  this.timeout(60_000);
  const trees = new Trees();
  after(() => trees.remove());

  const prepare = (root: string, ...args: string[]) =>
    run(process.execPath, [join(root, "scripts", "prepare.mjs"), ...args], root, shellEnvironment({ NODE_ENV: "production" }));
  const builds = (root: string) =>
    existsSync(join(root, "builds.log")) ? readFileSync(join(root, "builds.log"), "utf8").split("\n").length - 1 : 0;

  /** Prepares and tells what it took. */
  async function stepsOf(root: string, ...args: string[]): Promise<string[]> {
    const { code, output } = await prepare(root, ...args);
    assert.equal(code, 0, output);
    return output.split("\n").filter((line) => line !== "");
  }

  async function prepared(): Promise<string> {
    const root = trees.makeWithScripts(project, "none");
    assert.deepEqual(await stepsOf(root), ["installing dependencies...", "building..."]);
    return root;
  }

  it("installs and builds a bare clone, even for production, and does nothing the second time", async () => {
    const root = await prepared();
    assert.equal(readFileSync(join(root, "dist/src/main.js"), "utf8"), "one");
    assert.deepEqual(await stepsOf(root), []);
    assert.equal(builds(root), 1);
  });

  it("installs again when the lock file changes, when packages are gone, or when an installation was cut short", async () => {
    const root = await prepared();
    writeTree(root, { "package-lock.json": `${lock}\n` });
    assert.deepEqual(await stepsOf(root), ["installing dependencies...", "building..."]);
    rmSync(join(root, "node_modules", "typescript"));
    assert.deepEqual(await stepsOf(root), ["installing dependencies..."]);
    const marker = readdirSync(join(root, "node_modules")).find((name) => name.startsWith(".culprit"));
    rmSync(join(root, "node_modules", marker ?? "no marker"));
    assert.deepEqual(await stepsOf(root), ["installing dependencies..."]);
  });

  it("builds again when a source changes or an output is gone or written by somebody else, not when a file is only touched", async () => {
    const root = await prepared();
    utimesSync(join(root, "src/main.ts"), new Date(), new Date());
    assert.deepEqual(await stepsOf(root), []);
    writeTree(root, { "src/main.ts": "three" });
    assert.deepEqual(await stepsOf(root), ["building..."]);
    rmSync(join(root, "dist/test/main.test.js"));
    assert.deepEqual(await stepsOf(root), ["building..."]);
    writeTree(root, { "dist/src/main.js": "longer than it was" });
    assert.deepEqual(await stepsOf(root), ["building..."]);
    assert.equal(readFileSync(join(root, "dist/src/main.js"), "utf8"), "three");
  });

  it("removes what was compiled from a source that is gone, and nothing else", async () => {
    const root = await prepared();
    writeTree(root, {
      "dist/test/old/gone.test.js": "",
      "dist/test/old/gone.test.js.map": "",
      "dist/src/page.css": "",
      "dist/other/kept.js": "",
    });
    writeTree(root, { "src/main.ts": "three" });
    await stepsOf(root);
    assert.deepEqual(readdirSync(join(root, "dist/test")), ["main.test.js"]);
    assert.deepEqual(readdirSync(join(root, "dist/src")).sort(), ["main.js", "page-assets", "page.css"]);
    assert.ok(existsSync(join(root, "dist/other/kept.js")));
  });

  it("shows what the compiler says, fails, and tries again the next time", async () => {
    const root = await prepared();
    writeTree(root, { "src/main.ts": "BROKEN" });
    for (const attempt of [1, 2]) {
      const { code, output } = await prepare(root);
      assert.equal(code, 2, `attempt ${attempt}`);
      assert.match(output, /building\.\.\.\nsrc\/main\.ts\(1,1\): error: it is broken\nthe build failed with exit code 2\n/);
    }
    writeTree(root, { "src/main.ts": "mended" });
    assert.deepEqual(await stepsOf(root), ["building..."]);
  });

  it("shows what npm says when it cannot install", async () => {
    const root = trees.makeWithScripts(
      { ...project, "package.json": manifest(">=20.19").replace("file:compiler", "file:nowhere") },
      "none",
    );
    const { code, output } = await prepare(root);
    assert.equal(code, 1);
    assert.match(output, /^installing dependencies\.\.\.\n(.*\n)*npm error [\s\S]*npm ci failed with exit code 1\n$/);
  });

  it("leaves sources that do not compile alone when asked only to install", async () => {
    const root = trees.makeWithScripts({ ...project, "src/main.ts": "BROKEN" }, "none");
    assert.deepEqual(await stepsOf(root, "--install-only"), ["installing dependencies..."]);
    assert.equal(builds(root), 0);
  });

  it("says which Node it needs when this one is too old", async () => {
    const root = trees.makeWithScripts({ ...project, "package.json": manifest(">=99.5") }, "none");
    const { code, output } = await prepare(root);
    assert.equal(code, 1);
    assert.match(output, /it needs Node >=99\.5 and this is v\d+\./);
    assert.ok(!existsSync(join(root, "node_modules")));
  });

  it("lets only one of several at a time do the work, and a dead one keeps nobody waiting", async () => {
    const root = trees.makeWithScripts(project, "none");
    const dead = start(process.execPath, ["--eval", ""], root, shellEnvironment({}));
    await dead.ended;
    writeTree(root, { "dist/.prepare.lock": String(dead.pid) });
    const ended: Ended[] = await Promise.all([prepare(root), prepare(root), prepare(root)]);
    assert.deepEqual(
      ended.map(({ code }) => code),
      [0, 0, 0],
    );
    assert.equal(ended.filter(({ output }) => output.includes("installing")).length, 1);
    assert.equal(builds(root), 1);
    assert.deepEqual(readdirSync(join(root, "dist")).sort(), [".build-stamp", "src", "test"]);
  });

  it("gives the lock back when it is stopped half-way", async () => {
    const sleeping = compiler.replace("let code = 0;", 'require("node:child_process").execFileSync("sleep", ["30"]);');
    const root = trees.makeWithScripts({ ...project, "compiler/bin/tsc": sleeping }, "none");
    const running = start(process.execPath, [join(root, "scripts", "prepare.mjs")], root, shellEnvironment({}));
    try {
      while (builds(root) === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      process.kill(running.pid, "SIGTERM");
      while (existsSync(join(root, "dist/.prepare.lock"))) await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      stopGroup(running);
    }
    await running.ended;
  });
});
