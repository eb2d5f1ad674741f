import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../../src/log.ts";
import { createOwnUser } from "../../src/wiring/ownUser.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { requireFree, requireRoot, requireServer } from "../support/servers.ts";

const clock = new ManualClock();
const own = process.getuid?.() ?? -1;

/** A server, and what it has accepted. */
async function listening(host: string): Promise<{ server: Server; port: number; next(): Promise<Socket> }> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return {
    server,
    port: address.port,
    next: async () => ((await once(server, "connection")) as [Socket])[0],
  };
}

describe("Whose a connection is", () => {
  before(function () {
    requireFree(this, process.platform === "linux" ? undefined : "only Linux tells whose a connection is");
  });

  for (const [host, to] of [
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["::", "127.0.0.1"],
    ["::", "::1"],
  ] as const) {
    it(`is told by the kernel, of ${to} at a server that listens on ${host}`, async () => {
      const { server, port, next } = await listening(host);
      const accepted = next();
      const client = connect(port, to);
      const socket = await accepted;
      const asks = (userId: number) => createOwnUser({ clock, log: silentLog, userId })(socket);
      assert.equal(await asks(own), true);
      assert.equal(await asks(own + 1), false);
      client.destroy();
      socket.destroy();
      server.close();
    });
  }

  it("is not the own user's when another user has made it", async function () {
    requireRoot(this);
    requireServer(this, "perl");
    const { server, port, next } = await listening("127.0.0.1");
    const accepted = next();
    const program = `use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:${port}") or die; sleep 60`;
    const other = spawn("perl", ["-e", program], { uid: 12_345, gid: 12_345, stdio: "ignore" });
    const socket = await accepted;
    assert.equal(await createOwnUser({ clock, log: silentLog, userId: own })(socket), false);
    assert.equal(await createOwnUser({ clock, log: silentLog, userId: 12_345 })(socket), true);
    other.kill("SIGKILL");
    socket.destroy();
    server.close();
  });

  it("is looked up once for a connection, and for many of them together", async () => {
    const { server, port } = await listening("127.0.0.1");
    const sockets: Socket[] = [];
    server.on("connection", (socket) => sockets.push(socket));
    const clients = Array.from({ length: 50 }, () => connect(port, "127.0.0.1"));
    while (sockets.length < 50) await new Promise((resolve) => setTimeout(resolve, 5));
    const isOwnUser = createOwnUser({ clock, log: silentLog, userId: own });
    assert.deepEqual([...new Set(await Promise.all(sockets.map(isOwnUser)))], [true]);
    const [first] = sockets;
    assert.ok(first !== undefined);
    for (const client of clients) client.destroy();
    assert.equal(await isOwnUser(first), true, "what was found stays");
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it("is nobody's that is trusted where the kernel does not tell, which is said once", async () => {
    const directory = await mkdtemp(join(tmpdir(), "culprit-nothing-"));
    const { log, lines } = recordedLog();
    const isOwnUser = createOwnUser({ clock, log, userId: own, directory });
    const { server, port } = await listening("127.0.0.1");
    for (let round = 0; round < 2; round++) {
      const accepted = once(server, "connection") as Promise<[Socket]>;
      const client = connect(port, "127.0.0.1");
      const [socket] = await accepted;
      assert.equal(await isOwnUser(socket), false);
      client.destroy();
      socket.destroy();
    }
    server.close();
    await rm(directory, { recursive: true });
    assert.equal(lines().filter(({ message }) => String(message).startsWith("who connects from this machine cannot be told")).length, 1);
  });

  it("is never looked up for nobody, whose processes are anybody's", async () => {
    for (const userId of [65_534, undefined]) {
      const isOwnUser = createOwnUser({ clock, log: silentLog, userId });
      assert.equal(await isOwnUser(new (await import("node:net")).Socket()), false);
    }
  });
});
