import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type App, openApp } from "../../src/app.ts";
import { loadConfig, loadWritten } from "../../src/config.ts";
import { LogRing } from "../../src/logs/logRing.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";

describe("A configuration that is read again [Linux]", () => {
  const tempDirectory = tempDirectories();
  let machine: FixtureMachine;
  let clock: ManualClock;
  let folder: string;
  let app: App;
  let storage: string;
  let url: string;
  let token: string;
  let log: ReturnType<typeof recordedLog>;
  beforeEach(() => {
    machine = new FixtureMachine();
    clock = new ManualClock();
  });
  afterEach(async () => {
    await app.stop();
    machine.remove();
  });

  /** Files beside the configuration are written, too. */
  async function open(files: Readonly<Record<string, string>>): Promise<void> {
    folder = await tempDirectory();
    writeFiles(folder, files);
    const { procfs, sysfs } = machine.root;
    storage = await tempDirectory();
    const argv = [
      ...["--config.file=culprit.yml", "--web.listen-address=127.0.0.1:0", `--storage.path=${storage}`],
      ...[`--path.procfs=${procfs}`, `--path.sysfs=${sysfs}`],
    ];
    const from = { argv, env: {}, cwd: folder };
    log = recordedLog();
    app = await openApp(loadConfig(from), {
      log: log.log,
      logLines: new LogRing({ firstSequence: 1 }),
      clock,
      settings: { load: () => loadConfig(from), written: () => loadWritten(from) },
    });
    url = app.reachable.urls[0] ?? "";
    const { adminTokenPath } = app.reachable;
    token = adminTokenPath === undefined ? "" : (await readFile(adminTokenPath, "utf8")).trim();
  }

  function ask(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${url}${path}`, { ...init, headers: token === "" ? {} : { authorization: `Bearer ${token}` } });
  }

  async function reload(text: string) {
    writeFiles(folder, { "culprit.yml": text });
    const answer = await ask("-/reload", { method: "POST" });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  async function metric(name: string): Promise<string | undefined> {
    return new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(await (await ask("metrics")).text())?.[1];
  }

  async function triggers(): Promise<readonly string[]> {
    const { triggers: list } = (await (await ask("api/triggers")).json()) as { triggers: readonly { name: string; threshold: number }[] };
    return list.map(({ name, threshold }) => `${name} ${threshold}`);
  }

  async function names(): Promise<readonly string[]> {
    const text = await (await ask("metrics")).text();
    return [...text.matchAll(/^culprit_process_memory_bytes\{kind="process",process="([^"]*)"/gm)].map(([, name = ""]) => name);
  }

  /** Within two minutes: command lines are asked for, and what had another name is shown until the window has passed. */
  async function becomes(name: string, isShown: boolean): Promise<boolean> {
    for (let second = 0; second < 120; second++) {
      await clock.advance(1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      if ((await names()).includes(name) === isShown) return true;
    }
    return false;
  }

  it("has its triggers, channels and quiet hours hold at once, and says what has changed", async () => {
    await open({ "culprit.yml": "triggers: [{ name: HighCpuUsage, above: 80% }]\n" });
    assert.deepEqual(await triggers(), ["HighCpuUsage 0.8"]);
    const { status, body } = await reload(
      "triggers: [{ name: HighCpuUsage, above: 50% }, { name: HighMemoryUsage, above: 70% }]\nnotify: { webhook: { url: 'http://127.0.0.1:9/' } }\n",
    );
    assert.deepEqual([status, body], [200, { changed: ["triggers", "notify"], needsRestart: [] }]);
    assert.deepEqual(await triggers(), ["HighCpuUsage 0.5", "HighMemoryUsage 0.7"]);
    assert.deepEqual(((await (await ask("api/deliveries")).json()) as { channels: unknown }).channels, ["webhook"]);
    assert.deepEqual((await reload("triggers: []\n")).body, { changed: ["triggers", "notify"], needsRestart: [] });
    assert.deepEqual(await triggers(), []);
  });

  it("says of a file that has not changed that nothing has, and names what needs a restart every time", async () => {
    await open({ "culprit.yml": "redact: { patterns: ['acct-([0-9]+)'] }\n" });
    assert.deepEqual((await reload("redact: { patterns: ['acct-([0-9]+)'] }\n")).body, { changed: [], needsRestart: [] });
    const wanted = "web: { externalUrl: 'https://web1.example/' }\nrecording: { maxAge: 3d }\nlog: { checkEvery: 1m, level: debug }\n";
    assert.deepEqual((await reload(wanted)).body, {
      changed: ["log.checkEvery", "redact"],
      needsRestart: ["web.externalUrl", "recording.maxAge", "log.level"],
    });
    assert.deepEqual((await reload(wanted)).body, { changed: [], needsRestart: ["web.externalUrl", "recording.maxAge", "log.level"] });
    assert.ok(log.lines().some(({ needsRestart }) => needsRestart === "web.externalUrl, recording.maxAge, log.level"));
  });

  it("that has a mistake changes nothing, says where it is, and is a metric until it is mended", async () => {
    await open({ "culprit.yml": "triggers: [{ name: HighCpuUsage, above: 80% }]\n" });
    assert.equal(await metric("culprit_config_last_reload_successful"), "1");
    const before = await metric("culprit_config_last_reload_success_timestamp_seconds");
    await clock.advance(60);
    const { status, body } = await reload("triggers: [{ name: HighCpuUsage, above: 50% }]\ngroups: [{ name: x, com: [y] }]\n");
    assert.equal(status, 422);
    assert.match(String(body.error), /what held before holds: culprit\.yml:2:\d+: groups\[0\]/);
    assert.deepEqual(await triggers(), ["HighCpuUsage 0.8"]);
    assert.equal(await metric("culprit_config_last_reload_successful"), "0");
    assert.equal(await metric("culprit_config_last_reload_success_timestamp_seconds"), before);
    assert.ok(log.lines().some(({ level, reason }) => level === "error" && /groups\[0\]/.test(String(reason))));
    assert.equal((await reload("triggers: []\n")).status, 200);
    assert.equal(await metric("culprit_config_last_reload_successful"), "1");
    assert.ok(Number(await metric("culprit_config_last_reload_success_timestamp_seconds")) > Number(before));
  });

  it("whose new file of a secret cannot be read changes nothing", async () => {
    await open({ "culprit.yml": "triggers: []\n" });
    const { status, body } = await reload(
      "notify: { slack: { webhookUrlFile: gone.txt } }\ntriggers: [{ name: HighCpuUsage, above: 50% }]\n",
    );
    assert.equal(status, 422);
    assert.match(String(body.error), /gone\.txt|webhookUrlFile/);
    assert.deepEqual(await triggers(), []);
  });

  it("whose new sink cannot keep anything changes nothing, and the sink that was there goes on", async () => {
    const sink = (name: string) => `push: [{ name: ${name}, type: remoteWrite, url: "http://127.0.0.1:1/api/v1/write" }]\n`;
    await open({ "culprit.yml": `triggers: []\n${sink("old")}` });
    await mkdir(join(storage, "push"), { recursive: true });
    await writeFile(join(storage, "push", "remoteWrite-new"), "in the way");
    const { status, body } = await reload(`triggers: [{ name: HighCpuUsage, above: 50% }]\n${sink("new")}`);
    assert.equal(status, 422);
    assert.match(String(body.error), /remoteWrite-new/);
    assert.deepEqual(await triggers(), []);
    assert.equal(await metric('culprit_push_pending_batches{sink="old"}'), "0");

    await rm(join(storage, "push", "remoteWrite-new"));
    assert.deepEqual((await reload(`triggers: []\n${sink("new")}`)).body, { changed: ["push"], needsRestart: [] });
    assert.equal(await metric('culprit_push_pending_batches{sink="new"}'), "0");
    assert.equal(await metric('culprit_push_pending_batches{sink="old"}'), undefined);
  });

  it("gives processes that sleep other names, and cuts secrets out of command lines that are known already", async () => {
    await open({ "culprit.yml": "" });
    assert.ok(await becomes("sleep", true));
    const rule = `groups: [{ name: "waits {{.Matches.seconds}}", cmdline: ['^sleep (?<seconds>\\S+)'] }]\n`;
    assert.deepEqual((await reload(rule)).body, { changed: ["groups"], needsRestart: [] });
    assert.ok(await becomes("waits 30", true));
    assert.ok(await becomes("sleep", false), "nobody has the old name any more");
    assert.deepEqual((await reload(`${rule}redact: { patterns: ['sleep (30)'] }\n`)).body, { changed: ["redact"], needsRestart: [] });
    assert.ok(await becomes("waits ***", true));
    assert.ok(await becomes("waits 30", false));
  });

  it("is a matter of administrators", async () => {
    await open({ "culprit.yml": "web: { auth: always }\n" });
    assert.equal((await fetch(`${url}-/reload`, { method: "POST" })).status, 401);
    assert.equal((await ask("-/reload")).status, 405);
  });
});
