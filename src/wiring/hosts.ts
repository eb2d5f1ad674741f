/** The hosts that are known, and what this one is called: whose an alert is follows from both. */
import type { MatchedAlert, ReceivedAlert } from "../capture/contract.ts";
import type { Config } from "../config.ts";
import { type HostList, openHostList } from "../fleet/hosts.ts";
import { matchAlert } from "../fleet/ownership.ts";
import { readOwnNames } from "../fleet/ownNames.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";

interface HostsSurroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly hostname: string;
}

/** This host among the others. */
export interface Hosts {
  /** As it is now, of whatever files the settings name. */
  readonly list: HostList;
  ownNames(): readonly string[];
  /** Reads the list that the new settings name; called, it lets it hold. @throws when a pattern of them cannot be one */
  prepare(config: Pick<Config, "hosts">): Promise<() => void>;
  /**
   * Whose they are, by the list as it is now. Those that another Culprit has passed on go no further: what the list gives to another host
   * is nobody's that is known here.
   */
  match(alerts: readonly ReceivedAlert[], areRelayed: boolean): Promise<readonly MatchedAlert[]>;
}

/** Reads the list. @throws when a pattern of the settings cannot be one */
export async function openHosts({ hosts, identity, web }: Config, { log, clock, hostname }: HostsSurroundings): Promise<Hosts> {
  const names = { hostname, names: identity.names, externalUrl: web.externalUrl };
  let now = await openHostList({ files: hosts.files, log, clock });
  const list: HostList = { current: () => now.current() };
  return {
    ...hostsOf(list, () => readOwnNames(names)),
    async prepare(wanted) {
      const next = await openHostList({ files: wanted.hosts.files, log, clock });
      return () => {
        now = next;
      };
    },
  };
}

/** The hosts of a list, of which one has these names. */
export function hostsOf(list: HostList, ownNames: () => readonly string[]): Omit<Hosts, "prepare"> {
  return {
    list,
    ownNames,
    async match(alerts, areRelayed) {
      const known = await list.current();
      const own = ownNames();
      return alerts.map((alert) => {
        const match = matchAlert(alert.labels, known, own);
        return { alert, match: areRelayed && match.kind === "other" ? { kind: "unmatched" } : match };
      });
    },
  };
}
