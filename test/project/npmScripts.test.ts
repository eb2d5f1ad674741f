import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { packageRoot } from "../support/paths.ts";
import { freePort, isFree, type Running, shellEnvironment, start, stopGroup } from "./commands.ts";

const manifest = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe("The scripts of package.json [any OS]", () => {
  for (const [name, script] of Object.entries(manifest.scripts)) {
    it(`\`npm run ${name}\` means the same to sh and to cmd.exe, and what it calls is there`, () => {
      // words without a sign that one of the two shells takes for its own
      assert.match(script, /^[\w.:/-]+( [\w.:/=-]+)*$/, `it is ${JSON.stringify(script)}`);
      const [program = "", file = ""] = script.split(" ");
      const exists = (path: string) => existsSync(join(packageRoot(), path));
      if (program === "node") assert.ok(/\.m?js$/.test(file) && exists(file), `expected \`node FILE\`, and ${file} to be there`);
      else assert.ok(exists(`node_modules/.bin/${program}`), `${program} is no program of node_modules`);
      const main = /^(?:pre|post)(.+)$/.exec(name)?.[1];
      if (main !== undefined) assert.ok(main in manifest.scripts, `npm runs it with ${main}, which is not there`);
    });
  }
});

describe("A server", function () {
  this.timeout(60_000);
  const folders: string[] = [];
  const started: Running[] = [];

  afterEach(() => {
    for (const running of started.splice(0)) stopGroup(running);
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  /** Starts the server in this checkout and waits until it answers; `command` gets the flags. */
  async function serve(command: (flags: readonly string[]) => Running): Promise<{ readonly running: Running; readonly port: number }> {
    const port = await freePort();
    const storage = mkdtempSync(join(tmpdir(), "culprit-npm-"));
    folders.push(storage);
    const running = command([`--web.listen-address=127.0.0.1:${port}`, `--storage.path=${storage}`, "--log.level=error"]);
    started.push(running);
    while (!(await answers(port))) await sleep(50);
    return { running, port };
  }

  const npmStart = (shell: string) => (flags: readonly string[]) =>
    start("npm", [`--script-shell=${shell}`, "start", "--", ...flags], packageRoot(), shellEnvironment({}));

  async function assertFreed(port: number, npm: Running): Promise<void> {
    for (const deadline = Date.now() + 20_000; !(await isFree(port)); await sleep(50)) {
      assert.ok(Date.now() < deadline, `somebody still listens on port ${port}:\n${npm.output()}`);
    }
  }

  // bash replaces itself by the one program that it is to run, Debian's sh stays and dies of a signal without handing it on
  const shells = ["/bin/sh", "/bin/bash"].filter((shell) => existsSync(shell));
  for (const shell of shells) {
    // Debian's sh takes a SIGINT that it alone got to its heart only when its child has ended, so there nothing happens
    const signals = shell === "/bin/sh" ? (["SIGTERM", "SIGKILL"] as const) : (["SIGTERM", "SIGINT", "SIGKILL"] as const);
    for (const signal of signals) {
      it(`that npm started ends and frees its port when npm alone gets ${signal}, under ${shell}`, async () => {
        const { running, port } = await serve(npmStart(shell));
        process.kill(running.pid, signal);
        await assertFreed(port, running);
      });
    }
  }

  it("that npm started ends in good order when Ctrl-C reaches npm, shell and server at once", async () => {
    const { running, port } = await serve(npmStart("/bin/sh"));
    process.kill(-running.pid, "SIGINT");
    await assertFreed(port, running);
    assert.doesNotMatch(running.output(), /npm error|Error:/);
  });

  it("that was started directly outlives the shell that did it", async () => {
    // the environment of an npm script, too: what counts is who started it
    const environment = shellEnvironment({ npm_lifecycle_event: "start", npm_node_execpath: process.execPath });
    const command = (flags: readonly string[]) => {
      const script = `"$0" "$@" & while :; do sleep 1; done`;
      return start("/bin/sh", ["-c", script, process.execPath, "dist/src/main.js", ...flags], packageRoot(), environment);
    };
    const { running, port } = await serve(command);
    process.kill(running.pid, "SIGKILL");
    await running.exited;
    // longer than the server that npm started needs to notice
    await sleep(2_500);
    assert.ok(await answers(port), running.output());
  });
});

async function answers(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/-/healthy`);
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}
