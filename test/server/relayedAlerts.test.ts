import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { closedPort, startWebServer } from "../notify/support/webServer.ts";
import { FleetStage, html, json } from "./fleetStage.ts";
import { eventually } from "./support.ts";

describe("GET /archives/alert/<fingerprint> of a relayed alert", () => {
  let fleet: FleetStage;
  beforeEach(async () => {
    fleet = await FleetStage.open();
  });
  afterEach(() => fleet.close());

  const alert = { status: "firing", labels: { alertname: "A" }, annotations: {}, startsAtMs: 1, fingerprint: "abc" } as const;

  it("gives the other host's archive as it is: whole, in part, and not at all when the client has it", async () => {
    const bytes = randomBytes(300_000);
    await fleet.there.shelve("theirs", bytes, { fingerprint: "abc" });
    fleet.relayed.note("abc", "web2", { result: "ok" });
    for (const path of ["/archives/alert/abc.tar.gz", "/archives/alert/abc"]) {
      const whole = await fleet.ask(path);
      assert.equal(whole.status, 200);
      assert.ok(whole.bytes.equals(bytes));
      assert.equal(whole.headers["content-type"], "application/gzip");
      assert.equal(whole.headers["content-disposition"], 'attachment; filename="theirs.tar.gz"');
      assert.equal(whole.headers["content-length"], "300000");
      const etag = whole.headers.etag ?? "";
      const part = await fleet.ask(path, { Range: "bytes=100-199", "If-Range": etag });
      assert.equal(part.status, 206);
      assert.ok(part.bytes.equals(bytes.subarray(100, 200)));
      assert.equal(part.headers["content-range"], "bytes 100-199/300000");
      const fresh = await fleet.ask(path, { "If-None-Match": etag });
      assert.deepEqual([fresh.status, fresh.bytes.length], [304, 0]);
      const beyond = await fleet.ask(path, { Range: "bytes=300000-" });
      assert.deepEqual([beyond.status, beyond.headers["content-range"]], [416, "bytes */300000"]);
      const head = await fleet.ask(path, {}, "HEAD");
      assert.deepEqual([head.status, head.headers["content-length"], head.bytes.length], [200, "300000", 0]);
    }
  });

  it("describes it to a browser and to a program, with a link that leads through here", async () => {
    await fleet.there.shelve("theirs", randomBytes(2048), { fingerprint: "abc", process: "dd" });
    fleet.relayed.note("abc", "web2", { result: "ok" });
    const page = await fleet.ask("/archives/alert/abc", html);
    assert.match(
      page.text,
      /<a href="\.\.\/\.\.\/archives\/alert\/abc\.tar\.gz">theirs\.tar\.gz<\/a>, 2\.0 kB, made .* on web2 for HighLoad/,
    );
    const { host, id, url, status } = (await fleet.ask("/archives/alert/abc", json)).json;
    assert.deepEqual([host, id, url, status], ["web2", "theirs", `http://127.0.0.1:${fleet.here.port}/archives/alert/abc.tar.gz`, "ready"]);
  });

  it("says that it is on its way, and why it waits; ?wait holds the request until it is there", async () => {
    fleet.hosts = [{ address: `127.0.0.1:${await closedPort()}`, instance: "web2" }];
    await fleet.relay.keep([{ host: "web2", alert }]);
    fleet.relay.lanes.start();
    await fleet.relay.lanes.idle();
    const waiting = await fleet.ask("/archives/alert/abc.tar.gz");
    assert.deepEqual([waiting.status, waiting.headers["retry-after"], waiting.json.host], [202, "5", "web2"]);
    assert.match(String(waiting.json.reason), /on its way to web2.*refused the connection/);
    assert.match((await fleet.ask("/archives/alert/abc", html)).text, /http-equiv="refresh"/);

    fleet.hosts = [{ address: `127.0.0.1:${fleet.there.port}`, instance: "web2" }];
    await fleet.there.makeToken("admin", ["capture", "read"]);
    await writeFile(join(fleet.here.directory, "storage", "token"), fleet.there.tokens.get("admin") ?? "");
    await fleet.there.clock.advance(2);
    const bytes = randomBytes(50);
    await fleet.there.shelve("theirs", bytes, { fingerprint: "abc" });
    const held = fleet.ask("/archives/alert/abc.tar.gz?wait=60");
    await eventually(() => fleet.listeners.size === 1);
    await fleet.here.clock.advance(1);
    await eventually(() => fleet.there.received.length === 1);
    assert.deepEqual(fleet.there.receptions, [{ relayed: true }]);
    assert.ok((await held).bytes.equals(bytes));
  });

  it("waits with the other host while the archive is being made there", async () => {
    const request = fleet.there.queue("coming", { fingerprint: "abc" });
    fleet.relayed.note("abc", "web2", { result: "ok" });
    const pending = await fleet.ask("/archives/alert/abc.tar.gz");
    assert.equal(pending.status, 202);
    assert.match(String(pending.json.reason), /being made on web2/);
    const held = fleet.ask("/archives/alert/abc.tar.gz?wait=60");
    await eventually(() => fleet.there.changeListeners.size === 1);
    const bytes = randomBytes(10);
    await fleet.there.finish(bytes);
    assert.ok((await held).bytes.equals(bytes));
    assert.equal(request.id, "coming");
  });

  it("is found by asking all hosts when the alert came another way, and is remembered then", async () => {
    fleet.hosts.unshift({ address: `127.0.0.1:${await closedPort()}`, instance: "down" });
    const unknown = await fleet.ask("/archives/alert/abc.tar.gz");
    assert.equal(unknown.status, 404);
    assert.match(unknown.error, /1 did not: down: .*refused the connection/);
    await fleet.there.shelve("theirs", randomBytes(10), { fingerprint: "abc" });
    assert.equal((await fleet.ask("/archives/alert/abc.tar.gz")).status, 200);
    assert.equal(fleet.relayed.find("abc")?.host, "web2");
    assert.equal((await fleet.ask("/archives/alert/no%20fingerprint.tar.gz")).status, 404);
  });

  it("is not looked for any further when another Culprit asks", async () => {
    await fleet.there.shelve("theirs", randomBytes(10), { fingerprint: "abc" });
    fleet.relayed.note("abc", "web2");
    assert.equal((await fleet.ask("/archives/alert/abc.tar.gz", { "Culprit-Relayed": "1" })).status, 404);
  });

  it("prefers what is newer: an archive of this host that was made after the alert was passed on", async () => {
    await fleet.there.shelve("theirs", Buffer.from("theirs"), { fingerprint: "abc" });
    await fleet.here.shelve("mine", Buffer.from("mine"), { fingerprint: "abc" });
    assert.equal((await fleet.ask("/archives/alert/abc.tar.gz")).text, "mine");
    fleet.here.clock.jumpWall(10);
    fleet.relayed.note("abc", "web2", { result: "ok" });
    assert.equal((await fleet.ask("/archives/alert/abc.tar.gz")).text, "theirs");
    fleet.there.archives.length = 0;
    assert.equal((await fleet.ask("/archives/alert/abc.tar.gz")).text, "mine");
  });

  it("says what is wrong when the other host has none, refuses, hangs up or sends something else", async () => {
    fleet.relayed.note("abc", "web2", { result: "expired", reason: "it was down" });
    const none = await fleet.ask("/archives/alert/abc.tar.gz");
    assert.equal(none.status, 404);
    assert.match(none.error, /passed on to web2, which has no archive of it: the alert did not get there \(it was down\)/);
    await fleet.make("capture");
    fleet.relayed.note("abc", "web2");
    const refused = await fleet.ask("/archives/alert/abc.tar.gz");
    assert.equal(refused.status, 502);
    assert.match(refused.error, /on web2, which answered 403: .*needs the scope read/);

    fleet.web = await startWebServer();
    fleet.hosts = [{ address: `127.0.0.1:${fleet.web.port}`, instance: "web2" }];
    const odd = await fleet.ask("/archives/alert/abc.tar.gz");
    assert.deepEqual([odd.status, /no archive/.test(odd.error)], [502, true]);
    assert.match((await fleet.ask("/archives/alert/abc", json)).error, /describes no archive/);
    fleet.web.answer = (_, response) => response.writeHead(302, { Location: "http://127.0.0.1:1/" }).end();
    assert.match((await fleet.ask("/archives/alert/abc.tar.gz")).error, /which answered 302/);
    fleet.web.answer = (_, response) => {
      response.writeHead(200, { "Content-Type": "application/gzip", "Content-Length": "1000" });
      response.write("half", () => response.destroy());
    };
    await assert.rejects(fleet.ask("/archives/alert/abc.tar.gz"), /aborted|hang up|ECONNRESET/);
    fleet.hosts = [];
    assert.match(
      (await fleet.ask("/archives/alert/abc.tar.gz")).error,
      /web2, which could not be asked for it: web2 is no longer in the list/,
    );
  });

  it("needs the scope read here, too", async () => {
    fleet.relayed.note("abc", "web2");
    assert.equal((await fleet.here.ask("/archives/alert/abc.tar.gz", { headers: fleet.here.bearer("capture") })).status, 403);
    assert.equal((await fleet.here.ask("/archives?fleet=1", { headers: fleet.here.bearer("ingest") })).status, 403);
  });
});

