import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFleet, type KnownHost, Peers, Relay, RelayedAlerts } from "../../src/fleet/index.ts";
import { silentLog } from "../../src/log.ts";
import type { Scope } from "../../src/server/auth/tokens.ts";
import { closedPort, startWebServer, type WebServer } from "../notify/support/webServer.ts";
import type { Answer } from "./client.ts";
import { eventually, Stage } from "./support.ts";

/** The Culprit that is asked, web1, and the one that it knows besides, web2: both are real servers. */
describe("the archives of other hosts", () => {
  let here: Stage;
  let there: Stage;
  let web: WebServer | undefined;
  let relayed: RelayedAlerts;
  let relay: Relay;
  let hosts: KnownHost[];
  const listeners = new Set<() => void>();

  beforeEach(async () => {
    there = await Stage.open({ auth: "always" });
    here = await Stage.prepare();
    hosts = [
      { address: "127.0.0.1:1", instance: "web1" },
      { address: `127.0.0.1:${there.port}`, instance: "web2" },
    ];
    await makeFleet("read");
  });
  afterEach(async () => {
    listeners.clear();
    await relay.stop(0);
    await relayed.written();
    await here.close();
    await there.close();
    await web?.close();
    web = undefined;
  });

  async function makeFleet(scope: Scope): Promise<void> {
    const directory = join(here.directory, "storage");
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "token"), `${there.tokens.get(scope) ?? ""}\n`);
    const { clock } = here;
    const tokens = { tokenFile: join(directory, "token"), tokens: [] };
    const peers = new Peers({ hosts: async () => hosts, ownNames: () => ["web1"], tokens, clock });
    relayed = await RelayedAlerts.open(join(directory, "relayed.json"), silentLog, clock);
    const tell = () => {
      for (const listener of [...listeners]) listener();
    };
    relay = await Relay.open({
      directory: join(directory, "relay"),
      ...{ keepSeconds: 600, peers, clock, log: silentLog, random: () => 1, onEnd: tell },
    });
    here.fleet = createFleet({ peers, relay, relayed, clock, listeners });
    await here.server?.close();
    await here.start({ auth: "always" });
  }

  const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    here.ask(path, { method, headers: { ...here.bearer("read"), ...headers } });
  const html = { Accept: "text/html" };
  const json = { Accept: "application/json" };

  describe("GET /archives?fleet=1", () => {
    const hostsOf = ({ json: { hosts: listed } }: Answer) => listed as readonly { host: string; result: string; reason?: string }[];

    it("lists those of all hosts, the newest first, with links to where they are", async () => {
      await here.shelve("mine", randomBytes(10));
      here.clock.jumpWall(60);
      there.clock.jumpWall(60);
      await there.shelve("theirs", randomBytes(2000), { process: "dd" });
      there.queue("coming");
      const answer = await ask("/archives?fleet=1", json);
      assert.equal(answer.status, 200);
      const { archives, pending } = answer.json as { archives: Record<string, unknown>[]; pending: Record<string, unknown>[] };
      assert.deepEqual(
        archives.map(({ host, id, url, process, status }) => [host, id, url, process, status]),
        [
          ["web2", "theirs", `http://127.0.0.1:${there.port}/archives/theirs.tar.gz`, "dd", "ready"],
          ["web1", "mine", `http://127.0.0.1:${here.port}/archives/mine.tar.gz`, undefined, "ready"],
        ],
      );
      assert.deepEqual(
        pending.map(({ host, id, status }) => [host, id, status]),
        [["web2", "coming", "pending"]],
      );
      assert.deepEqual(hostsOf(answer), [
        { host: "web1", result: "ok", archives: 1, pending: 0 },
        { host: "web2", address: `127.0.0.1:${there.port}`, result: "ok", archives: 1, pending: 1 },
      ]);
    });

    it("is a table for curl and a page for a browser, and the page of one host leads there", async () => {
      await there.shelve("theirs", randomBytes(2048), { name: "High<b>Load", process: "dd" });
      const text = (await ask("/archives?fleet=1")).text;
      assert.match(text, /^HOST +CREATED +SIZE +ORIGIN +NAME +PROCESS +URL\n/);
      assert.match(text, /^web2 .* 2\.0 KiB +alert +High<b>Load +dd +http:\/\/127\.0\.0\.1:\d+\/archives\/theirs\.tar\.gz$/m);
      const page = await ask("/archives?fleet=1", html);
      assert.match(page.text, /High&lt;b&gt;Load/);
      assert.match(page.text, new RegExp(`<a href="http://127\\.0\\.0\\.1:${there.port}/archives/theirs\\.tar\\.gz">theirs</a>`));
      assert.match((await ask("/archives", html)).text, /href="archives\?fleet=1"/);
    });

    it("asks for as many of each host as are wanted", async () => {
      for (const id of ["a", "b", "c"]) {
        await there.shelve(id);
        await here.shelve(`own-${id}`);
      }
      const answer = await ask("/archives?fleet=1&limit=2", json);
      assert.deepEqual((answer.json.archives as { id: string }[]).map(({ id }) => id).sort(), ["b", "c", "own-b", "own-c"]);
      assert.equal(((await ask("/archives?limit=1", json)).json.archives as unknown[]).length, 1);
      assert.match((await ask("/archives?limit=0", json)).error, /limit: expected a whole number from 1/);
      assert.match((await ask("/archives?fleet=yes", json)).error, /fleet: expected 1/);
    });

    it("names every host that did not answer, with the reason, and shows the others all the same", async () => {
      web = await startWebServer();
      hosts.push({ address: `127.0.0.1:${await closedPort()}`, instance: "down" });
      hosts.push({ address: `127.0.0.1:${web.port}`, instance: "odd" });
      hosts.push({ address: "a/b", instance: "misspelt" });
      await there.shelve("theirs");
      const answer = await ask("/archives?fleet=1", json);
      assert.equal((answer.json.archives as unknown[]).length, 1);
      const reasons = new Map(hostsOf(answer).map(({ host, reason }) => [host, reason ?? ""]));
      assert.match(reasons.get("down") ?? "", /refused the connection/);
      assert.match(reasons.get("odd") ?? "", /something that is no list of archives/);
      assert.match(reasons.get("misspelt") ?? "", /is no address; expected HOST:PORT/);
      assert.match((await ask("/archives?fleet=1")).text, /^down \(127\.0\.0\.1:\d+\) is missing: .*refused the connection/m);
      assert.match((await ask("/archives?fleet=1", html)).text, /<li>odd \(127\.0\.0\.1:\d+\) is missing: /);
      web.answer = (_, response) => response.writeHead(302, { Location: "http://127.0.0.1:1/" }).end();
      assert.match(
        hostsOf(await ask("/archives?fleet=1", json)).find(({ host }) => host === "odd")?.reason ?? "",
        /redirect .* not followed/,
      );
    });

    it("does not wait for a host that hangs", async () => {
      web = await startWebServer();
      web.answer = () => undefined;
      hosts.push({ address: `127.0.0.1:${web.port}`, instance: "hung" });
      const answer = ask("/archives?fleet=1", json);
      await eventually(() => web?.received.length === 1);
      await here.clock.advance(3);
      assert.match(hostsOf(await answer).find(({ host }) => host === "hung")?.reason ?? "", /did not answer in time \(3 s\)/);
    });

    it("says which scope a token lacks, and never makes a link of what a browser would run", async () => {
      await makeFleet("capture");
      const refused = hostsOf(await ask("/archives?fleet=1", json)).find(({ host }) => host === "web2")?.reason;
      assert.match(refused ?? "", /it answered 403: this needs the scope read.*relay\.tokenFile or relay\.tokens needs the scope read/);
      web = await startWebServer();
      const one = { id: "x", origin: "alert", name: "n", createdAtMs: 1, sizeBytes: 1, sha256: "0", url: "javascript:alert(1)" };
      web.answer = (_, response) => response.end(JSON.stringify({ pending: [], archives: [one] }));
      hosts = [{ address: `127.0.0.1:${web.port}`, instance: "evil" }];
      const page = await ask("/archives?fleet=1", html);
      assert.match(page.text, new RegExp(`href="http://127\\.0\\.0\\.1:${web.port}/archives/x\\.tar\\.gz"`));
      assert.doesNotMatch(page.text, /javascript:/);
    });

    it("is nothing where no list of hosts is configured", async () => {
      const answer = await there.ask("/archives?fleet=1", { headers: there.bearer("read") });
      assert.equal(answer.status, 404);
      assert.match(answer.error, /hosts\.files/);
    });
  });

  describe("GET /archives/alert/<fingerprint> of a relayed alert", () => {
    const alert = { status: "firing", labels: { alertname: "A" }, annotations: {}, startsAtMs: 1, fingerprint: "abc" } as const;

    it("gives the other host's archive as it is: whole, in part, and not at all when the client has it", async () => {
      const bytes = randomBytes(300_000);
      await there.shelve("theirs", bytes, { fingerprint: "abc" });
      relayed.note("abc", "web2", { result: "ok" });
      for (const path of ["/archives/alert/abc.tar.gz", "/archives/alert/abc"]) {
        const whole = await ask(path);
        assert.equal(whole.status, 200);
        assert.ok(whole.bytes.equals(bytes));
        assert.equal(whole.headers["content-type"], "application/gzip");
        assert.equal(whole.headers["content-disposition"], 'attachment; filename="theirs.tar.gz"');
        assert.equal(whole.headers["content-length"], "300000");
        const etag = whole.headers.etag ?? "";
        const part = await ask(path, { Range: "bytes=100-199", "If-Range": etag });
        assert.equal(part.status, 206);
        assert.ok(part.bytes.equals(bytes.subarray(100, 200)));
        assert.equal(part.headers["content-range"], "bytes 100-199/300000");
        const fresh = await ask(path, { "If-None-Match": etag });
        assert.deepEqual([fresh.status, fresh.bytes.length], [304, 0]);
        const beyond = await ask(path, { Range: "bytes=300000-" });
        assert.deepEqual([beyond.status, beyond.headers["content-range"]], [416, "bytes */300000"]);
        const head = await ask(path, {}, "HEAD");
        assert.deepEqual([head.status, head.headers["content-length"], head.bytes.length], [200, "300000", 0]);
      }
    });

    it("describes it to a browser and to a program, with a link that leads through here", async () => {
      await there.shelve("theirs", randomBytes(2048), { fingerprint: "abc", process: "dd" });
      relayed.note("abc", "web2", { result: "ok" });
      const page = await ask("/archives/alert/abc", html);
      assert.match(
        page.text,
        /<a href="\.\.\/\.\.\/archives\/alert\/abc\.tar\.gz">theirs\.tar\.gz<\/a>, 2\.0 KiB, made .* on web2 for HighLoad/,
      );
      const { host, id, url, status } = (await ask("/archives/alert/abc", json)).json;
      assert.deepEqual([host, id, url, status], ["web2", "theirs", `http://127.0.0.1:${here.port}/archives/alert/abc.tar.gz`, "ready"]);
    });

    it("says that it is on its way, and why it waits; ?wait holds the request until it is there", async () => {
      hosts = [{ address: `127.0.0.1:${await closedPort()}`, instance: "web2" }];
      await relay.keep([{ host: "web2", alert }]);
      relay.start();
      await relay.idle();
      const waiting = await ask("/archives/alert/abc.tar.gz");
      assert.deepEqual([waiting.status, waiting.headers["retry-after"], waiting.json.host], [202, "5", "web2"]);
      assert.match(String(waiting.json.reason), /on its way to web2.*refused the connection/);
      assert.match((await ask("/archives/alert/abc", html)).text, /http-equiv="refresh"/);

      hosts = [{ address: `127.0.0.1:${there.port}`, instance: "web2" }];
      await there.makeToken("admin", ["capture", "read"]);
      await writeFile(join(here.directory, "storage", "token"), there.tokens.get("admin") ?? "");
      await there.clock.advance(2);
      const bytes = randomBytes(50);
      await there.shelve("theirs", bytes, { fingerprint: "abc" });
      const held = ask("/archives/alert/abc.tar.gz?wait=60");
      await eventually(() => listeners.size === 1);
      await here.clock.advance(1);
      await eventually(() => there.received.length === 1);
      assert.deepEqual(there.receptions, [{ relayed: true }]);
      assert.ok((await held).bytes.equals(bytes));
    });

    it("waits with the other host while the archive is being made there", async () => {
      const request = there.queue("coming", { fingerprint: "abc" });
      relayed.note("abc", "web2", { result: "ok" });
      const pending = await ask("/archives/alert/abc.tar.gz");
      assert.equal(pending.status, 202);
      assert.match(String(pending.json.reason), /being made on web2/);
      const held = ask("/archives/alert/abc.tar.gz?wait=60");
      await eventually(() => there.changeListeners.size === 1);
      const bytes = randomBytes(10);
      await there.finish(bytes);
      assert.ok((await held).bytes.equals(bytes));
      assert.equal(request.id, "coming");
    });

    it("is found by asking all hosts when the alert came another way, and is remembered then", async () => {
      hosts.unshift({ address: `127.0.0.1:${await closedPort()}`, instance: "down" });
      const unknown = await ask("/archives/alert/abc.tar.gz");
      assert.equal(unknown.status, 404);
      assert.match(unknown.error, /1 did not: down: .*refused the connection/);
      await there.shelve("theirs", randomBytes(10), { fingerprint: "abc" });
      assert.equal((await ask("/archives/alert/abc.tar.gz")).status, 200);
      assert.equal(relayed.find("abc")?.host, "web2");
      assert.equal((await ask("/archives/alert/no%20fingerprint.tar.gz")).status, 404);
    });

    it("is not looked for any further when another Culprit asks", async () => {
      await there.shelve("theirs", randomBytes(10), { fingerprint: "abc" });
      relayed.note("abc", "web2");
      assert.equal((await ask("/archives/alert/abc.tar.gz", { "Culprit-Relayed": "1" })).status, 404);
    });

    it("prefers what is newer: an archive of this host that was made after the alert was passed on", async () => {
      await there.shelve("theirs", Buffer.from("theirs"), { fingerprint: "abc" });
      await here.shelve("mine", Buffer.from("mine"), { fingerprint: "abc" });
      assert.equal((await ask("/archives/alert/abc.tar.gz")).text, "mine");
      here.clock.jumpWall(10);
      relayed.note("abc", "web2", { result: "ok" });
      assert.equal((await ask("/archives/alert/abc.tar.gz")).text, "theirs");
      there.archives.length = 0;
      assert.equal((await ask("/archives/alert/abc.tar.gz")).text, "mine");
    });

    it("says what is wrong when the other host has none, refuses, hangs up or sends something else", async () => {
      relayed.note("abc", "web2", { result: "expired", reason: "it was down" });
      const none = await ask("/archives/alert/abc.tar.gz");
      assert.equal(none.status, 404);
      assert.match(none.error, /passed on to web2, which has no archive of it: the alert did not get there \(it was down\)/);
      await makeFleet("capture");
      relayed.note("abc", "web2");
      const refused = await ask("/archives/alert/abc.tar.gz");
      assert.equal(refused.status, 502);
      assert.match(refused.error, /on web2, which answered 403: .*needs the scope read/);

      web = await startWebServer();
      hosts = [{ address: `127.0.0.1:${web.port}`, instance: "web2" }];
      const odd = await ask("/archives/alert/abc.tar.gz");
      assert.deepEqual([odd.status, /no archive/.test(odd.error)], [502, true]);
      assert.match((await ask("/archives/alert/abc", json)).error, /describes no archive/);
      web.answer = (_, response) => response.writeHead(302, { Location: "http://127.0.0.1:1/" }).end();
      assert.match((await ask("/archives/alert/abc.tar.gz")).error, /which answered 302/);
      web.answer = (_, response) => {
        response.writeHead(200, { "Content-Type": "application/gzip", "Content-Length": "1000" });
        response.write("half", () => response.destroy());
      };
      await assert.rejects(ask("/archives/alert/abc.tar.gz"), /aborted|hang up|ECONNRESET/);
      hosts = [];
      assert.match((await ask("/archives/alert/abc.tar.gz")).error, /web2, which could not be asked for it: web2 is no longer in the list/);
    });

    it("needs the scope read here, too", async () => {
      relayed.note("abc", "web2");
      assert.equal((await here.ask("/archives/alert/abc.tar.gz", { headers: here.bearer("capture") })).status, 403);
      assert.equal((await here.ask("/archives?fleet=1", { headers: here.bearer("ingest") })).status, 403);
    });
  });

  describe("POST /webhook", () => {
    it("answers a relayed alert with the host and the way to its archive, and tells apart what was relayed already", async () => {
      here.receive = async (alerts) =>
        alerts.map(({ fingerprint }) => ({ fingerprint, name: "A", result: "relayed", match: { kind: "other", host: "web2" } }));
      const body = JSON.stringify({
        alerts: [{ status: "firing", labels: { alertname: "A" }, startsAt: "2026-11-21T10:00:00Z", fingerprint: "abc" }],
      });
      const post = (headers: Record<string, string>) =>
        here.ask("/webhook", { method: "POST", body, headers: { ...here.bearer("capture"), ...headers } });
      const answer = await post({});
      assert.deepEqual(answer.json, {
        results: [
          {
            fingerprint: "abc",
            name: "A",
            result: "relayed",
            match: { kind: "other", host: "web2" },
            archiveUrl: `http://127.0.0.1:${here.port}/archives/alert/abc.tar.gz`,
          },
        ],
      });
      await post({ "Culprit-Relayed": "1" });
      assert.deepEqual(here.receptions, [{ relayed: false }, { relayed: true }]);
    });
  });
});
