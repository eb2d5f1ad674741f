/** The types that the server's middleware and routes share. */
import type Router from "@koa/router";
import type { ParameterizedContext } from "koa";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { Guard, Principal } from "./auth/guard.ts";
import type { Sessions } from "./auth/sessions.ts";
import type { ServerServices, WebSettings } from "./services.ts";

/** What one request has collected on its way. */
export interface ServerState {
  /** Who is asking, once a guard has let the request through. */
  principal?: Principal;
  /** The client sent Expect: 100-continue and was told to go on. */
  continued?: boolean;
}

/** The Koa context of this server. */
export type ServerContext = ParameterizedContext<ServerState>;

/** The router of this server. */
export type ServerRouter = Router<ServerState>;

/** A middleware's `next`. */
export type Next = () => Promise<unknown>;

/** What a group of routes is made from. */
export interface RouteParts<Services = ServerServices> {
  readonly services: Services;
  readonly settings: WebSettings;
  readonly log: Log;
  readonly clock: Clock;
  readonly guard: Guard;
  readonly sessions: Sessions;
  /** Aborted when the server begins to close: whoever waits should answer now. */
  readonly closing: AbortSignal;
}

/** The same for routes that need no more than these services: a replay has not all of them. */
export type PartsWith<Name extends keyof ServerServices> = RouteParts<Pick<ServerServices, Name>>;
