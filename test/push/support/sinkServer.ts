import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { SelfSigned } from "../../notify/support/certificate.ts";

/** A request as it arrived, its body unread. */
export interface Arrived {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** A server on loopback that keeps what it has taken, and answers as it is told. */
export class SinkServer {
  /** Whatever was asked. */
  readonly asked: Arrived[] = [];
  /** What was answered with a success. */
  readonly taken: Arrived[] = [];
  /** What it does instead of taking; undefined takes. */
  mood: ((request: Arrived, response: ServerResponse) => void) | undefined;
  readonly #close: () => Promise<void>;
  readonly url: string;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async start(certificate?: SelfSigned): Promise<SinkServer> {
    const sockets = new Set<Socket>();
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const one = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) };
        self.asked.push(one);
        if (self.mood !== undefined) return self.mood(one, response);
        self.taken.push(one);
        response.writeHead(204).end();
      });
    };
    const server = certificate === undefined ? createServer(handle) : createTlsServer(certificate, handle);
    server.on("tlsClientError", () => undefined);
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const self = new SinkServer(`${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}/in`, async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    });
    return self;
  }

  close(): Promise<void> {
    return this.#close();
  }
}
