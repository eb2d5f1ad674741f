import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readlinkSync } from "node:fs";
import { rm, truncate } from "node:fs/promises";
import http from "node:http";
import type { StoredArchive } from "../../src/capture/contract.ts";
import type { Answer } from "./client.ts";
import { eventually, Stage } from "./support.ts";

const BYTES = randomBytes(10_000);
const SHA256 = createHash("sha256").update(BYTES).digest("hex");
const PATH = "/archives/one.tar.gz";

describe("an archive's download", () => {
  let stage: Stage;
  let stored: StoredArchive;
  beforeEach(async () => {
    stage = await Stage.open();
    stored = await stage.shelve("one", BYTES, { fingerprint: "abc123" });
  });
  afterEach(() => stage.close());

  it("is the whole file with what a client needs to keep and resume it", async () => {
    const answer = await stage.ask(PATH);
    assert.equal(answer.status, 200);
    assert.ok(answer.bytes.equals(BYTES));
    assert.equal(answer.headers["content-type"], "application/gzip");
    assert.equal(answer.headers["content-length"], "10000");
    assert.equal(answer.headers.etag, `"${SHA256}"`);
    assert.equal(answer.headers["accept-ranges"], "bytes");
    assert.equal(answer.headers["last-modified"], "Sat, 21 Nov 2026 10:00:00 GMT");
    assert.match(answer.headers["content-disposition"] ?? "", /^attachment; filename="?one\.tar\.gz"?$/);
    assert.match(answer.headers["cache-control"] ?? "", /private/);
  });

  it("answers HEAD with the same headers and no bytes, also when a range is asked for", async () => {
    const answer = await stage.ask(PATH, { method: "HEAD", headers: { Range: "bytes=0-1" } });
    assert.deepEqual([answer.status, answer.bytes.length, answer.headers["content-length"]], [200, 0, "10000"]);
    assert.equal(answer.headers.etag, `"${SHA256}"`);
  });

  it("gives one range", async () => {
    const answer = await stage.ask(PATH, { headers: { Range: "bytes=100-199" } });
    assert.equal(answer.status, 206);
    assert.equal(answer.headers["content-range"], "bytes 100-199/10000");
    assert.equal(answer.headers["content-length"], "100");
    assert.ok(answer.bytes.equals(BYTES.subarray(100, 200)));
    const tail = await stage.ask(PATH, { headers: { Range: "bytes=-7" } });
    assert.ok(tail.bytes.equals(BYTES.subarray(-7)));
  });

  it("answers 416 with the size to a range behind the end, as JSON and without the file's headers", async () => {
    const answer = await stage.ask(PATH, { headers: { Range: "bytes=10000-" } });
    assert.equal(answer.status, 416);
    assert.equal(answer.headers["content-range"], "bytes */10000");
    assert.match(answer.error, /10000/);
    assert.equal(answer.headers["content-disposition"], undefined);
    assert.equal(answer.headers.etag, undefined);
  });

  it("resumes only the same version", async () => {
    const same = await stage.ask(PATH, { headers: { Range: "bytes=9000-", "If-Range": `"${SHA256}"` } });
    assert.equal(same.status, 206);
    const other = await stage.ask(PATH, { headers: { Range: "bytes=9000-", "If-Range": '"other"' } });
    assert.deepEqual([other.status, other.bytes.length], [200, 10_000]);
  });

  it("answers 304 to whoever has it", async () => {
    const byTag = await stage.ask(PATH, { headers: { "If-None-Match": `"x", "${SHA256}"` } });
    assert.deepEqual([byTag.status, byTag.bytes.length], [304, 0]);
    const byDate = await stage.ask(PATH, { headers: { "If-Modified-Since": "Sat, 21 Nov 2026 10:00:00 GMT" } });
    assert.equal(byDate.status, 304);
    assert.equal((await stage.ask(PATH, { headers: { "If-None-Match": '"x"' } })).status, 200);
  });

  it("latest names its own address", async () => {
    const newer = await stage.shelve("two");
    const answer = await stage.ask("/archives/latest.tar.gz");
    assert.equal(answer.headers["content-location"], "/archives/two.tar.gz");
    assert.equal(answer.headers.etag, `"${newer.archive.sha256}"`);
    assert.match(answer.headers["content-disposition"] ?? "", /two\.tar\.gz/);
  });

  it("answers 404 as JSON where there is none", async () => {
    stage.archives.length = 0;
    for (const path of ["/archives/latest.tar.gz", PATH, "/archives/alert/abc123", "/archives/one", "/archives/", "/archives/.tar.gz"]) {
      const answer = await stage.ask(path);
      assert.equal(answer.status, 404, path);
      assert.notEqual(answer.error, "", path);
    }
  });

  it("is not found by any spelling of an id of an archive that is not there", async () => {
    const attempts = [
      "/archives/../tokens/admin",
      "/archives/..%2f..%2fetc%2fpasswd.tar.gz",
      "/archives/%2e%2e%2f%2e%2e%2fetc%2fpasswd.tar.gz",
      "/archives/%2e%2e.tar.gz",
      "/archives/....tar.gz",
      "/archives/one.tar.gz%00",
      "/archives/one%00.tar.gz",
      "/archives/..%5c..%5cone.tar.gz",
      "/archives/..\\one.tar.gz",
      "/archives//one.tar.gz",
      "/archives/one.tar.gz/",
      "/archives/%ff.tar.gz",
      "/archives/%zz.tar.gz",
      "/archives/alert/..%2fone.tar.gz",
      `/archives/${"a".repeat(300)}.tar.gz`,
      "/archives/0.bin",
    ];
    for (const path of attempts) {
      const answer = await stage.ask(path);
      assert.ok(answer.status === 400 || answer.status === 404, `${path} ${answer.status}`);
      assert.notEqual(answer.error, "", path);
    }
  });

  it("says that the file is gone when retention was faster", async () => {
    await rm(stored.path);
    assert.equal((await stage.ask(PATH)).status, 404);
  });

  it("does not hand out a file that is not what was recorded", async () => {
    await truncate(stored.path, 5000);
    const answer = await stage.ask(PATH);
    assert.equal(answer.status, 500);
    assert.match(answer.error, /damaged/);
    assert.equal(answer.headers.etag, undefined);
  });

  it("leaves no file open, neither after an answer nor after a client that went away", async () => {
    const large = await stage.shelve("large", Buffer.alloc(20 * 1024 * 1024));
    await stage.ask(PATH, { method: "HEAD" });
    await stage.ask(PATH, { headers: { "If-None-Match": `"${SHA256}"` } });
    await stage.ask(PATH, { headers: { Range: "bytes=99999-" } });
    assert.equal(isOpen(stored.path), false, "not left for the garbage collector");
    await stage.ask(PATH);
    await new Promise<void>((resolve) => {
      const request = http.get({ host: "127.0.0.1", port: stage.port, path: "/archives/large.tar.gz", agent: false }, (response) => {
        response.once("data", () => request.destroy());
        response.once("close", () => resolve());
      });
      request.on("error", () => resolve());
    });
    await eventually(() => !isOpen(large.path) && !isOpen(stored.path));
  });

  it("needs the scope read", async () => {
    await stage.server?.close();
    await stage.start({ auth: "always" });
    for (const path of [PATH, "/archives/latest.tar.gz", "/archives/alert/abc123.tar.gz", "/archives"]) {
      assert.equal((await stage.ask(path)).status, 401, path);
      assert.equal((await stage.ask(path, { headers: stage.bearer("capture") })).status, 403, path);
      assert.equal((await stage.ask(path, { headers: stage.bearer("read") })).status, 200, path);
    }
  });
});

