/** Alerts of other hosts: kept, passed on, and found again by their links. */
import { join } from "node:path";
import { type AlertOutcome, type MatchedAlert, QueueUnavailable } from "../capture/contract.ts";
import type { Config } from "../config.ts";
import { createFleet, type Fleet } from "../fleet/fleet.ts";
import { Peers } from "../fleet/peers.ts";
import { Relay, type RelayEnd } from "../fleet/relay.ts";
import { RelayedAlerts } from "../fleet/relayed.ts";
import type { Log } from "../log.ts";
import type { Audit } from "../logs/audit.ts";
import type { Events } from "../metrics/events.ts";
import type { AlertMatch } from "../model/capture.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { reasonOf } from "../model/errors.ts";
import type { Hosts } from "./hosts.ts";

interface RelaySurroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly events: Pick<Events, "relayedAlerts">;
  readonly audit: Pick<Audit, "record">;
  readonly hosts: Pick<Hosts, "list" | "ownNames">;
}

/** An alert of another host. */
export interface ForeignAlert extends MatchedAlert {
  readonly match: Extract<AlertMatch, { readonly kind: "other" }>;
}

/** The way to the other hosts. */
export interface FleetRelay {
  /** What the server shows of the fleet; absent when no list of hosts is configured. */
  readonly fleet?: Fleet | undefined;
  /** Keeps alerts of other hosts, to pass them on: those for which there is room. @throws QueueUnavailable when none can be kept */
  take(alerts: readonly ForeignAlert[]): Promise<readonly AlertOutcome[]>;
  /** Other hosts and tokens from now on. What waits for a host that is listed no more is given up when its turn comes. */
  change(config: Pick<Config, "relay" | "hosts">): void;
  figures(): { readonly length: number; readonly dropped: number };
  /** Brings back what somebody has removed. Rejects when nothing can be kept there now. */
  check(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

const graceSeconds = 5;

/** Opens the queue `relay` of the storage. @throws when it cannot be used */
export async function openRelay(config: Config, surroundings: RelaySurroundings): Promise<FleetRelay> {
  const { log, clock, events, audit, hosts } = surroundings;
  const { keepSeconds } = config.relay;
  let settings: Pick<Config, "relay" | "hosts"> = config;
  const relayed = await RelayedAlerts.open(join(config.storage.path, "relayed.json"), log, clock);
  const listeners = new Set<() => void>();
  const peers = new Peers({ hosts: () => hosts.list.current(), ownNames: hosts.ownNames, tokens: () => settings.relay, clock });
  const onEnd = ({ host, alert, result, reason }: RelayEnd) => {
    events.relayedAlerts.inc({ result });
    const { status, labels, fingerprint } = alert;
    audit.record("relay", { host, result, reason, status, labels, fingerprint });
    if (status === "firing" || result === "ok") relayed.note(fingerprint, host, defined({ result, reason }));
    for (const listener of [...listeners]) listener();
  };
  const directory = join(config.storage.path, "relay");
  const relay = await Relay.open({ directory, keepSeconds, peers, clock, log, random: Math.random, onEnd });
  for (const { host, alert } of relay.lanes.items()) if (alert.status === "firing") relayed.note(alert.fingerprint, host);

  const fleet = createFleet({ peers, relay, relayed, clock, listeners });

  return {
    get fleet() {
      return settings.hosts.files.length > 0 ? fleet : undefined;
    },
    change(wanted) {
      settings = wanted;
    },
    async take(alerts) {
      if (alerts.length === 0) return [];
      const items = alerts.map(({ alert, match: { host } }) => ({ host, alert }));
      const kept = await relay.keep(items).catch((error: unknown) => {
        const reason = reasonOf(error);
        log.error("relay: alerts of other hosts could not be kept and were refused", { alerts: alerts.length, reason });
        throw new QueueUnavailable(`the alert could not be stored: ${reason}`, { cause: error });
      });
      for (const { host, alert } of items.slice(0, kept)) if (alert.status === "firing") relayed.note(alert.fingerprint, host);
      const refused = alerts.length - kept;
      if (refused > 0) log.warn("relay: too many alerts wait, some were refused and must be sent again", { refused });
      return alerts.map((one, index) => ({ ...one, result: index < kept ? "relayed" : "refused" }));
    },
    figures: () => relay.lanes.figures(),
    async check() {
      await relay.lanes.check();
      await relayed.check();
    },
    start: () => relay.lanes.start(),
    async stop() {
      await relay.lanes.stop(graceSeconds);
      await relayed.close();
    },
  };
}
