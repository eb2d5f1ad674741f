/** What the server's middleware and routes share of a request. */
import type Router from "@koa/router";
import type { ParameterizedContext } from "koa";
import type { Scope } from "../model/scopes.ts";

/** Who is asking. */
export interface Principal {
  /** The token's or user's name, or "loopback". */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The only host whose figures may be sent. */
  readonly host?: string | undefined;
  /** Whether what was shown is still good, for an answer that lasts; without it, it cannot become bad. */
  readonly isStillGood?: () => Promise<boolean>;
  readonly via: "token" | "session" | "loopback" | "user" | "proxy";
}

/** What one request has collected on its way. */
export interface ServerState {
  /** Who is asking, once a guard has let the request through. */
  principal?: Principal;
  /** The client sent Expect: 100-continue and was told to go on. */
  continued?: boolean;
  /** Aborted when the answer is over, once somebody has asked. */
  gone?: AbortSignal;
}

/** The Koa context of this server. */
export type ServerContext = ParameterizedContext<ServerState>;

/** The router of this server. */
export type ServerRouter = Router<ServerState>;

/** A middleware's `next`. */
export type Next = () => Promise<unknown>;
