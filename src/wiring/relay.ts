/** Alerts of other hosts: kept, passed on, and found again by whoever follows their links. */
import { join } from "node:path";
import { type AlertReceiver, type AlertResult, QueueUnavailable, type ReceivedAlert } from "../capture/contract.ts";
import type { Config } from "../config.ts";
import { createFleet, type Fleet } from "../fleet/fleet.ts";
import type { HostList } from "../fleet/hosts.ts";
import { Peers } from "../fleet/peers.ts";
import { Relay, type RelayEnd } from "../fleet/relay.ts";
import { RelayedAlerts } from "../fleet/relayed.ts";
import type { RelayAlert } from "../fleet/relayItem.ts";
import type { Log } from "../log.ts";
import type { Audit } from "../logs/audit.ts";
import type { Events } from "../metrics/events.ts";
import type { AlertMatch } from "../model/capture.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { reasonOf } from "../model/errors.ts";

/** What it is made with. */
interface RelaySurroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly events: Pick<Events, "relayedAlerts">;
  readonly audit: Pick<Audit, "record">;
  readonly hosts: HostList;
  readonly ownNames: () => readonly string[];
  /** Whose alert it is, by the list as it is now. */
  readonly matchHost: (labels: Readonly<Record<string, string>>) => Promise<AlertMatch>;
}

/** The way to the other hosts. */
export interface FleetRelay {
  /** What the server shows of the fleet; absent when no list of hosts is configured. */
  readonly fleet?: Fleet | undefined;
  /** Stands before the captures of this host: what is another host's goes there. */
  before(receiver: AlertReceiver): AlertReceiver;
  figures(): { readonly length: number; readonly dropped: number };
  /** Brings the queue back when somebody has removed it. Rejects when nothing can be kept there now. */
  check(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

const graceSeconds = 5;

/** Opens the queue `relay` of the storage. @throws when it cannot be used */
export async function openRelay(config: Config, surroundings: RelaySurroundings): Promise<FleetRelay> {
  const { log, clock, events, audit, hosts, ownNames, matchHost } = surroundings;
  const { keepSeconds, ...tokens } = config.relay;
  const relayed = await RelayedAlerts.open(join(config.storage.path, "relayed.json"), log, clock);
  const listeners = new Set<() => void>();
  const peers = new Peers({ hosts: () => hosts.current(), ownNames, tokens, clock });
  const onEnd = ({ host, alert, result, reason }: RelayEnd) => {
    events.relayedAlerts.inc({ result });
    const { status, labels, fingerprint } = alert;
    audit.record("relay", { host, result, reason, status, labels, fingerprint });
    if (status === "firing" || result === "ok") relayed.note(fingerprint, host, defined({ result, reason }));
    for (const listener of [...listeners]) listener();
  };
  const directory = join(config.storage.path, "relay");
  const relay = await Relay.open({ directory, keepSeconds, peers, clock, log, random: Math.random, onEnd });
  for (const { host, alert } of relay.waiting()) if (alert.status === "firing") relayed.note(alert.fingerprint, host);

  async function keep(alerts: readonly { readonly host: string; readonly alert: RelayAlert }[]): Promise<number> {
    if (alerts.length === 0) return 0;
    let kept: number;
    try {
      kept = await relay.keep(alerts);
    } catch (error) {
      const reason = reasonOf(error);
      log.error("relay: alerts of other hosts could not be kept and were refused", { alerts: alerts.length, reason });
      throw new QueueUnavailable(`the alert could not be stored: ${reason}`, { cause: error });
    }
    for (const { host, alert } of alerts.slice(0, kept)) if (alert.status === "firing") relayed.note(alert.fingerprint, host);
    if (kept < alerts.length)
      log.warn("relay: too many alerts wait, some were refused and must be sent again", { refused: alerts.length - kept });
    return kept;
  }

  const isFleet = config.hosts.files.length > 0;
  return {
    fleet: isFleet ? createFleet({ peers, relay, relayed, clock, listeners }) : undefined,
    before: (receiver) => (isFleet ? relayOthers(receiver, matchHost, keep) : receiver),
    figures: () => relay.figures(),
    check: () => relay.check(),
    start: () => relay.start(),
    async stop() {
      await relay.stop(graceSeconds);
      await relayed.written();
    },
  };
}

/** One payload may hold many hosts: it is split. What was relayed already stays here, whoever it is of. */
function relayOthers(
  receiver: AlertReceiver,
  matchHost: RelaySurroundings["matchHost"],
  keep: (alerts: readonly { readonly host: string; readonly alert: RelayAlert }[]) => Promise<number>,
): AlertReceiver {
  return {
    async receive(alerts, options = {}) {
      if (options.relayed === true) return receiver.receive(alerts, options);
      const matched = await Promise.all(alerts.map(async (alert) => ({ alert, match: await matchHost(alert.labels) })));
      let kept = await keep(matched.flatMap(({ alert, match }) => (match.kind === "other" ? [{ host: match.host, alert }] : [])));
      const ours = matched.flatMap(({ alert, match }) => (match.kind === "other" ? [] : [alert]));
      const results = (ours.length === 0 ? [] : await receiver.receive(ours, options)).values();
      return matched.flatMap(({ alert, match }): readonly AlertResult[] => {
        if (match.kind === "other") return [relayedResult(alert, match, kept-- > 0 ? "relayed" : "refused")];
        const result = results.next();
        return result.done === true ? [] : [result.value];
      });
    },
  };
}

function relayedResult({ fingerprint, labels }: ReceivedAlert, match: AlertMatch, result: "relayed" | "refused"): AlertResult {
  return { fingerprint, name: labels.alertname || "alert", result, match };
}
