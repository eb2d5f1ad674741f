/** What the groups of routes are made from. */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { FailedLogins } from "./auth/failedLogins.ts";
import type { Guard } from "./auth/guard.ts";
import type { LoginLinks } from "./auth/loginLinks.ts";
import type { Sessions } from "./auth/sessions.ts";
import type { Bodies } from "./body.ts";
import type { ServerServices, WebSettings } from "./services.ts";
import type { WorkPlaces } from "./workPlaces.ts";

/** What a group of routes is made from. */
export interface RouteParts<Services = ServerServices> {
  readonly services: Services;
  readonly settings: WebSettings;
  readonly log: Log;
  readonly clock: Clock;
  readonly guard: Guard;
  readonly failed: FailedLogins;
  readonly sessions: Sessions;
  readonly links: LoginLinks;
  /** Reads request bodies; what all of them hold is bounded. */
  readonly bodies: Bodies;
  /** For reading ranges of the recording: it takes memory and CPU as nothing else does. */
  readonly ranges: WorkPlaces;
  /** The same for tables, which are made as fast as a client reads. */
  readonly tables: WorkPlaces;
  /** For archives: each is an open file for as long as a client reads. */
  readonly downloads: WorkPlaces;
  /** To be awaited between two parts of long work: others have their turns, and those who connect some more. */
  readonly pace: () => Promise<void>;
  /** Aborted when the server begins to close: requests that wait should be answered now. */
  readonly closing: AbortSignal;
}

/** The same for routes that need no more than these services: a replay has not all of them. */
export type PartsWith<Name extends keyof ServerServices> = RouteParts<Pick<ServerServices, Name>>;
