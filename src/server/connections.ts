/** The connections of the server, so that it can stop without cutting anybody off. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../model/clock.ts";

/** After this long, whoever is still at it is cut off. */
const HARD_LIMIT_SECONDS = 10;

/** Answers one request; resolves when it is through with it. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Counts what is going on, and ends it in good order. */
export class Connections {
  readonly #clock: Clock;
  readonly #servers: Server[] = [];
  /** Every open connection with the responses that are under way on it. */
  readonly #responses = new Map<Socket, Set<ServerResponse>>();
  readonly #handling = new Set<Promise<void>>();
  #closing = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Watches a server and gives its requests to `handler`. */
  serve(server: Server, handler: Handler): void {
    this.#servers.push(server);
    server.on("connection", (socket: Socket) => {
      this.#responses.set(socket, new Set());
      socket.once("close", () => this.#responses.delete(socket));
    });
    const handle = (request: IncomingMessage, response: ServerResponse): void => this.#handle(request, response, handler);
    server.on("request", handle);
    // Told to go on only once somebody wants the body.
    server.on("checkContinue", handle);
  }

  /** Whether an answer is under way on this connection. */
  isAnswering(socket: Socket): boolean {
    return (this.#responses.get(socket)?.size ?? 0) > 0;
  }

  /** Stops accepting, lets what runs finish, and cuts off what takes too long. The number of requests that were cut off. */
  async close(): Promise<number> {
    this.#closing = true;
    // What has already reached this machine is read before idle connections are told from busy ones. Twice, for the first
    // turn may begin behind the point at which the event loop looks at its sockets.
    for (let turn = 0; turn < 2; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const [socket, responses] of this.#responses) {
      // Node counts a connection that never said anything as busy.
      if (responses.size === 0 && socket.bytesRead === 0) socket.destroy();
      for (const response of responses) announceClose(response);
    }
    let cutOff = 0;
    let cancel = (): void => undefined;
    const limit = new Promise<void>((resolve) => {
      cancel = this.#clock.after(HARD_LIMIT_SECONDS, () => {
        cutOff = this.#handling.size;
        for (const socket of this.#responses.keys()) socket.destroy();
        resolve();
      });
    });
    await Promise.race([limit, Promise.all(closed).then(() => this.#settled())]);
    cancel();
    return cutOff;
  }

  #handle(request: IncomingMessage, response: ServerResponse, handler: Handler): void {
    const { socket } = request;
    const responses = this.#responses.get(socket);
    responses?.add(response);
    if (this.#closing) announceClose(response);
    response.once("close", () => {
      responses?.delete(response);
      if (this.#closing && responses?.size === 0) socket.destroySoon();
    });
    const handling: Promise<void> = handler(request, response).finally(() => this.#handling.delete(handling));
    this.#handling.add(handling);
  }

  /** A handler may outlive its connection: what it has begun to write must be finished. */
  async #settled(): Promise<void> {
    while (this.#handling.size > 0) await Promise.allSettled(this.#handling);
  }
}

function announceClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("Connection", "close");
}
