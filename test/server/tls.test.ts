import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import type { TlsDoor } from "../../src/model/door.ts";
import { makeCertificates, pem } from "../support/openssl.ts";
import { requireServer } from "../support/servers.ts";
import { eventually, Stage } from "./support.ts";

describe("a server that speaks TLS", function () {
  this.timeout(60_000);
  let folder: string;
  let other: string;
  let stage: Stage;
  let door: TlsDoor;
  before(function () {
    requireServer(this, "openssl");
    folder = mkdtempSync(join(tmpdir(), "culprit-tls-"));
    makeCertificates(folder, ["server", "renewed", "client", "stranger"]);
    other = mkdtempSync(join(tmpdir(), "culprit-tls-"));
    makeCertificates(other, []);
  });
  after(() => {
    for (const one of [folder, other]) if (one !== undefined) rmSync(one, { recursive: true, force: true });
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

  /** All that comes from a connection without a certificate. */
  function textOf(): Promise<string> {
    return new Promise((resolve, reject) => {
      let all = "";
      connectTls({ port: stage.port, host: "127.0.0.1", ca: pem(folder, "ca.pem") })
        .on("data", (chunk) => (all += String(chunk)))
        .on("end", () => resolve(all))
        .on("error", reject);
    });
  }

  /** Asks once, and goes on when the answer and what the next connection may begin with have come. */
  function withSession(options: ConnectionOptions): Promise<{ socket: TLSSocket; session: Buffer | undefined; text: string }> {
    return new Promise((resolve, reject) => {
      let session: Buffer | undefined;
      let text = "";
      const socket = connectTls(options, () => socket.write("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n"));
      const look = () => {
        if (text !== "" && (session !== undefined || socket.isSessionReused() || !text.startsWith("HTTP/1.1 200")))
          resolve({ socket, session, text });
      };
      socket
        .on("session", (one) => {
          session = one;
          look();
        })
        .on("data", (chunk) => {
          text += String(chunk);
          look();
        })
        .on("error", reject);
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

  it("lets in who has a certificate where one must be shown, and says to the others why it does not", async () => {
    await start({ clientCertificate: "RequireAndVerifyClientCert", clientCa: pem(folder, "ca.pem"), allowedSans: ["client.example.org"] });
    assert.equal(await get("/-/healthy", as("client")), 200);
    assert.equal(await get("/-/healthy"), 403);
    assert.equal(await get("/-/healthy", as("stranger")), 403);
    assert.match(await textOf(), /^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*\{"error":"this server lets in whoever shows a certificate/);
    // whoever is turned away has been asked for nothing but its certificate
    assert.equal(stage.logLines.filter(({ message }) => message === "request").length, 1);
  });

  it("lets in who has none where it is only held against the authority when shown", async () => {
    await start({ clientCertificate: "VerifyClientCertIfGiven", clientCa: pem(folder, "client.pem") });
    assert.equal(await get("/-/healthy"), 200);
    assert.equal(await get("/-/healthy", as("stranger")), 403);
  });

  it("does not take a name that only looks like two for one of them", async () => {
    await start({ clientCertificate: "RequireAndVerifyClientCert", clientCa: pem(folder, "ca.pem"), allowedSans: ["127.0.0.1"] });
    assert.equal(await get("/-/healthy", as("client")), 200);
    door = { ...door, allowedSans: ["other.example.org"] };
    assert.equal(await get("/-/healthy", as("client")), 403);
  });

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    it(`does not let a session of ${version} in again whose authority is not believed any more, and ends its connection`, async () => {
      await start({ clientCertificate: "RequireAndVerifyClientCert", clientCa: pem(folder, "ca.pem"), maxVersion: version });
      const options = { port: stage.port, host: "127.0.0.1", ca: pem(folder, "ca.pem"), ...as("client") };
      const { socket, session } = await withSession(options);
      const again = await withSession({ ...options, session });
      assert.equal(again.socket.isSessionReused(), true);
      assert.match(again.text, /^HTTP\/1\.1 200 /);
      door = { ...door, clientCa: pem(other, "ca.pem") };
      stage.server?.renewTls();
      await eventually(() => socket.destroyed && again.socket.destroyed);
      const later = await withSession({ ...options, session: again.session ?? session });
      assert.deepEqual([later.socket.isSessionReused(), later.text.slice(0, 13)], [false, "HTTP/1.1 403 "]);
    });
  }

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
