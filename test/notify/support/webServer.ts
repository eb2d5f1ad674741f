import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { SelfSigned } from "./certificate.ts";

/** A request that arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server on loopback that answers as it is told. */
export interface WebServer {
  readonly port: number;
  readonly received: Received[];
  /** What it does from now on; undefined answers 200 "ok". */
  answer: ((request: Received, response: ServerResponse) => void) | undefined;
  close(): Promise<void>;
}

/** Starts one, with TLS when there is a certificate. */
export async function startWebServer(certificate?: SelfSigned): Promise<WebServer> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      const one = { method, path, headers, body: Buffer.concat(chunks).toString() };
      received.push(one);
      if (web.answer === undefined) response.end("ok");
      else web.answer(one, response);
    });
  };
  const server: Server = certificate === undefined ? createServer(handle) : createTlsServer(certificate, handle);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const web: WebServer = {
    port: (server.address() as AddressInfo).port,
    received,
    answer: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return web;
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const web = await startWebServer();
  await web.close();
  return web.port;
}
