import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import type { TlsDoor } from "../../src/model/door.ts";
import { makeCertificates, pem } from "../support/openssl.ts";
import { requireServer } from "../support/servers.ts";
import { endlessHead, frame, frameTypes, openRaw, openStreams, resetStreams } from "./rawStreams.ts";
import { eventually, Stage } from "./support.ts";

interface Got {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Why the stream was reset, if it was. */
  readonly reset: number;
}

describe("a server that speaks HTTP/2", function () {
  this.timeout(60_000);
  let folder: string;
  let stage: Stage;
  let sessions: ClientHttp2Session[];
  before(function () {
    requireServer(this, "openssl");
    folder = mkdtempSync(join(tmpdir(), "culprit-h2-"));
    makeCertificates(folder, ["server"]);
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    sessions = [];
  });
  afterEach(async () => {
    for (const session of sessions) session.destroy();
    await stage?.close();
  });

  async function start(more: Partial<TlsDoor> = {}, settings: Parameters<Stage["start"]>[0] = {}): Promise<void> {
    const door: TlsDoor = {
      cert: pem(folder, "server.pem"),
      key: pem(folder, "server.key"),
      clientCertificate: "NoClientCert",
      allowedSans: [],
      minVersion: "TLSv1.2",
      prefersOwnCiphers: true,
      http2: true,
      ...more,
    };
    stage = await Stage.prepare();
    await stage.start({ tls: () => door, auth: "always", mostConnections: 20, ...settings });
  }

  function open(): ClientHttp2Session {
    const session = connect(`https://localhost:${stage.port}`, { ca: pem(folder, "ca.pem") });
    session.on("error", () => undefined);
    sessions.push(session);
    return session;
  }

  function begin(session: ClientHttp2Session, path: string, headers: Record<string, string> = {}, hasBody = false): ClientHttp2Stream {
    const stream = session.request({ ":path": path, ...headers }, { endStream: !hasBody });
    stream.on("error", () => undefined);
    return stream;
  }

  function answerOf(stream: ClientHttp2Stream): Promise<Got> {
    return new Promise((resolve) => {
      let headers: Record<string, unknown> = {};
      let text = "";
      stream.on("response", (all) => {
        headers = all;
      });
      stream.on("data", (chunk) => (text += String(chunk)));
      stream.on("close", () => resolve({ status: headers[":status"] as number | undefined, headers, text, reset: stream.rstCode }));
    });
  }

  const get = (session: ClientHttp2Session, path: string, headers: Record<string, string> = {}) => answerOf(begin(session, path, headers));

  it("answers many requests of one connection at once, each by its own rights, and logs them as any other", async () => {
    await start();
    const session = open();
    const [healthy, refused, archives, metrics] = await Promise.all([
      get(session, "/-/healthy"),
      get(session, "/archives"),
      get(session, "/archives", stage.bearer("read")),
      get(session, "/metrics"),
    ]);
    assert.deepEqual([healthy.status, refused.status, archives.status, metrics.status], [200, 401, 200, 200]);
    assert.match(refused.text, /token with the scope read/);
    assert.equal(refused.headers["www-authenticate"], 'Bearer realm="culprit"');
    assert.equal(metrics.text, stage.metricsText);
    const line = stage.logLines.find(({ fields }) => fields?.path === "/archives" && fields.status === 200);
    assert.deepEqual([line?.fields?.client, line?.fields?.as, line?.fields?.aborted], ["127.0.0.1", "read", undefined]);
  });

  it("speaks HTTP/1.1 with who knows nothing else, and with all where http2 is false", async () => {
    await start();
    const version = () =>
      new Promise<string | false | null>((resolve, reject) => {
        const options = { port: stage.port, host: "127.0.0.1", ca: pem(folder, "ca.pem"), ALPNProtocols: ["h2", "http/1.1"] };
        const socket = connectTls(options, () => {
          resolve(socket.alpnProtocol);
          socket.destroy();
        }).on("error", reject);
      });
    assert.equal(await version(), "h2");
    const status = await new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port: stage.port, path: "/-/healthy", ca: pem(folder, "ca.pem"), agent: false }, (response) =>
        resolve([response.httpVersion, response.resume().statusCode]),
      )
        .on("error", reject)
        .end();
    });
    assert.deepEqual(status, ["1.1", 200]);
    await stage.close();
    await start({ http2: false });
    assert.equal(await version(), "http/1.1");
  });

  it("takes bodies up to the limit of a route, refuses larger ones, and goes on with the connection", async () => {
    await start();
    const session = open();
    const post = async (path: string, bytes: number, headers: Record<string, string> = {}) => {
      const stream = begin(
        session,
        path,
        { ":method": "POST", "content-type": "application/json", ...stage.bearer("capture"), ...headers },
        true,
      );
      const answer = answerOf(stream);
      stream.end(JSON.stringify({ reason: "x".repeat(bytes) }));
      return answer;
    };
    assert.equal((await post("/archives", 40)).status, 202);
    assert.equal(stage.requests.length, 1);
    const large = await post("/archives", 40 * 1024 * 1024);
    assert.equal(large.status, 413);
    assert.equal((await post("/nowhere", 100_000)).status, 404);
    assert.equal((await get(session, "/-/healthy")).status, 200);
  });

  it("knows its own names by the authority, for browsers send no Host", async () => {
    await start({}, { auth: "auto" });
    const session = open();
    assert.equal((await get(session, "/archives")).status, 200);
    assert.equal((await get(session, "/archives", { ":authority": "evil.example" })).status, 421);
    assert.equal((await get(session, "/archives", { ":authority": "evil.example", host: "localhost" })).status, 421);
    const own = `https://localhost:${stage.port}`;
    assert.equal((await get(session, "/archives", { origin: own })).status, 200);
    assert.equal((await get(session, "/archives", { origin: "https://evil.example" })).status, 403);
  });

  it("ends the work of a stream that is given up, and keeps the others", async () => {
    await start();
    const session = open();
    const live = begin(session, "/api/live", stage.bearer("read"));
    await once(live, "response");
    const waiting = begin(session, "/archives/alert/feed.tar.gz?wait=60", stage.bearer("read"));
    stage.queue("a1", { fingerprint: "feed" });
    await new Promise((resolve) => session.ping(Buffer.alloc(8), resolve));
    waiting.close(constants.NGHTTP2_CANCEL);
    await eventually(() => stage.changeListeners.size === 0);
    assert.equal((await get(session, "/-/healthy")).status, 200);
    assert.ok(!live.closed);
    live.close();
  });

  it("ends all streams in good order when it closes", async () => {
    await start();
    const live = begin(open(), "/api/live", stage.bearer("read"));
    await once(live, "response");
    live.resume();
    await stage.server?.close();
    await eventually(() => live.closed);
    assert.equal(live.rstCode, constants.NGHTTP2_NO_ERROR);
  });

  describe("to clients that ask for too much", () => {
    it("takes no more than sixteen streams at once from one connection", async () => {
      await start();
      const session = open();
      await once(session, "remoteSettings");
      assert.equal(session.remoteSettings.maxConcurrentStreams, 16);
    });

    it("closes the connection of who begins streams only to reset them, and of nobody else", async () => {
      await start();
      const kind = open();
      await get(kind, "/-/healthy");
      const rude = await openRaw(stage.port, pem(folder, "ca.pem"));
      rude.write(resetStreams(1, 100));
      await new Promise((resolve) => kind.ping(Buffer.alloc(8), resolve));
      assert.ok(!rude.closed);
      rude.write(resetStreams(201, 600));
      await eventually(() => rude.closed);
      assert.equal((await get(kind, "/-/healthy")).status, 200);
      assert.equal(stage.logLines.filter(({ fields }) => fields?.path === "/").length < 110, true, "the rest was never begun");
    });

    it("closes the connection of who sends a head without an end, or wants one acknowledgement after the other", async () => {
      await start();
      const ping = frame(frameTypes.ping, 0, 0, Buffer.alloc(8));
      for (const bytes of [endlessHead(1, 2000), Buffer.concat(Array.from({ length: 5000 }, () => ping))]) {
        const rude = await openRaw(stage.port, pem(folder, "ca.pem"));
        rude.write(bytes);
        await eventually(() => rude.closed);
      }
      assert.equal((await get(open(), "/-/healthy")).status, 200);
    });

    it("closes the connection of who goes on beginning streams beyond that, and has nothing to complain of", async () => {
      await start();
      const rude = await openRaw(stage.port, pem(folder, "ca.pem"));
      rude.write(openStreams(2000));
      await eventually(() => rude.closed);
      assert.equal((await get(open(), "/-/healthy")).status, 200);
      assert.deepEqual(
        stage.logLines.filter(({ level }) => level === "error" || level === "warn"),
        [],
      );
    });

    it("refuses a head that is too large, and keeps the connection", async () => {
      await start();
      const session = open();
      const large = await get(session, "/-/healthy", { "x-bomb": "x".repeat(20_000) });
      assert.deepEqual([large.status, JSON.parse(large.text)], [431, { error: "the request's headers are larger than 16 KiB" }]);
      const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x-${index}`, "1"]));
      assert.deepEqual((await get(session, "/-/healthy", many)).reset, constants.NGHTTP2_ENHANCE_YOUR_CALM);
      assert.equal((await get(session, "/-/healthy", { "x-bomb": "x".repeat(15_000) })).status, 200);
    });

    it("lets the most silent connection go when all places are taken, and none that is being answered", async () => {
      await start({}, { mostConnections: 4 });
      const listener = open();
      const live = begin(listener, "/api/live", stage.bearer("read"));
      await once(live, "response");
      const silent: ClientHttp2Session[] = [];
      for (let count = 0; count < 3; count++) {
        await stage.clock.advance(1);
        const one = open();
        await get(one, "/-/healthy");
        silent.push(one);
      }
      assert.equal((await get(open(), "/-/healthy")).status, 200);
      await eventually(() => silent[0]?.destroyed === true);
      assert.ok(!live.closed && silent[1]?.destroyed === false);
    });

    it("gives up a body that does not come in a minute, an answer that nobody reads, and a connection without requests", async () => {
      await start();
      const session = open();
      const slow = begin(session, "/archives", { ":method": "POST", "content-type": "application/json", ...stage.bearer("capture") }, true);
      slow.write("{");
      const ended = answerOf(slow);
      await eventually(() => stage.logLines.length >= 0 && session.connecting === false);
      await get(session, "/-/healthy");
      await stage.clock.advance(70);
      assert.equal((await ended).status === 202, false);
      await stage.clock.advance(100);
      await eventually(() => session.destroyed);
    });
  });
});
