/** The server's side of TLS: what Node is told, and what it does not check by itself. */
import { createServer, type Server, type ServerOptions } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { defined } from "../model/defined.ts";
import type { TlsDoor } from "../model/door.ts";

const handshakeSeconds = 10;

/** What may be changed while the server runs; whom it asks for a certificate may not. */
export function secureContextOf({ cert, key, clientCa, ciphers, curves, minVersion, maxVersion, prefersOwnCiphers }: TlsDoor) {
  return defined({ cert, key, ca: clientCa, ciphers, ecdhCurve: curves, minVersion, maxVersion, honorCipherOrder: prefersOwnCiphers });
}

/** Whether a server speaks TLS. */
export function isTlsServer(server: object): server is Server {
  return "setSecureContext" in server;
}

/** Whether a connection was agreed to speak HTTP/2, which nobody speaks without TLS. */
export function speaksStreams(socket: Socket): boolean {
  return "alpnProtocol" in socket && socket.alpnProtocol === "h2";
}

/**
 * Makes a server that speaks TLS. Connections come as `secureConnection`, when the handshake is through and the certificate is one that
 * `door` lets in; of those that are still in it, the oldest goes when there are too many.
 */
export function createTlsServer(door: () => TlsDoor, options: ServerOptions, mostHandshakes: number): Server {
  const { clientCertificate, http2 } = door();
  const server = createServer({
    ...options,
    ...secureContextOf(door()),
    requestCert: clientCertificate !== "NoClientCert",
    rejectUnauthorized: clientCertificate === "RequireAndVerifyClientCert",
    handshakeTimeout: handshakeSeconds * 1000,
    ALPNProtocols: [...(http2 ? ["h2"] : []), "http/1.1"],
  });
  for (const speakHttp1 of server.listeners("secureConnection")) {
    server.off("secureConnection", speakHttp1 as () => void);
    server.on("secureConnection", (socket) => {
      if (!speaksStreams(socket)) speakHttp1.call(server, socket);
    });
  }
  const begun = new Set<Socket>();
  server.prependListener("connection", (socket: Socket) => {
    begun.add(socket);
    socket.once("close", () => begun.delete(socket));
    const [oldest] = begun;
    if (begun.size > mostHandshakes) oldest?.destroy();
  });
  server.prependListener("secureConnection", (socket: TLSSocket) => {
    // the sockets below are not told apart: the one whose turn it was longest has mostly become this one
    const [first] = [...begun].filter((one) => one.remotePort === socket.remotePort && one.remoteAddress === socket.remoteAddress);
    if (first !== undefined) begun.delete(first);
    if (!isWelcome(socket, door())) socket.destroy();
  });
  return server;
}

function isWelcome(socket: TLSSocket, { clientCertificate, allowedSans }: TlsDoor): boolean {
  if (clientCertificate === "NoClientCert" || clientCertificate === "RequestClientCert") return true;
  const certificate = socket.getPeerCertificate();
  const isGiven = certificate !== null && Object.keys(certificate).length > 0;
  if (!isGiven) return clientCertificate === "VerifyClientCertIfGiven";
  if (clientCertificate === "RequireAnyClientCert") return true;
  if (!socket.authorized) return false;
  if (allowedSans.length === 0) return true;
  const names = (certificate.subjectaltname ?? "").split(", ").map((one) => one.replace(/^[A-Za-z ]+:/, ""));
  return names.some((name) => allowedSans.includes(name));
}
