import assert from "node:assert/strict";
import { cpSync, existsSync, lstatSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { packageRoot } from "../support/paths.ts";
import { type Ended, freePort, isFree, type Running, run, shellEnvironment, start, stopGroup } from "./commands.ts";

const environment = () => shellEnvironment({ NODE_ENV: "production" });

describe("A clone with nothing but Node", function () {
  this.timeout(240_000);
  const folders: string[] = [];
  const started: Running[] = [];

  afterEach(() => {
    for (const running of started.splice(0)) stopGroup(running);
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  function emptyFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), "culprit-clone-"));
    folders.push(folder);
    return folder;
  }

  /** Runs `npm start` and waits until it serves. */
  async function startServing(clone: string, port: number, storage: string): Promise<Running> {
    const flags = [`--web.listen-address=127.0.0.1:${port}`, `--storage.path=${storage}`];
    const npm = start("npm", ["start", "--", ...flags], clone, environment());
    started.push(npm);
    let over: Ended | undefined;
    npm.ended.then(
      (ended) => {
        over = ended;
      },
      () => undefined,
    );
    while (!(await isHealthy(port))) {
      assert.equal(over, undefined, `npm start ended before it served:\n${npm.output()}`);
      await sleep(100);
    }
    return npm;
  }

  /** What `kill PID` and a process manager do: the signal goes to npm alone. */
  async function stop(npm: Running, port: number): Promise<void> {
    process.kill(npm.pid, "SIGTERM");
    await npm.exited;
    // npm's shell dies of the signal and hands it on to nobody: the server notices within a second
    for (const deadline = Date.now() + 20_000; !(await isFree(port)); await sleep(50)) {
      assert.ok(Date.now() < deadline, `somebody still listens on port ${port}:\n${npm.output()}`);
    }
  }

  it("runs with npm start, says where to look, stops on SIGTERM, and starts again without installing", async () => {
    const clone = await cloneInto(emptyFolder());
    const storage = emptyFolder();
    assert.ok(!existsSync(join(clone, "node_modules")));
    const port = await freePort();

    const cold = await startServing(clone, port, storage);
    assert.match(cold.output(), /^installing dependencies\.\.\.\nbuilding\.\.\.$/m);
    await waitFor(cold, `http://127.0.0.1:${port}`);
    await stop(cold, port);

    const warm = await startServing(clone, port, storage);
    assert.doesNotMatch(warm.output(), /installing|building/);
    await stop(warm, port);
  });

  it("runs its tests with npm test", async () => {
    const clone = await cloneInto(emptyFolder());
    const { code, output } = await run("npm", ["test", "--", "--fgrep", "Looking for a program"], clone, environment());
    assert.equal(code, 0, output);
    assert.equal(output.trimEnd().split("\n").at(-1), "2 passed, 0 failed");
  });
});

/**
 * Clones what is committed. With changes that are not committed yet it copies what a commit of all of them would hold instead:
 * else a developer would be told about the commit before.
 */
async function cloneInto(folder: string): Promise<string> {
  const root = packageRoot();
  const git = async (...args: string[]) => {
    const { code, output } = await run("git", args, root, shellEnvironment({}));
    assert.equal(code, 0, output);
    return output;
  };
  if ((await git("status", "--porcelain")) === "") {
    await git("clone", "--quiet", root, folder);
    return folder;
  }
  const files = (await git("ls-files", "-z", "--cached", "--others", "--exclude-standard")).split("\0");
  // A file may be deleted and still be in the index.
  for (const file of files.filter((name) => name !== "" && lstatSync(join(root, name), { throwIfNoEntry: false }) !== undefined)) {
    cpSync(join(root, file), join(folder, file));
  }
  return folder;
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/-/healthy`);
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

async function waitFor(running: Running, text: string): Promise<void> {
  while (!running.output().includes(text)) await sleep(50);
}
