/**
 * One connection that speaks HTTP/2: a few requests at a time, each a stream of its own.
 *
 * The parser is Node's. What it does not bound is bounded here: how many streams a client begins only to reset them, how long it lets
 * an answer lie or takes for a body, and how long a connection without requests may stay.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  constants,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
  type ServerHttp2Session,
} from "node:http2";
import type { Socket } from "node:net";
import type { Cancel, Clock } from "../model/clock.ts";
import { CHECK_SECONDS, KEEP_ALIVE_SECONDS, REQUEST_SECONDS, STILL_SECONDS } from "./clientTimes.ts";
import type { ConnectionOwner, Exchange } from "./connection.ts";
import { IdleFrames } from "./idleFrames.ts";
import { headTooLarge, jsonType } from "./lastAnswer.ts";
import { PacedStream } from "./pacedStream.ts";

/** A page asks for this many things at once at most, with one feed for each of its tabs. */
const mostStreams = 16;
/** A page that is left gives up some requests. Who sends this many frames for nothing between two looks does it for the sake of it. */
const mostIdleFrames = 200;
const mostRejected = 100;
/** So much of each body may lie here unread. */
const windowBytes = 16 * 1024;
const mostHeadBytes = 16 * 1024;

/** What a connection with streams reports to its owner. */
interface StreamOwner extends ConnectionOwner {
  /** Whether there is a place for one more stream beside the first of its connection. */
  takeExtra(): boolean;
  giveExtra(): void;
}

/** Understands streams. It never listens: its connections are handed to it. */
export class StreamServer {
  readonly #owner: StreamOwner;
  readonly #clock: Clock;
  readonly #connections = new WeakMap<Http2Session, StreamConnection>();
  readonly #server: Http2Server;

  constructor(owner: StreamOwner, clock: Clock) {
    this.#owner = owner;
    this.#clock = clock;
    this.#server = createServer({
      maxHeaderListPairs: 100,
      maxSessionRejectedStreams: mostRejected,
      maxSessionInvalidFrames: mostRejected,
      settings: {
        enablePush: false,
        initialWindowSize: windowBytes,
        maxConcurrentStreams: mostStreams,
        maxHeaderListSize: mostHeadBytes,
      },
    });
    const receive = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
      const { session } = request.stream;
      const connection = session === undefined ? undefined : this.#connections.get(session);
      if (connection === undefined) request.stream.destroy();
      else connection.receive(request, response);
    };
    this.#server.on("request", receive);
    // told to go on only once somebody wants the body
    this.#server.on("checkContinue", receive);
  }

  /** Takes a connection over. */
  open(socket: Socket): StreamConnection {
    let session: ServerHttp2Session | undefined;
    this.#server.once("session", (one) => {
      session = one;
    });
    // nothing of the connection is read in this turn
    const mayPass = (piece: Buffer): boolean => connection.mayPass(piece);
    this.#server.emit("connection", new PacedStream(socket, this.#owner, mayPass));
    if (session === undefined) throw new Error("a connection began no session");
    const connection = new StreamConnection(socket, session, this.#owner, this.#clock);
    this.#connections.set(session, connection);
    return connection;
  }
}

/** What is known of a request that is being answered. */
interface Running {
  readonly sinceSeconds: number;
  unsentBytes: number;
  unsentSinceSeconds: number;
}

/** One open connection. */
class StreamConnection {
  readonly socket: Socket;
  readonly #owner: StreamOwner;
  readonly #clock: Clock;
  readonly #session: ServerHttp2Session;
  readonly #running = new Map<Exchange, Running>();
  #sinceSeconds: number;
  readonly #frames = new IdleFrames();
  #idleFrames = 0;
  #cancelLook: Cancel = () => undefined;

