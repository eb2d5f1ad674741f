/** The other hosts, as the server shows them: their archives, and where the archive of an alert is. */
import type { OpenAnswer } from "../http/open.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { askAll } from "./askAll.ts";
import { type KnownHost, nameOfHost } from "./ownership.ts";
import { listPeerArchives, type PeerList } from "./peerArchives.ts";
import { PeerProblem, type Peers } from "./peers.ts";
import type { Relay } from "./relay.ts";
import type { RelayedAlert, RelayedAlerts } from "./relayed.ts";

/** How an archive of another host is asked for. */
interface ArchiveQuery {
  readonly method: "GET" | "HEAD";
  /** The bytes, or what is known of the archive. */
  readonly shape: "file" | "json";
  readonly headers: Readonly<Record<string, string>>;
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
}

/** What became of an alert that went to another host; `trouble` says why it waits. */
export interface Whereabouts extends RelayedAlert {
  readonly isWaiting: boolean;
  readonly trouble?: string;
}

/** What the server asks of the fleet. */
export interface Fleet {
  /** The archives of all other hosts, `limit` of each; undefined when there is no list of hosts. */
  archives(limit: number, signal: AbortSignal): Promise<readonly PeerList[] | undefined>;
  /** What the list calls this host, where it is on it. */
  ownName(): Promise<string | undefined>;
  /** Where an alert went, as far as it is remembered here. */
  whereIs(fingerprint: string): Whereabouts | undefined;
  /** Asks all hosts whose alert it is, for it may have come another way. */
  search(fingerprint: string, signal: AbortSignal): Promise<FleetSearch>;
  /** Asks a host for the archive of an alert. @throws PeerProblem */
  archiveOf(host: string, fingerprint: string, query: ArchiveQuery): Promise<OpenAnswer>;
  /** Calls back whenever an alert has come to the end of its way, until cancelled. */
  onChange(callback: () => void): () => void;
}

/** Who has it, and who could not be asked. */
interface FleetSearch {
  readonly host?: string;
  readonly silent: readonly string[];
}

/** What the fleet is made of. */
interface FleetParts {
  readonly peers: Peers;
  readonly relay: Relay;
  readonly relayed: RelayedAlerts;
  readonly clock: Clock;
  /** Told of those who want to hear of changes. */
  readonly listeners: Set<() => void>;
}

const headSeconds = 10;
const searchSeconds = 3;

/** Makes the fleet. */
export function createFleet({ peers, relay, relayed, clock, listeners }: FleetParts): Fleet {
  const pathOf = (fingerprint: string) => `archives/alert/${encodeURIComponent(fingerprint)}`;

  async function has(host: KnownHost, fingerprint: string, signal: AbortSignal): Promise<boolean> {
    const path = `${pathOf(fingerprint)}.tar.gz`;
    const { status } = await peers.ask(host, { method: "HEAD", path, timeoutSeconds: searchSeconds, signal });
    if (status === 200 || status === 202 || status === 404) return status !== 404;
    throw new PeerProblem(`it answered ${status}`);
  }

  return {
    async archives(limit, signal) {
      const hosts = await peers.others();
      if (hosts === undefined) return undefined;
      return listPeerArchives(peers, hosts, { limit, signal, clock });
    },
    ownName: () => peers.ownName(),
    whereIs(fingerprint) {
      const waiting = relay.lanes.items().findLast(({ alert }) => alert.fingerprint === fingerprint && alert.status === "firing");
      const known = relayed.find(fingerprint);
      if (waiting === undefined) return known === undefined ? undefined : { ...known, isWaiting: false };
      const trouble = relay.lanes.troubleOf(waiting.host);
      const { host, keptAtMs: atMs } = waiting;
      return defined({
        fingerprint,
        host,
        atMs: known?.host === host ? known.atMs : atMs,
        isWaiting: true,
        trouble,
      });
    },
    async search(fingerprint, signal) {
      const hosts = (await peers.others()) ?? [];
      const answers = await askAll(hosts, clock, (host) => has(host, fingerprint, signal));
      const silent = answers.flatMap(({ host, reason }) => (reason === undefined ? [] : [`${nameOfHost(host)}: ${reason}`]));
      const owner = answers.find(({ answer }) => answer === true)?.host;
      const found = owner === undefined ? undefined : nameOfHost(owner);
      if (found === undefined) return { silent };
      relayed.note(fingerprint, found, { result: "ok" });
      return { host: found, silent };
    },
    async archiveOf(name, fingerprint, { method, shape, headers, waitSeconds, signal }) {
      const wait = waitSeconds > 0 ? `?wait=${waitSeconds}` : "";
      return peers.open(await peers.named(name), {
        method,
        path: `${pathOf(fingerprint)}${shape === "file" ? ".tar.gz" : ""}${wait}`,
        headers: { ...headers, accept: shape === "file" ? "*/*" : "application/json" },
        timeoutSeconds: waitSeconds + headSeconds,
        signal,
      });
    },
    onChange(callback) {
      listeners.add(callback);
      return () => void listeners.delete(callback);
    },
  };
}
