/**
 * The connections of the server: how many there may be, who has to go when there are too many, and how all of them end in good order.
 *
 * There are only so many places. From three quarters on, a connection that has been silent for five seconds is closed; when no place is
 * left, the one that has been silent for the longest. Requests for anything but health and metrics can take three quarters of the places
 * at most: a scrape always finds one.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { Admission, type Rank } from "./admission.ts";
import { hasBody, SMALL_BODY_BYTES } from "./body.ts";
import { announceClose, Connection, type ConnectionOwner, type Exchange } from "./connection.ts";
import { jsonType, lastAnswer, unreadableReason } from "./lastAnswer.ts";
import { StreamServer } from "./streamConnection.ts";
import { isTlsServer, speaksStreams, welcome } from "./tls.ts";
import { Turns } from "./turns.ts";

/** A request that takes longer than this is cut off. */
const HARD_LIMIT_SECONDS = 10;
const SILENT_SECONDS = 5;
const SWEEP_SECONDS = 1;
/** So many bytes of all connections may wait unread in this process. */
const MOST_HELD_BYTES = 16 * 1024 * 1024;
const REFUSAL_LINGER_SECONDS = 1;
const MOST_LARGE_BODIES = 32;

/** Answers one request; resolves when it is through with it. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What all connections have in common, whatever they speak. */
interface ClientConnection {
  readonly socket: Socket;
  /** Since when it is the client's turn; undefined while it is ours. */
  waitsForClientSince(): number | undefined;
  windDown(): void;
}

interface ConnectionsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly places: number;
  /** How much it matters that a request is answered. */
  readonly rankOf: (url: string) => Rank;
}

