import { join } from "node:path";
import type { KnownHost } from "../../../src/fleet/ownership.ts";
import { Peers, type PeerTokens } from "../../../src/fleet/peers.ts";
import { Relay, type RelayEnd } from "../../../src/fleet/relay.ts";
import type { RelayAlert } from "../../../src/fleet/relayItem.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { recordedLog } from "../../support/recordedLog.ts";

/** An alert as the webhook hands it over. */
export function alertOf(name: string, more: Partial<RelayAlert> = {}): RelayAlert {
  return {
    status: "firing",
    labels: { alertname: name, instance: "web2" },
    annotations: { summary: "hot" },
    startsAtMs: Date.UTC(2026, 10, 21, 9, 55),
    fingerprint: `f${name}`,
    ...more,
  };
}

/** A relay on a directory, and what came of what it was given. Its list of hosts can be changed at any time. */
export class RelayStage {
  readonly clock: ManualClock;
  readonly ends: RelayEnd[] = [];
  hosts: readonly KnownHost[] | undefined;
  readonly recorded = recordedLog();
  readonly #directory: string;
  readonly #opened: Relay[] = [];

  constructor(directory: string, hosts: readonly KnownHost[], clock = new ManualClock()) {
    this.#directory = directory;
    this.hosts = hosts;
    this.clock = clock;
  }

  peers(tokens: PeerTokens = { tokens: [] }): Peers {
    return new Peers({ hosts: async () => this.hosts, ownNames: () => ["web1"], tokens: () => tokens, clock: this.clock });
  }

  async open(tokens?: PeerTokens, keepSeconds = 600): Promise<Relay> {
    const relay = await Relay.open({
      directory: join(this.#directory, "relay"),
      keepSeconds,
      peers: this.peers(tokens),
      clock: this.clock,
      log: this.recorded.log,
      random: () => 1,
      onEnd: (end) => void this.ends.push(end),
    });
    this.#opened.push(relay);
    return relay;
  }

  /** Host, name and result of what has ended. */
  results(): readonly string[] {
    return this.ends.map(({ host, alert, result }) => `${alert.labels.alertname} ${alert.status} ${host} ${result}`);
  }

  async close(): Promise<void> {
    for (const relay of this.#opened) await relay.lanes.stop(0);
  }
}
