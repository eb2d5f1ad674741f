import assert from "node:assert/strict";
import http from "node:http";
import { connect } from "node:net";
import { revokeToken } from "../../src/server/auth/tokens.ts";
import { LiveFeed, type LiveSink } from "../../src/server/liveFeed.ts";
import { settle } from "../support/manualClock.ts";
import { eventually, Stage } from "./support.ts";

/** Remembers what it was written, and reads only when it is told to. */
class FakeSink implements LiveSink {
  readonly chunks: Buffer[] = [];
  writableLength = 0;
  destroyed = false;
  readonly #reads: boolean;

  constructor(reads = true) {
    this.#reads = reads;
  }

  write(chunk: Buffer): void {
    this.chunks.push(chunk);
    if (!this.#reads) this.writableLength += chunk.length;
  }

  end(): void {
    this.destroyed = true;
  }

  destroy(): void {
    this.destroyed = true;
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }
}

describe("the live feed", () => {
  it("encodes a tick once, however many listen", () => {
    const feed = new LiveFeed();
    const sinks = [new FakeSink(), new FakeSink(), new FakeSink()];
    for (const sink of sinks) feed.join(sink);
    feed.publish(1000, '{"takenAtMs":1000}', () => ({ spikes: [] }));
    const [first, ...others] = sinks.map(({ chunks }) => chunks.at(-1));
    assert.match(
      first?.toString() ?? "",
      /^event: state\ndata: \{"spikes":\[\]\}\n\nevent: second\nid: 1000\ndata: \{"takenAtMs":1000\}\n\n$/,
    );
    for (const other of others) assert.equal(other, first, "the very same bytes");
  });

  it("asks for the state only while somebody listens, and tells whoever comes how it is then", () => {
    const feed = new LiveFeed();
    let asked = 0;
    let firing: string[] = [];
    const state = () => {
      asked++;
      return { firing };
    };
    for (let tick = 0; tick < 10; tick++) feed.publish(tick, "{}", state);
    assert.equal(asked, 0);
    firing = ["a"];
    const sink = new FakeSink();
    const leave = feed.join(sink);
    assert.match(sink.text, /^retry: 2000\n\nevent: state\ndata: \{"firing":\["a"\]\}\n\nevent: second\nid: 9\n/);
    leave();
    firing = [];
    feed.publish(11, "{}", state);
    const late = new FakeSink();
    feed.join(late);
    assert.match(late.text, /data: \{"firing":\[\]\}/);
    assert.equal(asked, 2);
  });

  it("tells the state only when it changes, and both to whoever comes later", () => {
    const feed = new LiveFeed();
    const early = new FakeSink();
    feed.join(early);
    feed.publish(1000, "{}", () => ({ firing: ["a"] }));
    feed.publish(2000, "{}", () => ({ firing: ["a"] }));
    feed.publish(3000, "{}", () => ({ firing: [] }));
    assert.equal(early.text.match(/event: state/g)?.length, 2);
    const late = new FakeSink();
    feed.join(late);
    assert.match(late.text, /event: state\ndata: \{"firing":\[\]\}\n\nevent: second\nid: 3000\n/);
  });

  it("drops who does not read, instead of keeping it for them", () => {
    const feed = new LiveFeed({ mostWaitingBytes: 10_000 });
    const [reader, sleeper] = [new FakeSink(), new FakeSink(false)];
    feed.join(reader);
    feed.join(sleeper);
    const line = "x".repeat(3000);
    for (let tick = 0; tick < 100; tick++) feed.publish(tick, line, () => ({}));
    assert.equal(sleeper.destroyed, true);
    assert.ok(sleeper.writableLength < 15_000, `${sleeper.writableLength} bytes were kept`);
    assert.equal(reader.chunks.length, 101);
    assert.deepEqual([feed.listeners, feed.droppedTotal], [1, 1]);
  });

  it("forgets who leaves, and keeps nothing of 3600 ticks but the last", () => {
    const feed = new LiveFeed({ mostListeners: 2 });
    const sink = new FakeSink();
    const leave = feed.join(sink);
    feed.join(new FakeSink());
    assert.equal(feed.hasRoom, false);
    leave();
    assert.equal(feed.hasRoom, true);
    for (let tick = 0; tick < 3600; tick++) feed.publish(tick, `{"takenAtMs":${tick}}`, () => ({}));
    assert.equal(sink.chunks.length, 1);
    const late = new FakeSink();
    feed.join(late);
    assert.equal(late.text.match(/event: second/g)?.length, 1);
  });
});

describe("GET /api/live", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  /** Listens like a browser does; `text` grows. */
  async function listen(headers: http.OutgoingHttpHeaders = {}) {
    const heard = { text: "", ended: false, close() {} };
    const end = () => {
      heard.ended = true;
    };
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = http.get({ host: "127.0.0.1", port: stage.port, path: "/api/live", headers, agent: false }, resolve);
      request.on("error", reject);
      heard.close = () => void request.destroy();
    });
    response.setEncoding("utf8").on("data", (text: string) => {
      heard.text += text;
    });
    response.on("end", end).on("error", end);
    return { response, heard };
  }

  it("streams every tick as an event, and forgets a listener that leaves", async () => {
    const { response, heard } = await listen();
    assert.equal(response.statusCode, 200);
    assert.match(response.headers["content-type"] ?? "", /^text\/event-stream/);
    assert.equal(response.headers["cache-control"], "no-store");
    stage.live?.publish(1234, '{"takenAtMs":1234}', () => ({ spikes: [] }));
    await eventually(() => heard.text.includes("id: 1234\n"));
    assert.equal(stage.live?.listeners, 1);
    heard.close();
    await eventually(() => stage.live?.listeners === 0);
    stage.live?.publish(2234, "{}", () => ({}));
  });

  it("says something when no tick comes, and ends after an hour so that the right to listen is asked for again", async () => {
    const { heard } = await listen();
    await settle();
    await stage.clock.advance(16);
    await eventually(() => heard.text.includes(": still here"));
    await stage.clock.advance(3600);
    await eventually(() => heard.ended);
    assert.equal(stage.live?.listeners, 0);
    assert.equal(stage.clock.waiting, 0);
  });

  it("does not keep the server from closing", async () => {
    const { heard } = await listen();
    await stage.server?.close();
    await eventually(() => heard.ended);
    assert.equal(stage.clock.waiting, 0);
  });

  it("drops a real client that does not read", async () => {
    const socket = connect(stage.port, "127.0.0.1");
    socket.pause();
    socket.on("error", () => undefined);
    socket.write("GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await eventually(() => stage.live?.listeners === 1);
    const line = JSON.stringify({ text: "x".repeat(200_000) });
    for (let tick = 0; tick < 500 && stage.live?.listeners === 1; tick++) {
      stage.live.publish(tick, line, () => ({}));
      await settle();
    }
    assert.equal(stage.live?.listeners, 0);
    assert.equal(stage.live?.droppedTotal, 1);
    socket.destroy();
  });

  it("is for those who may read, and not for too many", async () => {
    await stage.close();
    stage = await Stage.prepare();
    stage.live = new LiveFeed({ mostListeners: 1 });
    await stage.start({ auth: "always" });
    assert.equal((await stage.ask("/api/live")).status, 401);
    const { heard } = await listen(stage.bearer("read"));
    const { status, error } = await stage.ask("/api/live", { headers: stage.bearer("read") });
    assert.equal(status, 503);
    assert.match(error, /too many are listening/);
    assert.equal((await stage.ask("/api/live", { method: "HEAD", headers: stage.bearer("read") })).status, 200);
    heard.close();
  });

  it("ends within a second or so for whose token is revoked, and goes on for the others", async () => {
    await stage.close();
    stage = await Stage.prepare();
    await stage.start({ auth: "always" });
    const [revoked, kept] = [await listen(stage.bearer("read")), await listen(stage.bearer("admin"))];
    await stage.clock.advance(3);
    assert.equal(revoked.heard.ended, false);
    await revokeToken(stage.tokenDirectory, "read", stage.clock);
    await passUntil(() => revoked.heard.ended);
    assert.equal(kept.heard.ended, false);
    kept.heard.close();
  });

  it("ends for who logs out elsewhere", async () => {
    await stage.close();
    stage = await Stage.prepare();
    await stage.start({ auth: "always" });
    const login = await stage.ask(`/login?token=${stage.tokens.get("read")}`);
    const Cookie = String(login.headers["set-cookie"]?.[0]).split(";")[0] ?? "";
    const { heard } = await listen({ Cookie });
    const Origin = `http://127.0.0.1:${stage.port}`;
    assert.equal((await stage.ask("/logout", { method: "POST", headers: { Cookie, Origin } })).status, 303);
    await passUntil(() => heard.ended);
  });

  /** Seconds go by, and what they make begin is given its time. */
  async function passUntil(done: () => boolean): Promise<void> {
    for (let seconds = 0; seconds < 5; seconds++) await stage.clock.advance(1);
    await eventually(done);
  }

  it("is not there for a recording", async () => {
    await stage.close();
    stage = await Stage.prepare();
    stage.live = undefined;
    await stage.start();
    assert.equal((await stage.ask("/api/live")).status, 404);
    assert.deepEqual([(await stage.ask("/api/host")).json.live, (await stage.ask("/api/host")).json.canCapture], [false, false]);
  });
});