/** Counts what is going on, and ends it in good order. */
export class Connections implements ConnectionOwner {
  readonly #options: ConnectionsOptions;
  readonly #servers: (Server | TlsServer)[] = [];
  /** In the order in which they came. */
  readonly #connections = new Map<Socket, ClientConnection>();
  readonly #streams: StreamServer;
  /** Those that were refused while they were sending: the first to go when places are wanted. */
  readonly #left = new Set<Socket>();
  readonly #handling = new Set<Promise<void>>();
  readonly #turns = new Turns();
  readonly #admission: Admission;
  readonly #mostUsual: number;
  #handler: Handler = async () => undefined;
  #extraStreams = 0;
  #heldBytes = 0;
  #largeBodies = 0;
  #isFull = false;
  #closing = false;
  #cancelSweep: Cancel | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#mostUsual = Math.max(1, Math.floor((options.places * 3) / 4));
    this.#streams = new StreamServer(this, options.clock);
    this.#admission = new Admission(this.#mostUsual, () => this.#turns.isPressed);
  }

  /** Watches a server and gives its requests to `handler`. */
  serve(server: Server | TlsServer, handler: Handler): void {
    this.#servers.push(server);
    this.#handler = handler;
    server.on(isTlsServer(server) ? welcome : "connection", (socket: Socket) => this.#open(socket));
    const receive = (request: IncomingMessage, response: ServerResponse): void => {
      const connection = this.#connections.get(request.socket);
      if (connection instanceof Connection) connection.receive({ request, response });
      else request.socket.destroy();
    };
    server.on("request", receive);
    // Told to go on only once somebody wants the body.
    server.on("checkContinue", receive);
    server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => this.#refuseUnreadable(error, socket));
  }

  nowSeconds(): number {
    return this.#options.clock.monotonicSeconds();
  }

  hold(bytes: number): boolean {
    this.#heldBytes += bytes;
    return this.#heldBytes <= MOST_HELD_BYTES;
  }

  later(callback: () => void, isFirst: boolean): void {
    this.#turns.later(callback, isFirst);
  }

  /** What a connection asks for beside its first request: all of them together may take as many places as there are connections. */
  takeExtra(): boolean {
    if (this.#extraStreams >= this.#options.places) return false;
    this.#extraStreams++;
    return true;
  }

  giveExtra(): void {
    this.#extraStreams--;
  }

  /** To be awaited between two parts of long work for a client. */
  pace(): Promise<void> {
    return this.#turns.pace();
  }

  begin({ request, response }: Exchange): void {
    const isAlone = request.httpVersionMajor < 2;
    if (this.#closing && isAlone) announceClose(response);
    const rank = this.#options.rankOf(request.url ?? "");
    const isLarge = hasLargeBody(request);
    if (isLarge && this.#largeBodies >= MOST_LARGE_BODIES) {
      this.#refuseBusy({ request, response });
      return;
    }
    let takesPlace = false;
    this.#largeBodies += Number(isLarge);
    response.once("close", () => {
      this.#largeBodies -= Number(isLarge);
      if (this.#closing && isAlone) request.socket.destroySoon();
      if (takesPlace) this.#admission.done();
    });
    this.#admission.admit({
      rank,
      isGone: () => {
        const { socket } = request;
        // who sends no more may still read; but as long as others come, it is taken for what it mostly is: a client that has gone
        if (rank === "other" && socket.readableEnded && this.#turns.isPressed) socket.destroy();
        return response.destroyed || socket.destroyed;
      },
      begin: () => {
        takesPlace = rank === "other";
        const handling: Promise<void> = this.#handler(request, response).finally(() => this.#handling.delete(handling));
        this.#handling.add(handling);
      },
      refuse: () => this.#refuseBusy({ request, response }),
    });
  }

  /** Stops accepting, lets what runs finish, and cuts off what takes too long. The number of requests that were cut off. */
  async close(): Promise<number> {
    const { clock } = this.#options;
    this.#closing = true;
    this.#cancelSweep?.();
    // What has already reached this machine is read before idle connections are told from busy ones. Twice, for the first
    // turn may begin behind the point at which the event loop looks at its sockets.
    for (let turn = 0; turn < 2; turn++) await nextTurn();
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const connection of this.#connections.values()) connection.windDown();
    let cutOff = 0;
    let cancel = (): void => undefined;
    const limit = new Promise<void>((resolve) => {
      cancel = clock.after(HARD_LIMIT_SECONDS, () => {
        cutOff = this.#handling.size;
        for (const socket of this.#connections.keys()) socket.destroy();
        resolve();
      });
    });
    await Promise.race([limit, Promise.all(closed).then(() => this.#settled())]);
    cancel();
    return cutOff;
  }

  /** Whoever is connected has to come again, and to show again who it is. */
  endAll(): void {
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  #open(socket: Socket): void {
    this.#turns.press();
    const { places, log } = this.#options;
    if (this.#connections.size >= places) {
      if (!this.#isFull) log.warn("all places for connections are taken: the most silent ones have to go", { places });
      this.#isFull = true;
      const [refused] = this.#left;
      const longest = (refused && this.#connections.get(refused)) ?? this.#mostSilent();
      if (longest === undefined) {
        socket.destroy();
        return;
      }
      this.#end(longest);
    }
    if (socket.destroyed) return;
    this.#connections.set(socket, speaksStreams(socket) ? this.#streams.open(socket) : new Connection(socket, this));
    socket.once("close", () => this.#connections.delete(socket));
    this.#watchCrowd();
  }

  /** The one whose turn it has been for the longest. */
  #mostSilent(): ClientConnection | undefined {
    let longest: ClientConnection | undefined;
    let sinceSeconds = Number.POSITIVE_INFINITY;
    for (const connection of this.#connections.values()) {
      const seconds = connection.waitsForClientSince() ?? Number.POSITIVE_INFINITY;
      if (seconds >= sinceSeconds) continue;
      longest = connection;
      sinceSeconds = seconds;
    }
    return longest;
  }

  /** While there is room, Node's own limits hold. */
  #watchCrowd(): void {
    if (this.#connections.size < this.#mostUsual || this.#closing) {
      this.#isFull = false;
      return;
    }
    this.#cancelSweep ??= this.#options.clock.after(SWEEP_SECONDS, () => {
      this.#cancelSweep = undefined;
      const now = this.nowSeconds();
      for (const connection of this.#connections.values()) {
        if (now - (connection.waitsForClientSince() ?? now) >= SILENT_SECONDS) this.#end(connection);
      }
      this.#watchCrowd();
    });
  }

  #end({ socket }: ClientConnection): void {
    socket.destroy();
    this.#connections.delete(socket);
    this.#left.delete(socket);
  }

  /** Bytes that are no HTTP, or no more of it than a header limit allows: there is no request yet that Koa could answer. */
  #refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
    if (!socket.writable || error.code === "ECONNRESET" || isAnswering(this.#connections.get(socket))) {
      socket.destroy();
      return;
    }
    const [status, reason] = unreadableReason(error.code);
    this.#sendLast(socket, status, reason);
    socket.end();
  }

  #refuseBusy({ request, response }: Exchange): void {
    const reason = "too many requests are being answered; /metrics and /-/healthy have places of their own";
    const headers = { "Retry-After": "5", "Cache-Control": "no-store" };
    const connection = this.#connections.get(request.socket);
    if (request.complete || !hasBody(request) || !(connection instanceof Connection)) {
      response.writeHead(503, { "Content-Type": jsonType, ...headers });
      response.end(`${JSON.stringify({ error: reason })}\n`);
      return;
    }
    connection.readNoMore();
    this.#sendLast(request.socket, 503, reason, headers);
    // it stands for a moment, unread: a client that is closed at once comes again at once
    this.#left.add(request.socket);
    request.socket.once("close", () => this.#left.delete(request.socket));
  }

  /** A client that is still sending when the connection is closed sees a reset in place of the answer. */
  #sendLast(socket: Socket, status: number, reason: string, more: Readonly<Record<string, string>> = {}): void {
    socket.write(lastAnswer(status, reason, more));
    // Open for longer it would hold its place for as long as the other side likes.
    const cancel = this.#options.clock.after(REFUSAL_LINGER_SECONDS, () => socket.destroy());
    socket.once("close", cancel);
  }

  /** A handler may outlive its connection: what it has begun to write must be finished. */
  async #settled(): Promise<void> {
    while (this.#handling.size > 0) await Promise.allSettled(this.#handling);
  }
}

function isAnswering(connection: ClientConnection | undefined): boolean {
  return connection instanceof Connection && connection.current !== undefined;
}

function hasLargeBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > SMALL_BODY_BYTES;
}
