import assert from "node:assert/strict";
import { connect } from "node:net";
import { html } from "../../src/server/html.ts";
import { eventually, Stage } from "./support.ts";

describe("every request", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  it("to a path that nobody serves is answered 404 as JSON, trailing slashes and other cases included", async () => {
    for (const path of ["/nothing", "/archives/", "/Archives", "/metrics/", "//metrics", "/assets/../etc/passwd"]) {
      const answer = await stage.ask(path);
      assert.equal(answer.status, 404, path);
      assert.match(answer.error, /there is nothing at|no such archive/, path);
    }
  });

  it("of a browser that is turned down is answered with a small page that leads back, whatever stands in its address", async () => {
    const { status, headers, text } = await stage.ask("/archives/%3Cb%3Enothing", { headers: { Accept: "text/html,*/*;q=0.8" } });
    assert.equal(status, 404);
    assert.match(headers["content-type"] ?? "", /^text\/html/);
    assert.match(text, /<h1>Not found<\/h1>/);
    assert.match(text, /<a href="\.\.\/">To the live page<\/a>/);
    assert.match(text, /href="\.\.\/assets\/plain\.css"/);
    assert.doesNotMatch(text, /<b>/);
    assert.match((await stage.ask("/nothing", { headers: { Accept: "text/html" } })).text, /<a href="\.\/">To the live page/);
  });

  it("with a method that is not served is answered 405 or 501 as JSON", async () => {
    const deleted = await stage.ask("/archives", { method: "DELETE" });
    assert.equal(deleted.status, 405);
    assert.deepEqual(deleted.headers.allow?.split(", ").sort(), ["GET", "HEAD", "POST"]);
    assert.match(deleted.error, /DELETE/);
    const odd = await stage.ask("/archives", { method: "PROPFIND" });
    assert.equal(odd.status, 501);
    assert.match(odd.error, /PROPFIND/);
    const options = await stage.ask("/archives", { method: "OPTIONS" });
    assert.equal(options.status, 200);
    assert.match(options.headers.allow ?? "", /POST/);
  });

  it("with a broken, encoded-slash or overlong address is refused with the reason", async () => {
    assert.match((await stage.ask("/%zz")).error, /percent-encoded/);
    assert.match((await stage.ask("/a%2Fb")).error, /encoded slash/);
    assert.match((await stage.ask("/a%00b")).error, /control character/);
    const long = await stage.ask(`/${"a".repeat(9000)}`);
    assert.equal(long.status, 414);
    assert.notEqual(long.error, "");
  });

  it("that is no HTTP, or has too many headers, is told so in JSON", async () => {
    assert.match(await raw(stage.port, "hello\r\n\r\n"), /^HTTP\/1\.1 400 [\s\S]*\{"error":"this is not a readable/);
    assert.match(await raw(stage.port, `GET / HTTP/1.1\r\nHost: a\r\nX: ${"y".repeat(20_000)}\r\n\r\n`), /^HTTP\/1\.1 431 [\s\S]*16 KiB/);
  });

  it("gets the headers that keep browsers strict", async () => {
    for (const path of ["/", "/metrics", "/nothing", "/login", "/archives"]) {
      const { headers } = await stage.ask(path, { headers: { Accept: "text/html" } });
      assert.equal(headers["x-content-type-options"], "nosniff", path);
      const policy = String(headers["content-security-policy"]);
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.match(policy, /form-action 'self'/);
      assert.doesNotMatch(policy, /unsafe/);
    }
    assert.equal((await stage.ask("/metrics")).headers["referrer-policy"], "no-referrer");
    // Under no-referrer a browser would send "Origin: null" with our own forms.
    assert.equal((await stage.ask("/login")).headers["referrer-policy"], "same-origin");
  });

  it("with an unwanted large body still gets its answer, also when it is sent whole before a word is read", async () => {
    await stage.server?.close();
    await stage.start({ auth: "always" });
    const body = Buffer.alloc(10 * 1024 * 1024);
    const refusals = [
      ["/nothing", "", 404],
      ["/webhook", "", 401],
      ["/webhook", `Authorization: ${stage.bearer("capture").Authorization}\r\n`, 413],
    ] as const;
    for (const [path, authorization, status] of refusals) {
      const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${authorization}Content-Length: ${body.length}\r\n\r\n`;
      assert.match(await sendWholeThenRead(stage.port, Buffer.concat([Buffer.from(head), body])), new RegExp(`^HTTP/1\\.1 ${status} `));
    }
  });

  it("is logged once, without its query and credentials", async () => {
    await stage.ask("/archives?token=culprit_secret", { headers: { ...stage.bearer("admin"), Cookie: "culprit_1=secret" } });
    await stage.ask("/hunter2");
    await stage.ask("/metrics");
    await stage.ask("/api/host");
    await stage.ask("/api/nothing");
    await eventually(() => stage.logLines.length >= 5);
    const requests = stage.logLines.filter(({ message }) => message === "request");
    assert.equal(requests.length, 5);
    assert.deepEqual(
      requests.map(({ level, fields }) => [level, fields.method, fields.path, fields.status, fields.client, fields.as]),
      [
        ["info", "GET", "/archives", 200, "127.0.0.1", "admin"],
        ["info", "GET", "/***", 404, "127.0.0.1", undefined],
        ["debug", "GET", "/metrics", 200, "127.0.0.1", undefined],
        ["debug", "GET", "/api/host", 200, "127.0.0.1", "loopback"],
        ["info", "GET", "/api/nothing", 404, "127.0.0.1", undefined],
      ],
    );
    for (const { fields } of requests) assert.ok(Number(fields.sentBytes) > 0 && Number(fields.durationSeconds) >= 0);
    assert.doesNotMatch(JSON.stringify(stage.logLines), /culprit_|secret|hunter2/);
  });
});

describe("the pages", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  it("begin with one that says what this is and where to go", async () => {
    await stage.shelve("one", Buffer.alloc(2048));
    const { status, text, headers } = await stage.ask("/about");
    assert.equal(status, 200);
    assert.match(headers["content-type"] ?? "", /^text\/html/);
    for (const part of [
      "Culprit on web1",
      'href="metrics"',
      'href="archives"',
      'href="-/healthy"',
      "2.0 kB",
      `curl -OJ http://127.0.0.1:${stage.port}/archives/latest.tar.gz`,
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  it("show why Culprit is not ready, escaped", async () => {
    stage.readinessNow = { ready: false, reasons: ["<i>late</i>"] };
    assert.match((await stage.ask("/about")).text, /Not ready: &lt;i&gt;late&lt;\/i&gt;/);
  });

  it("load nothing from anywhere and run no script", async () => {
    for (const path of ["/about", "/archives", "/login"]) {
      const { text } = await stage.ask(path, { headers: { Accept: "text/html" } });
      assert.doesNotMatch(text, /<script|style=|<style| on\w+=|src=/, path);
      const loaded = [...text.matchAll(/<link [^>]*href="([^"]*)"/g)].map((match) => match[1]);
      assert.deepEqual(loaded, ["data:,", "assets/plain.css"], path);
    }
  });

  it("have their style without a login, in light and dark", async () => {
    await stage.server?.close();
    await stage.start({ auth: "always" });
    const { status, text, headers } = await stage.ask("/assets/plain.css");
    assert.equal(status, 200);
    assert.match(headers["content-type"] ?? "", /^text\/css/);
    assert.match(text, /prefers-color-scheme: dark/);
  });

  it("escape what is put into them", () => {
    const name = `<a href='x' title="y">&`;
    assert.equal(
      html`<b title="${name}">${[html`<i>${1}</i>`]}${undefined}</b>`.text,
      `<b title="&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;"><i>1</i></b>`,
    );
  });
});

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => {
      received += chunk.toString();
    });
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });
}

/** As many plain clients do: nothing is read before everything has been sent. */
function sendWholeThenRead(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(bytes, () => {
        socket.on("data", (chunk) => {
          received += chunk.toString();
        });
      });
    });
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });
}
