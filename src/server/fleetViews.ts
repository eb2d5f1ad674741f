/** The archives of all hosts in one list, in the three shapes that it is asked for. */
import type { FleetAnswer, FleetHost } from "../api/archiveAnswers.ts";
import type { PeerList } from "../fleet/peerArchives.ts";
import type { Html } from "../html.ts";
import { defined } from "../model/defined.ts";
import { alignedTable, bytesText, utcStamp } from "../text.ts";
import { visible } from "../visible.ts";
import type { ArchiveList } from "./archiveViews.ts";
import { html } from "./html.ts";
import { archivePath } from "./sendFile/sendArchive.ts";

/** Puts the archives of this host and those of the others together. `urlOf` makes the whole address of a path of ours. */
export function fleetList(
  hostname: string,
  own: ArchiveList,
  others: readonly PeerList[],
  limit: number,
  urlOf: (path: string) => string,
): FleetAnswer {
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
  const pending = [...ownPending, ...answered.flatMap(({ host, pending: all }) => all.map((one) => ({ host, ...one })))];
  const archives = [...ownArchives, ...answered.flatMap(({ host, archives: all }) => all.map((one) => ({ host, ...one })))];
  return {
    hosts: [{ host: hostname, result: "ok", archives: ownArchives.length, pending: ownPending.length }, ...others.map(listedHost)],
    pending: pending.sort((a, b) => b.requestedAtMs - a.requestedAtMs).map((one) => ({ ...one, status: "pending" })),
    archives: archives.sort((a, b) => b.createdAtMs - a.createdAtMs).map((one) => ({ ...one, status: "ready" })),
  };
}

function listedHost(one: PeerList): FleetHost {
  const { host, address, result } = one;
  if (one.result === "failed") return { host, address, result, reason: one.reason };
  return { host, address, result, archives: one.archives.length, pending: one.pending.length };
}

/** The list for a terminal; hosts that did not answer are named below it. */
export function fleetAsText({ hosts, pending, archives }: FleetAnswer): string {
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
export function fleetAsTable({ hosts, pending, archives }: FleetAnswer): Html {
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
  { host, name, origin, url, id }: FleetAnswer["pending" | "archives"][number],
  atMs: number,
  process: string | undefined,
  size: Html,
): Html {
  return html`<tr><td>${host}</td><td class="time">${utcStamp(atMs)}</td><td class="text">${name}</td><td>${origin}</td>
<td class="text">${process}</td>${size}<td class="text"><a href="${url}">${id}</a></td></tr>
`;
}

function silentOf(hosts: readonly FleetHost[]): readonly string[] {
  return hosts.flatMap(({ host, address, result, reason }) =>
    result === "ok" ? [] : [`${host} (${address ?? ""}) is missing: ${reason ?? ""}`],
  );
}
