import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Sessions } from "../../src/server/auth/sessions.ts";
import { readPageAssets } from "../../src/server/pageAssets.ts";
import { snapshotAt } from "../recorder/support.ts";
import { ManualClock } from "../support/manualClock.ts";
import { type LogLine, rememberingLog } from "../support/rememberingLog.ts";
import { Stage } from "./support.ts";

describe("the live page's shell", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  it("names the machine, and loads one script and one style of its own", async () => {
    const { status, text, headers } = await stage.ask("/", { headers: { Accept: "text/html" } });
    assert.equal(status, 200);
    assert.match(text, /<title>web1 · Culprit<\/title>/);
    assert.doesNotMatch(text, /style=|<style| on\w+=|<script>/);
    const policy = headers["content-security-policy"] ?? "";
    assert.match(String(policy), /default-src 'none'.*script-src 'self'; connect-src 'self'; style-src 'self'/);
    assert.doesNotMatch(String(policy), /unsafe/);
    assert.match(text, /href="about"/, "there is a way for those without a script");
  });

  it("serves what it loads, packed, for ever, and to everybody", async () => {
    const assets = readPageAssets();
    assert.ok(assets !== undefined, "the build has made the page");
    await stage.server?.close();
    await stage.start({ auth: "always" });
    for (const { name, bytes, type } of [assets.script, assets.style]) {
      const { status, headers, bytes: packed } = await stage.ask(`/assets/${name}`, { headers: { "Accept-Encoding": "gzip" } });
      assert.equal(status, 200);
      assert.equal(headers["content-type"], type);
      assert.match(headers["cache-control"] ?? "", /immutable/);
      assert.ok(gunzipSync(packed).equals(bytes));
    }
    assert.ok(assets.script.packed.length + assets.style.packed.length < 100_000);
    assert.equal((await stage.ask("/assets/page-nothing.mjs")).status, 404);
  });

  it("asks for a login, and leads back to where somebody wanted to go", async () => {
    await stage.server?.close();
    await stage.start({ auth: "always" });
    const { status, headers } = await stage.ask("/?at=1795255200000", { headers: { Accept: "text/html" } });
    assert.equal(status, 303);
    assert.equal(headers.location, "login?next=%2F%3Fat%3D1795255200000");
  });

  it("says what is missing where the page was not built", async () => {
    const folder = await mkdtemp(join(tmpdir(), "culprit-assets-"));
    assert.equal(readPageAssets(join(folder, "nothing")), undefined);
    await mkdir(join(folder, "half"));
    await writeFile(join(folder, "half", "page-1.mjs"), "");
    assert.equal(readPageAssets(join(folder, "half")), undefined);
    await rm(folder, { recursive: true });
  });
});

describe("GET /api/host", () => {
  it("says whose page it is and what it may do", async () => {
    const stage = await Stage.prepare();
    stage.newest = snapshotAt(stage.clock.wallMs(), []);
    await stage.start({ auth: "always" });
    try {
      assert.equal((await stage.ask("/api/host")).status, 401);
      const { json } = await stage.ask("/api/host", { headers: stage.bearer("read") });
      assert.deepEqual(
        [json.host, json.version, json.os, json.live, json.canCapture, json.loggedIn, json.newestAtMs],
        ["web1", "0.1.0", "Linux", true, false, false, stage.clock.wallMs()],
      );
      assert.equal((await stage.ask("/api/host", { headers: stage.bearer("admin") })).json.canCapture, true);
    } finally {
      await stage.close();
    }
  });
});

describe("GET /api/captures", () => {
  it("lists what is being made, the first one at work", async () => {
    const stage = await Stage.open();
    try {
      stage.queue("one", { origin: "manual", reason: "slow, hunter2" });
      stage.queue("two");
      const progress = { step: "Asking the machine", done: 1, of: 4 };
      stage.standings.set("one", { progress, sentence: "`tar` did it." });
      const { json } = await stage.ask("/api/captures");
      const pending = json.pending as { id: string; state: string; reason?: string }[];
      assert.deepEqual(
        pending.map(({ id, state, reason }) => [id, state, reason]),
        [
          ["one", "working", "slow, ***"],
          ["two", "waiting", undefined],
        ],
      );
      assert.deepEqual((json.pending as object[])[0], { ...(json.pending as object[])[0], progress, sentence: "`tar` did it." });
    } finally {
      await stage.close();
    }
  });
});

describe("logins", () => {
  let folder: string;
  const lines: LogLine[] = [];
  const clock = new ManualClock();
  const sessions = async () => {
    const opened = new Sessions(clock, rememberingLog(lines), join(folder, "sessions.json"));
    await opened.load();
    return opened;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "culprit-sessions-"));
    lines.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("outlive a restart, until they are closed or too old", async () => {
    const before = await sessions();
    const [kept, closed] = [before.open("hash-1"), before.open("hash-2")];
    before.end(closed);
    await before.close();
    const after = await sessions();
    assert.equal(after.find(kept), "hash-1");
    assert.equal(after.find(closed), undefined);
    await clock.advance(7 * 86_400 + 1);
    assert.equal((await sessions()).find(kept), undefined);
    assert.deepEqual(lines, []);
  });

  it("are forgotten where their file makes no sense, and that is said", async () => {
    await writeFile(join(folder, "sessions.json"), '[{"idSha256":1}]');
    assert.equal((await sessions()).find("x"), undefined);
    assert.match(lines[0]?.message ?? "", /log in again/);
  });
});
