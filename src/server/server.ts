/** The HTTP server: Koa, the rules that hold for every request, and the routes. */
import { createServer as createHttpServer, type Server } from "node:http";
import type { Server as TlsServer } from "node:https";
import Router from "@koa/router";
import Koa from "koa";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { codeOf, traceOf } from "../model/errors.ts";
import { accessLog } from "./accessLog.ts";
import type { Rank } from "./admission.ts";
import { FailedLogins } from "./auth/failedLogins.ts";
import { Guard } from "./auth/guard.ts";
import { LoginLinks } from "./auth/loginLinks.ts";
import { Sessions } from "./auth/sessions.ts";
import { Bodies } from "./body.ts";
import { CHECK_SECONDS, HEAD_SECONDS, KEEP_ALIVE_SECONDS, REQUEST_SECONDS, STILL_SECONDS } from "./clientTimes.ts";
import { Connections, type Handler } from "./connections.ts";
import type { ServerRouter, ServerState } from "./context.ts";
import { errorAnswers } from "./errors.ts";
import { type BoundAddress, listenOn } from "./listen.ts";
import { checkPath, strictHeaders } from "./requestRules.ts";
import type { RouteParts } from "./routeParts.ts";
import { addArchiveFileRoutes } from "./routes/archiveFiles.ts";
import { addArchivesRoutes } from "./routes/archives.ts";
import { addCaptureRoutes } from "./routes/captures.ts";
import { addCompareRoutes } from "./routes/compare.ts";
import { addDeliveryRoutes } from "./routes/deliveries.ts";
import { addEventRoutes, addPostedEventRoutes } from "./routes/events.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { addHostRoutes } from "./routes/host.ts";
import { addHubHostRoutes, addIngestRoutes } from "./routes/ingest.ts";
import { addLandingRoutes, addPlainStyle } from "./routes/landing.ts";
import { addLiveRoutes } from "./routes/live.ts";
import { addLogRoutes } from "./routes/log.ts";
import { addLoginRoutes } from "./routes/login.ts";
import { addMetricsRoutes } from "./routes/metrics.ts";
import { addPageRoutes } from "./routes/page.ts";
import { addProcessRoutes } from "./routes/processes.ts";
import { addReloadRoutes } from "./routes/reload.ts";
import { addSearchRoutes } from "./routes/search.ts";
import { addSilenceRoutes } from "./routes/silences.ts";
import { addSnapshotRoutes } from "./routes/snapshots.ts";
import { addSpikeRoutes } from "./routes/spikes.ts";
import { addTriggerRoutes } from "./routes/triggers.ts";
import { addWebhookRoutes } from "./routes/webhook.ts";
import type { ServerServices, WebSettings } from "./services.ts";
import { createTlsServer, demandsOthers, isTlsServer, secureContextOf } from "./tls.ts";
import { WorkPlaces } from "./workPlaces.ts";

/** A server, to be started and stopped. */
export interface CulpritServer {
  /** Opens every listen address or none. @throws ListenProblem naming the address and the flag. */
  listen(): Promise<readonly BoundAddress[]>;
  /** What stands behind an address of `listen` in a link that logs in once, within ten minutes, as this token does. */
  loginLink(token: string): string;
  /** New connections are met with what `settings.tls` says now. */
  renewTls(): void;
  /** Stops accepting and lets running requests finish, for ten seconds at most. */
  close(): Promise<void>;
}

/** Adds a group of routes. */
export type AddRoutes<Services> = (router: ServerRouter, parts: RouteParts<Services>) => void;

/** All that a running Culprit serves. The metrics come first, for the telemetry path may be any path. */
const allRoutes: readonly AddRoutes<ServerServices>[] = [
  addMetricsRoutes,
  addHealthRoutes,
  addReloadRoutes,
  addWebhookRoutes,
  addIngestRoutes,
  addHubHostRoutes,
  addArchivesRoutes,
  addArchiveFileRoutes,
  addSnapshotRoutes,
  addCompareRoutes,
  addSpikeRoutes,
  addSearchRoutes,
  addEventRoutes,
  addPostedEventRoutes,
  addTriggerRoutes,
  addSilenceRoutes,
  addDeliveryRoutes,
  addLogRoutes,
  addLoginRoutes,
  addLandingRoutes,
  addPlainStyle,
  addHostRoutes,
  addLiveRoutes,
  addProcessRoutes,
  addCaptureRoutes,
  (router, parts) => addPageRoutes(router, parts),
];

/** Makes the server; it listens only when told to. */
export function createServer(services: ServerServices, settings: WebSettings, log: Log, clock: Clock): CulpritServer {
  return createServerOf(allRoutes, services, settings, log, clock);
}