describe("POST /webhook with the alert of another host", () => {
  let fleet: FleetStage;
  beforeEach(async () => {
    fleet = await FleetStage.open();
  });
  afterEach(() => fleet.close());

  it("answers a relayed alert with the host and the way to its archive, and tells apart what was relayed already", async () => {
    fleet.here.receive = async (alerts) => alerts.map((alert) => ({ alert, match: { kind: "other", host: "web2" }, result: "relayed" }));
    const body = JSON.stringify({
      alerts: [{ status: "firing", labels: { alertname: "A" }, startsAt: "2026-11-21T10:00:00Z", fingerprint: "abc" }],
    });
    const post = (headers: Record<string, string>) =>
      fleet.here.ask("/webhook", { method: "POST", body, headers: { ...fleet.here.bearer("capture"), ...headers } });
    const answer = await post({});
    assert.deepEqual(answer.json, {
      results: [
        {
          fingerprint: "abc",
          name: "A",
          result: "relayed",
          match: { kind: "other", host: "web2" },
          archiveUrl: `http://127.0.0.1:${fleet.here.port}/archives/alert/abc.tar.gz`,
        },
      ],
    });
    await post({ "Culprit-Relayed": "1" });
    assert.deepEqual(fleet.here.receptions, [{ relayed: false }, { relayed: true }]);
  });
});