describe("an archive that is being made", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
    await stage.shelve("older", BYTES, { fingerprint: "abc123" });
    stage.queue("coming", { fingerprint: "abc123" });
  });
  afterEach(() => stage.close());

  it("answers 202 with Retry-After by id and by alert, also when the alert has an older one", async () => {
    for (const path of ["/archives/coming.tar.gz", "/archives/alert/abc123", "/archives/alert/abc123.tar.gz"]) {
      const answer = await stage.ask(path);
      assert.equal(answer.status, 202, path);
      assert.match(answer.headers["retry-after"] ?? "", /^\d+$/);
      assert.deepEqual(answer.json, { id: "coming", status: "pending", url: `http://127.0.0.1:${stage.port}/archives/coming.tar.gz` });
    }
    assert.equal((await stage.ask("/archives/older.tar.gz")).status, 200);
  });

  it("shows a browser a page that looks again by itself", async () => {
    const answer = await stage.ask("/archives/alert/abc123", { headers: { Accept: "text/html" } });
    assert.equal(answer.status, 202);
    assert.match(answer.text, /<meta http-equiv="refresh" content="5">/);
    assert.match(answer.text, /href="\.\.\/\.\.\/assets\/plain\.css"/);
  });

  it("is served at its alert's address once it is there: bytes, page, or facts", async () => {
    await stage.finish(BYTES);
    for (const path of ["/archives/alert/abc123.tar.gz", "/archives/alert/abc123"]) {
      const answer = await stage.ask(path);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers["content-location"], "/archives/coming.tar.gz");
      assert.ok(answer.bytes.equals(BYTES));
    }
    const page = await stage.ask("/archives/alert/abc123", { headers: { Accept: "text/html" } });
    assert.match(page.text, /href="\.\.\/\.\.\/archives\/coming\.tar\.gz"/);
    const bytes = await stage.ask("/archives/alert/abc123.tar.gz", { headers: { Accept: "text/html" } });
    assert.ok(bytes.bytes.equals(BYTES));
    const facts = await stage.ask("/archives/alert/abc123", { headers: { Accept: "application/json" } });
    assert.deepEqual([facts.json.id, facts.json.status], ["coming", "ready"]);
  });

  it("is waited for with ?wait, until it is there", async () => {
    const answer = stage.ask("/archives/alert/abc123.tar.gz?wait=60");
    await eventually(() => stage.changeListeners.size === 1);
    stage.tellChange();
    assert.equal(stage.changeListeners.size, 1, "a change elsewhere ends no waiting");
    await stage.finish(BYTES);
    assert.equal((await answer).status, 200);
    assert.equal(stage.changeListeners.size, 0);
    assert.equal(stage.clock.waiting, 0);
  });

  it("is waited for no longer than was asked, and never longer than two minutes", async () => {
    for (const [wait, seconds] of [
      ["60", 60],
      ["5000", 120],
    ] as const) {
      const answer = stage.ask(`/archives/coming.tar.gz?wait=${wait}`);
      await eventually(() => stage.changeListeners.size === 1);
      await stage.clock.advance(seconds - 1);
      assert.equal(stage.changeListeners.size, 1);
      await stage.clock.advance(2);
      assert.equal((await answer).status, 202);
      assert.equal(stage.changeListeners.size, 0);
    }
  });

  it("is a 404 when it was given up while somebody waited", async () => {
    stage.archives.length = 0;
    const answer = stage.ask("/archives/alert/abc123?wait=60");
    await eventually(() => stage.changeListeners.size === 1);
    stage.pending.length = 0;
    stage.tellChange();
    assert.equal((await answer).status, 404);
  });

  it("is waited for no more when the client has gone away", async () => {
    const request = http.get({ host: "127.0.0.1", port: stage.port, path: "/archives/coming.tar.gz?wait=60", agent: false });
    request.on("error", () => undefined);
    await eventually(() => stage.changeListeners.size === 1);
    request.destroy();
    await eventually(() => stage.changeListeners.size === 0);
    assert.equal(stage.clock.waiting, 0);
  });

  it("does not hold up a server that closes", async () => {
    const answer = stage.ask("/archives/coming.tar.gz?wait=60");
    await eventually(() => stage.changeListeners.size === 1);
    await stage.server?.close();
    assert.equal((await answer).status, 202);
  });

  it("refuses a wait that is no number of seconds", async () => {
    for (const wait of ["soon", "-1", "", "1.5", "1e3"]) {
      const answer: Answer = await stage.ask(`/archives/coming.tar.gz?wait=${wait}`);
      assert.equal(answer.status, 400, wait);
      assert.match(answer.error, /wait: expected whole seconds from 0 to 120/);
    }
  });
});

/** Whether this process holds the file open. */
function isOpen(path: string): boolean {
  return readdirSync("/proc/self/fd").some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  });
}