/** Makes a server of these routes only, as replay does. */
export function createServerOf<Services extends Pick<ServerServices, "redact">>(
  routes: readonly AddRoutes<Services>[],
  services: Services,
  settings: WebSettings,
  log: Log,
  clock: Clock,
): CulpritServer {
  const closing = new AbortController();
  const rankOf = (url: string) => rankOfPath(url.split("?", 1)[0] ?? "", settings.telemetryPath);
  const connections = new Connections({ clock, log, places: settings.mostConnections, rankOf });
  const { sessions = new Sessions(clock, log) } = settings;
  const links = new LoginLinks(clock);
  const pace = () => connections.pace();
  const handler = createHandler(routes, { services, settings, log, clock, sessions, links, pace, closing: closing.signal });
  let servers: readonly (Server | TlsServer)[] = [];
  let door = settings.tls?.();
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    closing.abort();
    const cutOff = await connections.close();
    await sessions.close();
    if (cutOff > 0) log.warn("requests were cut off because they took too long to finish", { requests: cutOff });
  }

  return {
    async listen() {
      await sessions.load();
      servers = settings.listenAddresses.map(() => makeServer(connections, handler, settings));
      const bound: BoundAddress[] = [];
      try {
        for (const [index, address] of settings.listenAddresses.entries()) {
          const server = servers[index];
          if (server !== undefined) bound.push(await listenOn(server, address, settings.whoListens));
        }
      } catch (error) {
        for (const server of servers) if (server.listening) server.close();
        throw error;
      }
      return bound;
    },
    loginLink: (token) => `login?once=${links.make(token)}`,
    renewTls() {
      if (settings.tls === undefined || door === undefined) return;
      const before = door;
      door = settings.tls();
      for (const server of servers) if (isTlsServer(server)) server.setSecureContext(secureContextOf(door));
      if (demandsOthers(door, before)) connections.endAll();
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function createHandler<Services extends Pick<ServerServices, "redact">>(
  routes: readonly AddRoutes<Services>[],
  given: Omit<RouteParts<Services>, "guard" | "failed" | "bodies" | "ranges" | "tables" | "downloads">,
): Handler {
  const { services, settings, log, clock, sessions } = given;
  const failed = new FailedLogins(clock);
  const guard = new Guard(settings, sessions, { failed });
  const router: ServerRouter = new Router<ServerState>({ sensitive: true, strict: true });
  const parts: RouteParts<Services> = {
    ...given,
    guard,
    failed,
    bodies: new Bodies(),
    ranges: new WorkPlaces({ what: "ranges of the recording", atOnce: 2, mostWaiting: 8 }),
    tables: new WorkPlaces({ what: "tables", atOnce: 2, mostWaiting: 8 }),
    downloads: new WorkPlaces({ what: "downloads", atOnce: 32, mostWaiting: 0 }),
  };
  for (const addRoutes of routes) addRoutes(router, parts);

  const koa = new Koa<ServerState>();
  koa.on("error", (error: unknown) => logBrokenAnswer(error, log));
  koa.use(accessLog(log, clock, { telemetryPath: settings.telemetryPath, redact: services.redact }));
  koa.use(strictHeaders);
  koa.use(async (ctx, next) => {
    ctx.set({ ...settings.headers?.() });
    await next();
  });
  koa.use(errorAnswers(log, clock));
  koa.use(checkPath);
  koa.use(guard.requireSomebody);
  koa.use(router.routes());
  koa.use(router.allowedMethods());
  return koa.callback();
}

/** The client has closed the connection, or reset its stream; or it had to be closed. */
const codesOfTheGone: ReadonlySet<string> = new Set([
  ...["ECONNRESET", "EPIPE", "ECONNABORTED", "ERR_STREAM_PREMATURE_CLOSE"],
  ...["ERR_HTTP2_TOO_MANY_INVALID_FRAMES", "ERR_HTTP2_STREAM_ERROR", "ERR_HTTP2_SESSION_ERROR", "ERR_HTTP2_STREAM_CANCEL"],
  ...["ERR_HTTP2_INVALID_STREAM", "ERR_HTTP2_GOAWAY_SESSION"],
]);

/** What goes wrong after the handlers: mostly a client that went away in the middle of a download. */
function logBrokenAnswer(error: unknown, log: Log): void {
  const code = codeOf(error) ?? "";
  const gone = codesOfTheGone.has(code);
  const reason = traceOf(error);
  if (gone) log.debug("a client went away before its answer was complete", { code });
  else log.error("an answer broke off", { reason });
}

function makeServer(connections: Connections, handler: Handler, { tls, mostConnections }: WebSettings): Server | TlsServer {
  const options = {
    keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000,
    headersTimeout: HEAD_SECONDS * 1000,
    requestTimeout: REQUEST_SECONDS * 1000,
    connectionsCheckingInterval: CHECK_SECONDS * 1000,
  };
  const server = tls === undefined ? createHttpServer(options) : createTlsServer(tls, options, mostConnections);
  server.timeout = STILL_SECONDS * 1000;
  connections.serve(server, handler);
  return server;
}

/** Prometheus and health checks must get through when nobody else does. */
function rankOfPath(path: string, telemetryPath: string): Rank {
  if (path.startsWith("/-/")) return "health";
  return path === telemetryPath ? "metrics" : "other";
}
