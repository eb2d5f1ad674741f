import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../support/paths.ts";
import { freePort, TestMachine, untarFile } from "./machine.ts";

describe("commands beside a Culprit that runs", function () {
  this.timeout(120_000);
  let machine: TestMachine;
  let port: number;
  let address: string;
  beforeEach(async () => {
    machine = new TestMachine();
    port = await freePort();
    address = `--web.listen-address=127.0.0.1:${port}`;
  });
  afterEach(() => machine.close());

  const storage = () => `--storage.path=${machine.path("data")}`;
  const manifestOf = async (path: string) => JSON.parse((await untarFile(path)).get("manifest.json") ?? "{}");

  it("capture through it: the archive is there, with the reason in it and no secret", async () => {
    await machine.startCulprit(port, "web: { auth: always }\n");
    const { status, stdout, stderr } = machine.culprit("capture", "--reason=slow, --password hunter22", storage(), address);
    assert.deepEqual([status, stderr], [0, ""]);
    const [, id, path = "", url = ""] = /^Archive: (\S+)\nFile: {4}(\S+) \(\d+ kB\)\nURL: {5}(\S+)\n$/.exec(stdout) ?? [];
    assert.equal(path, machine.path("data", "archives", `${id}.tar.gz`));
    assert.equal(url, `http://127.0.0.1:${port}/archives/${id}.tar.gz`);
    const { request } = await manifestOf(path);
    assert.equal(request.reason, "slow, --password ***");
    const answer = await fetch(url, { headers: { Authorization: `Bearer ${machine.adminToken}` } });
    await answer.arrayBuffer();
    assert.equal(answer.status, 200);
  });

  it("find it by its storage, wherever it listens", async () => {
    await machine.startCulprit(port, "web: { auth: always }\n");
    const { status, stdout, stderr } = machine.culprit("capture", storage());
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^URL: {5}http://127\\.0\\.0\\.1:${port}/archives/`, "m"));
  });

  it("capture through it for cron, and name the archive", async () => {
    await machine.startCulprit(port, "web: { auth: always }\n");
    const { status, stdout, stderr } = machine.culprit("once", "--seconds=1", "--capture-above=memory=0%", storage(), address);
    assert.deepEqual([status, stderr], [3, ""]);
    const [, path = ""] = /^Memory usage is .*, above 0 %; captured: (\S+\.tar\.gz)\n$/.exec(stdout) ?? [];
    assert.match((await manifestOf(path)).request.reason, /^Memory usage is .*, above 0 %$/);
  });

  it("are refused without its token, and make nothing of their own then", async () => {
    await machine.startCulprit(port, "web: { auth: always }\n");
    rmSync(machine.path("data", "tokens", "admin"));
    const { status, stdout, stderr } = machine.culprit("capture", storage(), address);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(
      stderr,
      /^culprit: the Culprit at http:\/\/127\.0\.0\.1:\d+ refused \(401\): .* The token is read from .*: there is no such file\n$/,
    );
  });

  it("keep a second Culprit out of its storage, and let the next one in after a SIGKILL", async () => {
    const first = await machine.startCulprit(port, "web: { auth: always }\n");
    const second = machine.culprit(storage(), `--web.listen-address=127.0.0.1:${await freePort()}`, "--log.level=error");
    assert.equal(second.status, 1);
    assert.match(
      second.stderr,
      new RegExp(`^culprit: another Culprit \\(pid ${first.child.pid}, culprit serve at http://127\\.0\\.0\\.1:${port}/\\) works in `),
    );
    await machine.stop(first, "SIGKILL");
    assert.ok(existsSync(machine.path("data", "running.json")));
    const next = await machine.startCulprit(port, "web: { auth: always }\n");
    await machine.stop(next);
    assert.ok(!existsSync(machine.path("data", "running.json")), "an orderly end leaves no claim");
  });

  it("capture what a Culprit that was killed had recorded, and what it had promised", async () => {
    const running = await machine.startCulprit(port, "web: { auth: always }\ncapture: { after: 6s }\ntriggers: []\n");
    const headers = { Authorization: `Bearer ${machine.adminToken}`, "Content-Type": "application/json" };
    const startsAt = new Date().toISOString();
    const alert = { status: "firing", labels: { alertname: "Promised" }, annotations: {}, startsAt, fingerprint: "feedbeef" };
    const accepted = await fetch(`http://127.0.0.1:${port}/webhook`, {
      method: "POST",
      headers,
      body: JSON.stringify({ version: "4", alerts: [alert] }),
    });
    assert.equal(accepted.status, 202);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const killedAtMs = Date.now();
    await machine.stop(running, "SIGKILL");
    const child = spawn(process.execPath, [join(packageRoot(), "dist", "src", "main.js"), "capture", storage(), address], {
      cwd: machine.directory,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (chunk) => (out += String(chunk)));
    const [code] = await once(child, "close");
    assert.equal(code, 0);
    const [, path = ""] = /^File: {4}(\S+) /m.exec(out) ?? [];
    const files = await untarFile(path);
    const taken = (files.get("snapshots.jsonl") ?? "")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).takenAtMs as number);
    assert.ok(
      taken.some((atMs) => atMs < killedAtMs),
      "what the dead one has recorded",
    );
    assert.ok(
      taken.some((atMs) => atMs > killedAtMs),
      "and what the command has seen itself",
    );
    const others = readdirSync(machine.path("data", "archives")).filter((name) => name.endsWith(".tar.gz") && !path.endsWith(name));
    assert.equal(others.length, 1);
    const { request } = await manifestOf(machine.path("data", "archives", others[0] ?? ""));
    assert.equal(request.name, "Promised");
  });
});
