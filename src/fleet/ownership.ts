/** Whose alert is it? Pure: labels, the list of hosts and our own names in, the answer out. */
import type { AlertMatch } from "../model/capture.ts";
import { bareName } from "./names.ts";

/** One target of a file_sd entry: a Culprit that can be reached. */
export interface KnownHost {
  /** As it stands in the file, with its port. */
  readonly address: string;
  /** The `instance` label of its entry, where it has one. */
  readonly instance?: string;
  /** The `__scheme__` label of its entry, where that is not http. */
  readonly scheme?: "https";
}

/** What a host is called: by its `instance`, or else by its address. */
export function nameOfHost({ instance, address }: KnownHost): string {
  return instance ?? address;
}

/** What the list calls this host, where it is on it. */
export function listedOwnName(hosts: readonly KnownHost[], ownNames: Iterable<string>): string | undefined {
  const own = bareNames(ownNames);
  const entry = hosts.find((host) => isOwn(host, own));
  return entry === undefined ? undefined : nameOfHost(entry);
}

/** The hosts of the list that are not this one, each name once, as Prometheus may have several targets of one host. */
export function otherHosts(hosts: readonly KnownHost[], ownNames: Iterable<string>): readonly KnownHost[] {
  const own = bareNames(ownNames);
  const byName = new Map<string, KnownHost>();
  for (const host of hosts) {
    if (!isOwn(host, own) && !byName.has(nameOfHost(host))) byName.set(nameOfHost(host), host);
  }
  return [...byName.values()];
}

/**
 * Without a list of hosts every alert is ours. With one, `instance` is looked up among our own names and among the labels and
 * addresses of the list: as it stands first, then without ports. Where several hosts answer to it and one of them is us, it is ours.
 */
export function matchAlert(
  labels: Readonly<Record<string, string>>,
  hosts: readonly KnownHost[] | undefined,
  ownNames: Iterable<string>,
): AlertMatch {
  if (hosts === undefined) return { kind: "own" };
  const instance = labels.instance?.trim().toLowerCase() ?? "";
  const bare = bareName(instance);
  if (bare === "") return { kind: "unmatched" };

  const own = bareNames(ownNames);
  const exact = hosts.filter((host) => namesOf(host).some((name) => name.trim().toLowerCase() === instance));
  const matching = exact.length > 0 ? exact : hosts.filter((host) => namesOf(host).some((name) => bareName(name) === bare));
  // an entry of its own says more than a name that several machines share (localhost, a bridge's address)
  const first = matching[0];
  if (first === undefined) return own.has(bare) ? { kind: "own" } : { kind: "unmatched" };
  if (matching.some((host) => isOwn(host, own))) return { kind: "own" };
  return { kind: "other", host: nameOfHost(first) };
}

function namesOf(host: KnownHost): readonly string[] {
  return host.instance === undefined ? [host.address] : [host.instance, host.address];
}

function bareNames(names: Iterable<string>): ReadonlySet<string> {
  const bare = new Set([...names].map(bareName));
  bare.delete("");
  return bare;
}

function isOwn(host: KnownHost, own: ReadonlySet<string>): boolean {
  return namesOf(host).some((name) => own.has(bareName(name)));
}
