/** The archives of all hosts in one list, in the three shapes that it is asked for. */
import type { FinishedPeerArchive, PeerList, PendingPeerArchive } from "../fleet/peerArchives.ts";
import { defined } from "../model/defined.ts";
import { alignedTable, bytesText, utcStamp } from "../text.ts";
import { visible } from "../visible.ts";
import type { ArchiveList } from "./archiveViews.ts";
import { type Html, html } from "./html.ts";
import { archivePath } from "./sendFile/sendArchive.ts";

/** A host and how it was found. */
interface ListedHost {
  readonly host: string;
  /** Its target; this host has none. */
  readonly address?: string;
  readonly result: "ok" | "failed";
  readonly reason?: string;
  readonly archives?: number;
  readonly pending?: number;
}

type OfHost<One> = One & { readonly host: string };

/** Everything that the list shows; newest first, this host first among the hosts. */
interface FleetList {
  readonly hosts: readonly ListedHost[];
  readonly pending: readonly OfHost<PendingPeerArchive>[];
  readonly archives: readonly OfHost<FinishedPeerArchive>[];
}

/** Puts the archives of this host and those of the others together. `urlOf` makes the whole address of a path of ours. */
export function fleetList(
  hostname: string,
  own: ArchiveList,
  others: readonly PeerList[],
  limit: number,
  urlOf: (path: string) => string,
): FleetList {
  const ownArchives = own.archives.slice(0, limit).map((archive) => {
    const { id, origin, name, fingerprint, createdAtMs, sizeBytes, sha256, process } = archive;
    const known = defined({ fingerprint, process });
    return { host: hostname, id, origin, name, createdAtMs, sizeBytes, sha256, ...known, url: urlOf(archivePath(id)) };
  });
  const ownPending = own.pending.map(({ id, origin, name, fingerprint, requestedAtMs }) => {
    const known = fingerprint === undefined ? {} : { fingerprint };
    return { host: hostname, id, origin, name, requestedAtMs, ...known, url: urlOf(archivePath(id)) };
  });
  const answered = others.flatMap((one) => (one.result === "ok" ? [one] : []));
  const pending = [...ownPending, ...answered.flatMap((one) => one.pending.map((request) => ({ host: one.host, ...request })))];
  const archives = [...ownArchives, ...answered.flatMap((one) => one.archives.map((archive) => ({ host: one.host, ...archive })))];
  return {
    hosts: [{ host: hostname, result: "ok", archives: ownArchives.length, pending: ownPending.length }, ...others.map(listedHost)],
    pending: pending.sort((a, b) => b.requestedAtMs - a.requestedAtMs),
    archives: archives.sort((a, b) => b.createdAtMs - a.createdAtMs),
  };
}

function listedHost(one: PeerList): ListedHost {
  const { host, address, result } = one;
  if (one.result === "failed") return { host, address, result, reason: one.reason };
  return { host, address, result, archives: one.archives.length, pending: one.pending.length };
}

/** The list for programs. */
export function fleetAsJson({ hosts, pending, archives }: FleetList): unknown {
  return {
    hosts,
    pending: pending.map((one) => ({ ...one, status: "pending" })),
    archives: archives.map((one) => ({ ...one, status: "ready" })),
  };
}

/** The list for a terminal; hosts that did not answer are named below it. */
export function fleetAsText({ hosts, pending, archives }: FleetList): string {
  const rows = [
    ["HOST", "CREATED", "SIZE", "ORIGIN", "NAME", "PROCESS", "URL"],
    ...pending.map(({ host, requestedAtMs, origin, name, url }) => [host, utcStamp(requestedAtMs), "pending", origin, name, "-", url]),
    ...archives.map(({ host, createdAtMs, sizeBytes, origin, name, process, url }) => {
      return [host, utcStamp(createdAtMs), bytesText(sizeBytes), origin, name, process || "-", url];
    }),
  ];
  const list = rows.length > 1 ? alignedTable(rows) : `No archives yet on the ${hosts.length} hosts of the fleet.\n`;
  return `${list}${silentOf(hosts)
    .map((sentence) => `${visible(sentence)}\n`)
    .join("")}`;
}

/** The list for a browser; its links lead to the other hosts. */
export function fleetAsTable({ hosts, pending, archives }: FleetList): Html {
  const silent = silentOf(hosts);
  return html`${silent.length === 0 ? undefined : html`<ul>${silent.map((sentence) => html`<li>${sentence}</li>\n`)}</ul>`}
${
  pending.length + archives.length === 0
    ? html`<p class="quiet">No archives yet on the ${hosts.length} hosts of the fleet.</p>`
    : html`<div class="scroll"><table>
<thead><tr><th>Host</th><th>Created (UTC)</th><th>Name</th><th>Origin</th><th>Process</th><th class="number">Size</th><th>Archive</th></tr></thead>
<tbody>
${pending.map((one) => row(one, one.requestedAtMs, undefined, html`<td class="number quiet">being made</td>`))}${archives.map((one) =>
  row(one, one.createdAtMs, one.process, html`<td class="number">${bytesText(one.sizeBytes)}</td>`),
)}</tbody>
</table></div>`
}`;
}

function row(
  { host, name, origin, url, id }: OfHost<FleetList["pending"][number] | FinishedPeerArchive>,
  atMs: number,
  process: string | undefined,
  size: Html,
): Html {
  return html`<tr><td>${host}</td><td class="time">${utcStamp(atMs)}</td><td class="text">${name}</td><td>${origin}</td>
<td class="text">${process}</td>${size}<td class="text"><a href="${url}">${id}</a></td></tr>
`;
}

function silentOf(hosts: readonly ListedHost[]): readonly string[] {
  return hosts.flatMap(({ host, address, result, reason }) =>
    result === "ok" ? [] : [`${host} (${address ?? ""}) is missing: ${reason ?? ""}`],
  );
}
