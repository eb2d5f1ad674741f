/** The server's side of TLS: what Node is told, and what it does not check by itself. */
import { createServer, type Server, type ServerOptions } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { defined } from "../model/defined.ts";
import type { TlsDoor } from "../model/door.ts";
import { canonicalName, namesOfCertificate } from "./certificateNames.ts";
import { lastAnswer } from "./lastAnswer.ts";

const handshakeSeconds = 10;
/** The event of a connection that may ask for something. */
export const welcome = "welcome";
const lingerMs = 1000;
const notWelcome = "this server lets in whoever shows a certificate that its web configuration allows, and none was shown that it does";

/** What may be changed while the server runs; whom it asks for a certificate may not. */
export function secureContextOf({ cert, key, clientCa, ciphers, curves, minVersion, maxVersion, prefersOwnCiphers }: TlsDoor) {
  return defined({ cert, key, ca: clientCa, ciphers, ecdhCurve: curves, minVersion, maxVersion, honorCipherOrder: prefersOwnCiphers });
}

/** Whether a server speaks TLS. */
export function isTlsServer(server: object): server is Server {
  return "setSecureContext" in server;
}

/** Whether somebody who was let in by `before` may have to stay outside by `now`. */
export function demandsOthers(now: TlsDoor, before: TlsDoor): boolean {
  return now.clientCa !== before.clientCa || now.allowedSans.join() !== before.allowedSans.join();
}

/** Whether a connection was agreed to speak HTTP/2, which nobody speaks without TLS. */
export function speaksStreams(socket: Socket): boolean {
  return "alpnProtocol" in socket && socket.alpnProtocol === "h2";
}

/**
 * Makes a server that speaks TLS. Connections come as `welcome`, when the handshake is through and the certificate is one that `door`
 * lets in; of those that are still in it, the oldest goes when there are too many.
 */
export function createTlsServer(door: () => TlsDoor, options: ServerOptions, mostHandshakes: number): Server {
  const { clientCertificate, http2 } = door();
  const server = createServer({
    ...options,
    ...secureContextOf(door()),
    requestCert: clientCertificate !== "NoClientCert",
    // looked at below, so that whoever is turned away hears why
    rejectUnauthorized: false,
    handshakeTimeout: handshakeSeconds * 1000,
    ALPNProtocols: [...(http2 ? ["h2"] : []), "http/1.1"],
  });
  const speakHttp1 = server.listeners("secureConnection");
  server.removeAllListeners("secureConnection");
  const begun = new Set<Socket>();
  server.prependListener("connection", (socket: Socket) => {
    begun.add(socket);
    socket.once("close", () => begun.delete(socket));
    const [oldest] = begun;
    if (begun.size > mostHandshakes) oldest?.destroy();
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    if (!isWelcome(socket, { ...door(), clientCertificate })) {
      refuse(socket);
      return;
    }
    // the sockets below are not told apart: the one whose turn it was longest has mostly become this one
    const [first] = [...begun].filter((one) => one.remotePort === socket.remotePort && one.remoteAddress === socket.remoteAddress);
    if (first !== undefined) begun.delete(first);
    if (!speaksStreams(socket)) for (const listener of speakHttp1) listener.call(server, socket);
    server.emit(welcome, socket);
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
  const names = new Set(namesOfCertificate(certificate.subjectaltname ?? ""));
  return allowedSans.some((name) => names.has(canonicalName(name)));
}

/** Of HTTP/1.1; whoever speaks streams sees the end of the connection. */
function refuse(socket: TLSSocket): void {
  if (speaksStreams(socket)) {
    socket.destroy();
    return;
  }
  // what it sends is not read, and unread it would reset the answer
  socket.on("error", () => undefined).resume();
  socket.end(lastAnswer(403, notWelcome, {}));
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
