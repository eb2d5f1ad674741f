import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { HttpError } from "../../src/http/errors.ts";
import { post } from "../../src/http/post.ts";
import { request } from "../../src/http/request.ts";
import { parseRetryAfter } from "../../src/http/retryAfter.ts";
import { hideSecrets, parseHttpUrl, shownUrl } from "../../src/http/url.ts";
import { startWebServer, type WebServer } from "../notify/support/webServer.ts";
import { ManualClock } from "../support/manualClock.ts";

describe("A POST", function () {
  this.timeout(60_000);
  let web: WebServer;
  let clock: ManualClock;

  beforeEach(async () => {
    web = await startWebServer();
    clock = new ManualClock();
  });
  afterEach(() => web.close());

  const send = (path = "/secret/path?key=s3cretkey", signal = new AbortController().signal) =>
    post({
      url: new URL(`http://127.0.0.1:${web.port}${path}`),
      headers: { "content-type": "text/plain" },
      body: "grüße",
      clock,
      timeoutSeconds: 30,
      signal,
    });

  it("carries its body and headers, and brings back the answer", async () => {
    const answer = await send();
    assert.deepEqual(answer, { status: 200, text: "ok" });
    const [{ method, path, headers, body } = assert.fail("nothing arrived")] = web.received;
    assert.deepEqual([method, path, body], ["POST", "/secret/path?key=s3cretkey", "grüße"]);
    assert.equal(headers["content-length"], "7");
    assert.equal(clock.waiting, 0, "no time limit is left over");
  });

  it("brings back any status, with what the server asks for", async () => {
    web.answer = (_, response) => {
      response.statusCode = 503;
      response.setHeader("Retry-After", "120");
      response.end("down");
    };
    assert.deepEqual(await send(), { status: 503, text: "down", retryAfterSeconds: 120 });
  });

  it("follows no redirect, and shows only where it leads", async () => {
    const other = await startWebServer();
    try {
      web.answer = (_, response) => {
        response.statusCode = 307;
        response.setHeader("Location", `http://127.0.0.1:${other.port}/taken/s3cret`);
        response.end();
      };
      assert.deepEqual(await send(), { status: 307, text: "", redirect: `http://127.0.0.1:${other.port}` });
      assert.equal(other.received.length, 0);
    } finally {
      await other.close();
    }
  });

  it("shows nothing of its URL's path and query when the server repeats them", async () => {
    web.answer = ({ path }, response) => response.end(`no ${path} ${encodeURIComponent(path)} ${JSON.stringify({ path })} s3cretkey`);
    const { text } = await send("/services/T0%2FSECRET?key=s3cretkey");
    assert.doesNotMatch(text, /services|SECRET|s3cretkey/);
    assert.match(text, /^no \*\*\*/);
  });

  it("keeps the beginning of a long answer, and breaks an endless one off", async () => {
    web.answer = (_, response: ServerResponse) => {
      const more = (): void => {
        while (!response.destroyed) if (!response.write("x".repeat(65_536))) return void response.once("drain", more);
      };
      more();
    };
    assert.deepEqual(await send(), { status: 200, text: "x".repeat(4096) });
  });

  it("takes a status for the answer although the body breaks", async () => {
    web.answer = (_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half");
      setImmediate(() => response.destroy());
    };
    assert.deepEqual(await send(), { status: 200, text: "half" });
  });

  it("fails when the connection breaks before there is an answer", async () => {
    web.answer = (_, response) => void response.destroy();
    await assert.rejects(send(), (error) => error instanceof HttpError && error.failure === "broken" && !/secret/.test(error.message));
  });

  it("is not even begun when it was called off before", async () => {
    await assert.rejects(send("/", AbortSignal.abort()), (error) => error instanceof HttpError && error.failure === "aborted");
    assert.equal(web.received.length, 0);
  });
});

describe("Retry-After", () => {
  const nowMs = Date.UTC(2026, 10, 21, 10, 0, 0);
  for (const [value, expected] of [
    ["0", 0],
    ["17", 17],
    [" 1.5 ", 1.5],
    ["Sat, 21 Nov 2026 10:02:00 GMT", 120],
    ["Sat, 21 Nov 2026 09:00:00 GMT", 0],
    ["-5", undefined],
    ["5 apples", undefined],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined],
  ] as const) {
    it(`${JSON.stringify(value)} is ${expected} seconds`, () => assert.equal(parseRetryAfter(value, nowMs), expected));
  }
});

describe("A URL in a message", () => {
  it("is shown as scheme and host", () => {
    assert.equal(shownUrl(new URL("https://user:pass@hooks.example.org:8443/services/T/B/x?sig=1#f")), "https://hooks.example.org:8443");
  });

  it("is one only when it can be asked over HTTP", () => {
    for (const bad of ["", "hooks.example.org", "ftp://h/", "file:///etc/passwd", "http://"])
      assert.equal(parseHttpUrl(bad), undefined, bad);
    assert.equal(parseHttpUrl("https://h/x")?.pathname, "/x");
  });

  it("gives up its secrets in no form", () => {
    assert.equal(hideSecrets(`a b&"c ${encodeURIComponent('b&"c')} ${JSON.stringify('b&"c')}`, ['b&"c']), 'a *** *** "***"');
  });
});

describe("A request to a server whose address is no secret", () => {
  let web: WebServer;
  beforeEach(async () => {
    web = await startWebServer();
  });
  afterEach(() => web.close());

  it("brings its answer back as it is, and sends a body only when it has one", async () => {
    web.answer = (_, response) => void response.end('{"url":"/archives/a"}');
    const url = new URL(`http://127.0.0.1:${web.port}/archives/a`);
    const asked = { url, headers: {}, clock: new ManualClock(), timeoutSeconds: 30, signal: new AbortController().signal };
    assert.deepEqual(await request({ ...asked, method: "GET" }), { status: 200, text: '{"url":"/archives/a"}' });
    assert.deepEqual(await request({ ...asked, method: "HEAD" }), { status: 200, text: "" });
    assert.deepEqual(
      web.received.map(({ method, body, headers }) => [method, body, headers["content-length"]]),
      [
        ["GET", "", undefined],
        ["HEAD", "", undefined],
      ],
    );
  });
});
