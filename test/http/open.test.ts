import assert from "node:assert/strict";
import { openAnswer } from "../../src/http/open.ts";
import { request } from "../../src/http/request.ts";
import { closedPort, startWebServer, type WebServer } from "../notify/support/webServer.ts";
import { ManualClock } from "../support/manualClock.ts";

describe("an answer that is passed on while it comes", () => {
  let web: WebServer;
  const clock = new ManualClock();
  beforeEach(async () => {
    web = await startWebServer();
  });
  afterEach(() => web.close());

  const wanted = (port: number, signal = new AbortController().signal) => ({
    ...({ method: "GET", url: new URL(`http://127.0.0.1:${port}/x`), headers: {}, clock, timeoutSeconds: 5, signal } as const),
  });

  it("has its head first and then its body, however long that takes", async () => {
    let finish = (): void => undefined;
    web.answer = (_, response) => {
      response.writeHead(206, { "Content-Range": "bytes 0-9/20" }).write("hello");
      finish = () => response.end("world");
    };
    const { status, headers, body } = await openAnswer(wanted(web.port));
    assert.deepEqual([status, headers["content-range"]], [206, "bytes 0-9/20"]);
    assert.equal(clock.waiting, 0, "no time limit is left over");
    await clock.advance(3600);
    finish();
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk as Buffer);
    assert.equal(Buffer.concat(chunks).toString(), "helloworld");
  });

  it("is broken off when nobody wants it any more", async () => {
    web.answer = (_, response) => void response.writeHead(200).write("hello");
    const gone = new AbortController();
    const { body } = await openAnswer(wanted(web.port, gone.signal));
    const closed = new Promise((resolve) => body.once("close", resolve));
    gone.abort();
    await closed;
    assert.equal(body.readableEnded, false);
  });

  it("is an error in words when there is none: refused, or not in time", async () => {
    await assert.rejects(openAnswer(wanted(await closedPort())), /http:\/\/127\.0\.0\.1:\d+ refused the connection/);
    web.answer = () => undefined;
    const hung = openAnswer(wanted(web.port));
    while (web.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([assert.rejects(hung, /did not answer in time \(5 s\)/), clock.advance(5)]);
  });
});

describe("an answer's text", () => {
  it("is kept up to the length that was asked for", async () => {
    const web = await startWebServer();
    try {
      web.answer = (_, response) => response.end("x".repeat(100_000));
      const wanted = { method: "GET", url: new URL(`http://127.0.0.1:${web.port}/`), headers: {}, timeoutSeconds: 5 } as const;
      const more = { clock: new ManualClock(), signal: new AbortController().signal };
      assert.equal((await request({ ...wanted, ...more })).text.length, 4096);
      assert.equal((await request({ ...wanted, ...more, keptBytes: 50_000 })).text.length, 50_000);
    } finally {
      await web.close();
    }
  });
});
