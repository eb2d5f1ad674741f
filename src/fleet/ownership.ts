/** Whose alert is it? Pure: labels, the list of hosts and our own names in, the answer out. */
import type { AlertMatch } from "../model/capture.ts";
import { bareName } from "./names.ts";

/** One target of a file_sd entry: a Culprit that can be reached. */
export interface KnownHost {
  /** As it stands in the file, with its port. */
  readonly address: string;
  /** The `instance` label of its entry, where it has one. */
  readonly instance?: string;
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

  const own = new Set([...ownNames].map(bareName));
  own.delete("");
  const exact = hosts.filter((host) => namesOf(host).some((name) => name.trim().toLowerCase() === instance));
  const matching = exact.length > 0 ? exact : hosts.filter((host) => namesOf(host).some((name) => bareName(name) === bare));
  // an entry of its own says more than a name that several machines share (localhost, a bridge's address)
  const first = matching[0];
  if (first === undefined) return own.has(bare) ? { kind: "own" } : { kind: "unmatched" };
  if (matching.some((host) => isOwn(host, own))) return { kind: "own" };
  return { kind: "other", host: first.instance ?? first.address };
}

function namesOf(host: KnownHost): readonly string[] {
  return host.instance === undefined ? [host.address] : [host.instance, host.address];
}

function isOwn(host: KnownHost, own: ReadonlySet<string>): boolean {
  return namesOf(host).some((name) => own.has(bareName(name)));
}