  constructor(socket: Socket, session: ServerHttp2Session, owner: StreamOwner, clock: Clock) {
    this.socket = socket;
    this.#session = session;
    this.#owner = owner;
    this.#clock = clock;
    this.#sinceSeconds = clock.monotonicSeconds();
    session.on("error", () => socket.destroy());
    socket.once("close", () => this.#cancelLook());
    this.#look();
  }

  /** Since when it is the client's turn with everything that it has asked for. Undefined while one thing is ours to do. */
  waitsForClientSince(): number | undefined {
    let sinceSeconds = this.#sinceSeconds;
    for (const exchange of this.#running.keys()) {
      const one = this.#waitsSince(exchange);
      if (one === undefined) return undefined;
      sinceSeconds = Math.max(sinceSeconds, one);
    }
    return sinceSeconds;
  }

  /** Looks at what comes before the parser gets it; false when the connection ends instead. */
  mayPass(piece: Buffer): boolean {
    this.#idleFrames += this.#frames.count(piece);
    if (this.#idleFrames <= mostIdleFrames) return true;
    if (!this.#session.destroyed) this.#session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
    return false;
  }

  /** A stream has brought a request. */
  receive(request: Http2ServerRequest, response: Http2ServerResponse): void {
    const { stream } = request;
    const isExtra = this.#running.size > 0;
    if (headBytes(request) > mostHeadBytes) {
      refuseHead(response);
      return;
    }
    if (isExtra && !this.#owner.takeExtra()) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    const exchange = likeHttp1(request, response, this.socket);
    const nowSeconds = this.#clock.monotonicSeconds();
    this.#running.set(exchange, { sinceSeconds: nowSeconds, unsentBytes: 0, unsentSinceSeconds: nowSeconds });
    stream.once("close", () => {
      this.#running.delete(exchange);
      this.#sinceSeconds = this.#clock.monotonicSeconds();
      if (isExtra) this.#owner.giveExtra();
    });
    // what is left of a body is nobody's any more
    stream.once("finish", () => {
      if (!stream.endAfterHeaders && !stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
    });
    this.#owner.begin(exchange);
  }

  /** Lets what runs finish, takes nothing new, and ends. */
  windDown(): void {
    this.#session.close();
  }

  /** Node's own limits know nothing of streams. */
  #look(): void {
    this.#cancelLook = this.#clock.after(CHECK_SECONDS, () => {
      this.#idleFrames = 0;
      const nowSeconds = this.#clock.monotonicSeconds();
      for (const [exchange, { sinceSeconds }] of this.#running) {
        const waitsSince = this.#waitsSince(exchange);
        const isLate = !exchange.request.complete && nowSeconds - sinceSeconds >= REQUEST_SECONDS;
        if (isLate || nowSeconds - (waitsSince ?? nowSeconds) >= STILL_SECONDS) exchange.response.destroy();
      }
      if (this.#running.size === 0 && nowSeconds - this.#sinceSeconds >= KEEP_ALIVE_SECONDS) this.#session.destroy();
      else this.#look();
    });
  }

  #waitsSince(exchange: Exchange): number | undefined {
    const running = this.#running.get(exchange);
    if (running === undefined) return undefined;
    if (!exchange.request.complete) return running.sinceSeconds;
    const { writableLength } = exchange.response;
    if (writableLength === 0) return undefined;
    if (writableLength !== running.unsentBytes) {
      running.unsentBytes = writableLength;
      running.unsentSinceSeconds = this.#clock.monotonicSeconds();
    }
    return running.unsentSinceSeconds;
  }
}

function headBytes({ rawHeaders }: Http2ServerRequest): number {
  return rawHeaders.reduce((bytes, text) => bytes + text.length, 0);
}

function refuseHead(response: Http2ServerResponse): void {
  response.writeHead(431, { "Content-Type": jsonType });
  response.end(`${JSON.stringify({ error: headTooLarge })}\n`, () => response.stream.close());
}

/**
 * The request and the answer, told as those of HTTP/1.1 are: the name of the host in `Host`, a body of unknown length as one in chunks, and
 * the connection itself in place of a new object for each stream.
 */
function likeHttp1(request: Http2ServerRequest, response: Http2ServerResponse, socket: Socket): Exchange {
  const { headers, stream } = request;
  // both were given and differ: what is believed is what browsers cannot be made to send
  if (request.authority !== "") headers.host = request.authority;
  if (!stream.endAfterHeaders && headers["content-length"] === undefined) headers["transfer-encoding"] = "chunked";
  Object.defineProperty(request, "socket", { value: socket });
  Object.defineProperty(request, "complete", { get: () => stream.endAfterHeaders || stream.readableEnded || stream.destroyed });
  Object.defineProperty(response, "destroyed", { get: () => stream.destroyed });
  return { request: request as unknown as IncomingMessage, response: response as unknown as ServerResponse };
}
