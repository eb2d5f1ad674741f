import assert from "node:assert/strict";
import { connect, createServer, type Server } from "node:net";
import { ask } from "./client.ts";
import { eventually, Stage } from "./support.ts";

describe("listening", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.prepare();
  });
  afterEach(() => stage.close());

  it("reports the port that was really given, and an address to open", async () => {
    await stage.start();
    assert.ok(stage.port > 0);
    assert.equal((await ask(stage.port, { path: "/-/healthy" })).status, 200);
  });

  it("serves every listen address", async () => {
    await stage.start({
      listenAddresses: [
        { host: "127.0.0.1", port: 0 },
        { host: "127.0.0.2", port: 0 },
        { host: "", port: 0 },
      ],
    });
    const bound = stage.bound;
    assert.deepEqual(
      bound.slice(0, 2).map(({ host, port, url }) => [host, url === `http://${host}:${port}/`]),
      [
        ["127.0.0.1", true],
        ["127.0.0.2", true],
      ],
    );
    assert.equal(bound[2]?.url, `http://localhost:${bound[2]?.port}/`);
    for (const { host, port } of bound) {
      const answer = await fetch(`http://${host === "::" || host === "0.0.0.0" ? "127.0.0.1" : host}:${port}/-/healthy`);
      assert.equal(answer.status, 200);
      await answer.text();
    }
  });

  it("names address and flag when the port is in use, and gives up the others", async () => {
    const occupied = await occupy();
    const port = portOf(occupied);
    const other = await occupy();
    const free = portOf(other);
    await closeServer(other);
    try {
      await assert.rejects(
        stage.start({
          listenAddresses: [
            { host: "127.0.0.1", port: free },
            { host: "127.0.0.1", port },
          ],
        }),
        new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: the port is in use.*--web\\.listen-address`),
      );
      await assert.rejects(ask(free, { path: "/-/healthy" }), { code: "ECONNREFUSED" });
    } finally {
      await closeServer(occupied);
    }
  });

  it("says in words what else may be wrong with an address", async () => {
    await assert.rejects(
      stage.start({ listenAddresses: [{ host: "192.0.2.1", port: 0 }] }),
      /cannot listen on 192\.0\.2\.1:0: this machine has no such address.*--web\.listen-address/,
    );
    await assert.rejects(
      stage.start({ listenAddresses: [{ host: "::1", port: 99999 }] }),
      /cannot listen on \[::1\]:99999: expected a port from 0 to 65535.*--web\.listen-address/,
    );
  });
});

describe("closing", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const post = () =>
    ask(stage.port, {
      method: "POST",
      path: "/webhook",
      body: JSON.stringify({ alerts: [{ status: "firing", labels: {}, startsAt: "2026-11-21T09:00:00Z" }] }),
    });

  it("lets a running request finish, and refuses new connections meanwhile", async () => {
    let keep = (): void => undefined;
    stage.receive = () =>
      new Promise((resolve) => {
        keep = () => resolve([]);
      });
    const answer = post();
    await eventually(() => stage.received.length === 1);
    let closed = false;
    const closing = stage.server?.close().then(() => {
      closed = true;
    });
    await eventually(
      async () => (await ask(stage.port, { path: "/-/healthy" }).catch((error: NodeJS.ErrnoException) => error.code)) === "ECONNREFUSED",
    );
    assert.equal(closed, false);
    keep();
    const { status, headers } = await answer;
    assert.equal(status, 202);
    assert.equal(headers.connection, "close");
    await closing;
    assert.equal(stage.clock.waiting, 0);
  });

  it("finishes what a client that went away had asked for", async () => {
    let keep = (): void => undefined;
    stage.receive = () =>
      new Promise((resolve) => {
        keep = () => resolve([]);
      });
    const body = JSON.stringify({ alerts: [{ status: "firing", labels: {}, startsAt: "2026-11-21T09:00:00Z" }] });
    const socket = connect(stage.port, "127.0.0.1", () =>
      socket.write(`POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    );
    await eventually(() => stage.received.length === 1);
    socket.destroy();
    let closed = false;
    const closing = stage.server?.close().then(() => {
      closed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(closed, false);
    keep();
    await closing;
    assert.deepEqual(stage.outcomes, ["accepted"]);
  });

  it("ends idle connections at once, those that said something and those that never did", async () => {
    const silent = await open(stage.port);
    const spoken = await open(stage.port);
    spoken.socket.write("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await eventually(() => spoken.text().includes("healthy."));
    await stage.server?.close();
    await eventually(() => silent.isClosed() && spoken.isClosed());
    assert.equal(stage.clock.waiting, 0);
  });

  it("answers a request that arrived a moment ago on a connection that was idle", async () => {
    const idle = await open(stage.port);
    idle.socket.write("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await eventually(() => idle.text().includes("healthy."));
    idle.socket.write("GET /-/ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await stage.server?.close();
    await eventually(() => idle.isClosed());
    assert.match(idle.text(), /Culprit is ready\.\n$/);
  });

  it("answers a request of which half has arrived", async () => {
    const half = await open(stage.port);
    half.socket.write("GET /-/healthy HTTP/1.1\r\nHo");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closing = stage.server?.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    half.socket.write("st: localhost\r\n\r\n");
    await eventually(() => half.isClosed());
    assert.match(half.text(), /^HTTP\/1\.1 200 [\s\S]*connection: close[\s\S]*healthy\.\n$/i);
    await closing;
  });

  it("cuts off after ten seconds what does not finish, and says so", async () => {
    stage.receive = () => new Promise(() => undefined);
    const answer = post().catch((error: NodeJS.ErrnoException) => error.code);
    await eventually(() => stage.received.length === 1);
    const closing = stage.server?.close();
    await eventually(() => stage.clock.waiting === 1);
    await stage.clock.advance(9.9);
    assert.equal(stage.clock.waiting, 1);
    await stage.clock.advance(0.2);
    await closing;
    assert.equal(await answer, "ECONNRESET");
    assert.deepEqual(
      stage.logLines.filter(({ level }) => level === "warn").map(({ fields }) => fields),
      [{ requests: 1 }],
    );
  });

  it("sends a download to its end", async () => {
    const bytes = Buffer.alloc(8 * 1024 * 1024, 7);
    await stage.shelve("large", bytes);
    const download = fetch(`http://127.0.0.1:${stage.port}/archives/large.tar.gz`);
    const response = await download;
    const closing = stage.server?.close();
    assert.ok(Buffer.from(await response.arrayBuffer()).equals(bytes));
    await closing;
  });

  it("may be asked for twice, and before listening", async () => {
    await Promise.all([stage.server?.close(), stage.server?.close()]);
    const other = await Stage.prepare();
    await other.close();
  });
});

interface OpenConnection {
  readonly socket: ReturnType<typeof connect>;
  text(): string;
  isClosed(): boolean;
}

async function open(port: number): Promise<OpenConnection> {
  let text = "";
  let closed = false;
  const socket = connect(port, "127.0.0.1");
  socket.on("data", (chunk) => {
    text += chunk.toString();
  });
  socket.on("close", () => {
    closed = true;
  });
  socket.on("error", () => undefined);
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  return { socket, text: () => text, isClosed: () => closed };
}

async function occupy(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
