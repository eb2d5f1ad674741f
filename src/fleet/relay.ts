/**
 * Passes alerts on to the hosts that they are of. Durable: what was kept survives a restart; an alert that was sent twice is joined there.
 *
 * Each host has its own lane: its alerts go out one after the other, in the order in which they came, and a host that is down is tried
 * again after a while for all of them, so that it holds no other host up. What is older than `keepSeconds` is given up.
 */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { doublingBackoff } from "../spool/backoff.ts";
import type { LaneDelay, LaneEnd } from "../spool/laneOptions.ts";
import { RetryLanes } from "../spool/retryLanes.ts";
import type { Peers } from "./peers.ts";
import { deliver } from "./relayDelivery.ts";
import { isSameNews, parseRelayItem, type RelayAlert, type RelayItem } from "./relayItem.ts";

/** How an alert's way ended: the other host has taken it, has refused it for good, or was not reached in time. */
export interface RelayEnd {
  readonly host: string;
  readonly alert: RelayAlert;
  readonly result: "ok" | "failed" | "expired";
  readonly reason?: string;
}

interface RelayOptions {
  readonly directory: string;
  readonly keepSeconds: number;
  readonly peers: Pick<Peers, "named" | "ask">;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
  readonly onEnd: (end: RelayEnd) => void;
}

const mostWaiting = 1000;
const mostHostsAtOnce = 16;
const firstWaitSeconds = 1;
const longestWaitSeconds = 30;

/** The alerts on their way. */
export class Relay {
  readonly #options: RelayOptions;
  /** A lane a host. */
  readonly lanes: RetryLanes<RelayItem>;

  private constructor(options: RelayOptions, lanes: RetryLanes<RelayItem>) {
    this.#options = options;
    this.lanes = lanes;
  }

  /** Opens the queue. Nothing is sent before `start`. @throws when its directory cannot be used */
  static async open(options: RelayOptions): Promise<Relay> {
    const { directory, keepSeconds, peers, clock, log, random } = options;
    const lanes = await RetryLanes.open<RelayItem>({
      name: "relay",
      directory,
      maxEntries: mostWaiting,
      parse: parseRelayItem,
      laneOf: ({ host }) => host,
      mostLanesAtOnce: mostHostsAtOnce,
      order: "strict",
      writeDown: "never",
      backoffSeconds: doublingBackoff(firstWaitSeconds, longestWaitSeconds, random),
      longestRetryAfterSeconds: 2 * longestWaitSeconds,
      age: { longestSeconds: keepSeconds, of: ({ keptAtMs }) => (clock.wallMs() - keptAtMs) / 1000 },
      attempt: ([{ host, alert }], { stop }) => deliver(peers, host, alert, stop),
      onEnd: (end) => relay.#ended(end),
      onDelay: (delay) => relay.#putOff(delay),
      clock,
      log,
    });
    const relay = new Relay(options, lanes);
    return relay;
  }

  /**
   * Resolves once the alerts are on disk: the first of them, as far as there is room. How many of them those are; the others must be sent
   * again. @throws when they cannot be kept; then none of them is
   */
  async keep(alerts: readonly { readonly host: string; readonly alert: RelayAlert }[]): Promise<number> {
    const waiting = this.lanes.items();
    let { room } = this.lanes;
    const items: RelayItem[] = [];
    let taken = 0;
    for (const one of alerts) {
      const item: RelayItem = { ...one, keptAtMs: this.#options.clock.wallMs() };
      const isKnown = waiting.some((other) => isSameNews(item, other));
      if (!isKnown && room-- <= 0) break;
      if (!isKnown) items.push(item);
      taken++;
    }
    await this.lanes.add(items);
    this.lanes.wake();
    return taken;
  }

  #putOff({ item: { host }, attempts, inSeconds, reason, isKnown }: LaneDelay<RelayItem>): void {
    const { log } = this.#options;
    const fields = { host, attempts, inSeconds: Math.round(inSeconds * 10) / 10, reason };
    if (isKnown) log.debug("relay: a host still takes no alerts", fields);
    else log.warn("relay: a host takes no alerts; they are kept and tried again", fields);
  }

  #ended(end: LaneEnd<RelayItem, void>): void {
    const { log, onEnd } = this.#options;
    const { host, alert } = end.item;
    if (end.kind === "done" && end.failures > 0) log.info("relay: a host takes alerts again", { host, attempts: end.failures });
    const fields = { host, name: alert.labels.alertname, status: alert.status, fingerprint: alert.fingerprint };
    if (end.kind === "done") {
      log.info("relay: an alert was passed on to its host", fields);
      onEnd({ host, alert, result: "ok" });
    } else {
      const { reason } = end;
      const result = end.kind === "expired" ? "expired" : "failed";
      log.error("relay: an alert is given up and will never reach its host", { ...fields, result, reason });
      onEnd({ host, alert, result, reason });
    }
  }
}
