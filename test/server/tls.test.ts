import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { TlsDoor } from "../../src/model/door.ts";
import { makeCertificates, pem } from "../support/openssl.ts";
import { requireServer } from "../support/servers.ts";
import { eventually, Stage } from "./support.ts";

describe("a server that speaks TLS", function () {
  this.timeout(60_000);
  let folder: string;
  let stage: Stage;
  let door: TlsDoor;
  before(function () {
    requireServer(this, "openssl");
    folder = mkdtempSync(join(tmpdir(), "culprit-tls-"));
    makeCertificates(folder, ["server", "renewed", "client", "stranger"]);
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => stage?.close());

  async function start(more: Partial<TlsDoor> = {}): Promise<void> {
    door = {
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
    await stage.start({ tls: () => door, auth: "always", mostConnections: 20 });
  }

  /** The status of an answer, or why there was none. */
  function get(path: string, options: ConnectionOptions & { readonly headers?: Record<string, string> } = {}): Promise<number | string> {
    return new Promise((resolve) => {
      const wanted = request(
        { host: "127.0.0.1", port: stage.port, path, ca: pem(folder, "ca.pem"), agent: false, ...options },
        (response) => {
          response.resume().on("end", () => resolve(response.statusCode ?? 0));
        },
      );
      wanted.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      wanted.end();
    });
  }

  const as = (name: string) => ({ cert: pem(folder, `${name}.pem`), key: pem(folder, `${name}.key`) });

  it("answers as the other does, with its address as a link", async () => {
    await start();
    assert.equal(await get("/-/healthy"), 200);
    assert.equal(await get("/archives"), 401);
    assert.equal(await get("/archives", { headers: stage.bearer("read") }), 200);
    assert.match(stage.bound[0]?.url ?? "", /^https:\/\/127\.0\.0\.1:\d+\/$/);
  });

  it("answers requests that came in one piece one after the other", async () => {
    await start();
    const text = await new Promise<string>((resolve, reject) => {
      let all = "";
      const socket = connectTls({ port: stage.port, host: "127.0.0.1", ca: pem(folder, "ca.pem") }, () => {
        socket.write(
          "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(3) +
            "GET /-/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        );
      });
      socket
        .on("data", (chunk) => (all += String(chunk)))
        .on("end", () => resolve(all))
        .on("error", reject);
    });
    assert.equal(text.match(/HTTP\/1\.1 200 OK/g)?.length, 4);
  });

  it("refuses what is older than the configuration allows", async () => {
    await start({ minVersion: "TLSv1.3" });
    assert.match(String(await get("/-/healthy", { maxVersion: "TLSv1.2" })), /ERR_SSL|ECONNRESET|EPROTO/);
    assert.equal(await get("/-/healthy"), 200);
  });

  it("meets new connections with a renewed certificate, without a restart", async () => {
    await start();
    const subject = () =>
      new Promise<string>((resolve) => {
        const socket = connectTls({ port: stage.port, host: "127.0.0.1", ca: pem(folder, "ca.pem") }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        });
      });
    assert.equal(await subject(), "server");
    door = { ...door, ...as("renewed") };
    stage.server?.renewTls();
    assert.equal(await subject(), "renewed");
  });

  it("lets in who has a certificate where one must be shown", async () => {
    await start({ clientCertificate: "RequireAndVerifyClientCert", clientCa: pem(folder, "ca.pem"), allowedSans: ["client.example.org"] });
    assert.equal(await get("/-/healthy", as("client")), 200);
    assert.match(String(await get("/-/healthy")), /^E/);
    assert.match(String(await get("/-/healthy", as("stranger"))), /^E/);
  });

  it("lets in who has none where it is only held against the authority when shown", async () => {
    await start({ clientCertificate: "VerifyClientCertIfGiven", clientCa: pem(folder, "client.pem") });
    assert.equal(await get("/-/healthy"), 200);
    assert.match(String(await get("/-/healthy", as("stranger"))), /^E/);
  });

  it("goes on beside many who begin a handshake and say nothing", async () => {
    await start();
    const silent = Array.from({ length: 60 }, () => connect(stage.port, "127.0.0.1").on("error", () => undefined));
    try {
      await eventually(() => silent.filter((socket) => socket.closed).length >= 40);
      assert.equal(await get("/-/healthy"), 200);
    } finally {
      for (const socket of silent) socket.destroy();
    }
  });
});
