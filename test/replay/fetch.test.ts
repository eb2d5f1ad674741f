import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { systemClock } from "../../src/sampler/clock.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { archiveOf, open } from "./support.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const token = "culprit_s3cret-t0ken-of-this-test";

describe("Opening a URL", () => {
  const tempDirectory = tempDirectories();
  const servers = new Set<Server>();
  afterEach(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    servers.clear();
  });

  /** A server, and what it was asked. */
  async function serve(answer: Answer): Promise<{ readonly base: string; readonly asked: IncomingMessage[] }> {
    const asked: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      asked.push(request);
      answer(request, response);
    });
    servers.add(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    return { base: `http://127.0.0.1:${address.port}`, asked };
  }

  async function failure(promise: Promise<unknown>): Promise<string> {
    return promise.then(
      () => assert.fail("it was opened"),
      (error: unknown) => (error as Error).message,
    );
  }

  it("opens an archive with the token of its Culprit, wherever on that server it turns out to be", async () => {
    const bytes = await archiveOf();
    const { base, asked } = await serve((request, response) => {
      if (request.url === "/archives/latest.tar.gz") response.writeHead(302, { location: "a.tar.gz" }).end();
      else response.end(bytes);
    });
    const opened = await open(`${base}/archives/latest.tar.gz`, await tempDirectory(), { token, clock: systemClock });
    assert.deepEqual([opened.kind, opened.host.hostname, opened.archive?.archive.sizeBytes], ["archive", "db1", bytes.length]);
    assert.deepEqual(
      asked.map(({ url, headers }) => [url, headers.authorization]),
      [
        ["/archives/latest.tar.gz", `Bearer ${token}`],
        ["/archives/a.tar.gz", `Bearer ${token}`],
      ],
    );
  });

  it("sends the token to no other server", async () => {
    const bytes = await archiveOf();
    const elsewhere = await serve((_, response) => response.end(bytes));
    const { base } = await serve((_, response) => response.writeHead(307, { location: `${elsewhere.base}/x` }).end());
    await open(`${base}/archives/latest.tar.gz`, await tempDirectory(), { token, clock: systemClock });
    assert.deepEqual(
      elsewhere.asked.map(({ headers }) => headers.authorization),
      [undefined],
    );
  });

  it("opens a table, packed on its way or not", async () => {
    const text = "time,elapsed_seconds,load1\r\n2026-11-21T10:00:00.000Z,1,0.5\r\n";
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      const { base } = await serve((_, response) => response.end(bytes));
      const opened = await open(`${base}/api/snapshots.csv?from=1`, await tempDirectory(), { clock: systemClock });
      assert.deepEqual([opened.kind, opened.host.hostname, opened.seconds], ["table", "127.0.0.1", 1]);
    }
  });

  it("asks for the flag with the token where one is needed, and repeats what the server says where one is wrong", async () => {
    const { base } = await serve((_, response) => {
      response.writeHead(401, { "content-type": "application/json" }).end(JSON.stringify({ error: `not valid: ${token}` }));
    });
    const without = await failure(open(`${base}/archives/latest.tar.gz`, await tempDirectory(), { clock: systemClock }));
    assert.match(without, /asks for a token.*--token-file=FILE names a file with one of scope read$/);
    const wrong = await failure(open(`${base}/archives/latest.tar.gz`, await tempDirectory(), { token, clock: systemClock }));
    assert.match(
      wrong,
      /^cannot replay http:\/\/127\.0\.0\.1:\d+: http:\/\/127\.0\.0\.1:\d+ answered 401: not valid: \*\*\*; expected 200 with the file$/,
    );
  });

  it("shows what would act on a terminal in what a server says", async () => {
    const { base } = await serve((_, response) => {
      response.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify({ error: "\u001b[2Jgone \u202etxt\u200b\u009b" }));
    });
    const message = await failure(open(`${base}/archives/latest.tar.gz`, await tempDirectory(), { token, clock: systemClock }));
    assert.match(message, /answered 500: \\x1b\[2Jgone \\u202etxt\\u200b\\x9b; expected 200/);
  });

  it("says nothing of what a URL keeps secret", async () => {
    const { base } = await serve((request, response) =>
      response.writeHead(404).end(JSON.stringify({ error: `nothing at ${request.url}` })),
    );
    const url = `${base.replace("//", "//somebody:pa55word@")}/x?signature=abcdef123`;
    const said = await failure(open(url, await tempDirectory(), { clock: systemClock }));
    assert.match(said, /answered 404/);
    for (const secret of ["somebody", "pa55word", "abcdef123"]) assert.ok(!said.includes(secret), said);
  });

  it("refuses what is too large before it comes, and when it turns out to be", async () => {
    const limits = { mostBytes: 1000, longestSeconds: 60 };
    const told = await serve((_, response) => response.writeHead(200, { "content-length": "5000000" }).flushHeaders());
    const said = await failure(open(told.base, await tempDirectory(), { limits, clock: systemClock }));
    assert.match(said, /the file, which has 5 MB, is larger than 1000 bytes; --max-size=SIZE allows more/);
    const endless = await serve((_, response) => {
      const timer = setInterval(() => response.write("x".repeat(500)), 1);
      response.once("close", () => clearInterval(timer));
    });
    assert.match(
      await failure(open(endless.base, await tempDirectory(), { limits, clock: systemClock })),
      /the file is larger than 1000 bytes/,
    );
  });

  it("gives up on what does not arrive in time", async () => {
    const clock = new ManualClock();
    const { base } = await serve((_, response) => {
      response.write("time,");
      setTimeout(() => void clock.advance(61), 20);
    });
    assert.match(
      await failure(open(base, await tempDirectory(), { clock })),
      /it was not here within 60 s; --timeout=DURATION allows more/,
    );
  });

  it("says so when nobody is there, when it leads on and on, and when it is a page", async () => {
    const { base } = await serve((request, response) => {
      if (request.url === "/round") response.writeHead(302, { location: "/round" }).end();
      else response.end("<!doctype html><html></html>");
    });
    const said = (url: string) => tempDirectory().then((directory) => failure(open(url, directory, { clock: systemClock })));
    assert.match(await said(`${base}/round`), /leads on and on; expected at most 5 redirects/);
    assert.match(await said(`${base}/`), /this is a web page; of a running Culprit open \.\.\.\/archives\/latest\.tar\.gz/);
    assert.match(await said("http://127.0.0.1:1/x.tar.gz"), /http:\/\/127\.0\.0\.1:1 refused the connection/);
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const { base } = await serve((_, response) => {
      response.write("time,");
      setTimeout(() => stop.abort(), 20);
    });
    await assert.rejects(open(base, await tempDirectory(), { signal: stop.signal, clock: systemClock }), { name: "AbortError" });
  });
});
