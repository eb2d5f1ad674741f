/** The list of archives in the three shapes that it is asked for. */
import type { ArchivesAnswer } from "../api/archiveAnswers.ts";
import type { ArchiveStore, RequestQueue } from "../capture/contract.ts";
import type { Html } from "../html.ts";
import { type Archive, type CaptureRequest, type JoinedAlert, otherAlerts } from "../model/capture.ts";
import { defined } from "../model/defined.ts";
import { alignedTable, bytesText, utcStamp } from "../text.ts";
import { html } from "./html.ts";
import { archivePath } from "./sendFile/sendArchive.ts";

/** Everything that the list shows; newest first. */
export interface ArchiveList {
  readonly pending: readonly (CaptureRequest & Pick<Archive, "joined">)[];
  readonly archives: readonly Archive[];
}

/** The list as it is now. */
export function currentList(services: { readonly archives: ArchiveStore; readonly captures: RequestQueue }): ArchiveList {
  const pending = services.captures.pending().map((request) => {
    const joined = services.captures.joinedBy(request);
    return joined.length === 0 ? request : { ...request, joined };
  });
  return { pending: pending.reverse(), archives: services.archives.list() };
}

/** The same list without the alerts beside each archive's own: those of a storm are many. */
export function withoutJoined({ pending, archives }: ArchiveList): ArchiveList {
  return { pending: pending.map(({ joined, ...one }) => one), archives: archives.map(({ joined, ...one }) => one) };
}

/** The list for programs. `urlOf` makes the whole address of a path. */
export function listAsJson(list: ArchiveList, urlOf: (path: string) => string): ArchivesAnswer {
  return {
    pending: list.pending.map(({ id, origin, name, fingerprint, requestedAtMs, joined }) =>
      defined({
        ...{ id, origin, name, requestedAtMs, status: "pending" },
        fingerprint,
        joined,
        url: urlOf(archivePath(id)),
      }),
    ),
    archives: list.archives.map((archive) => ({ ...archive, status: "ready", url: urlOf(archivePath(archive.id)) })),
  };
}

/** The list for a terminal. */
export function listAsText(list: ArchiveList): string {
  if (list.pending.length + list.archives.length === 0) return "No archives yet. An alert makes one, and so does: POST /archives\n";
  const hasReasons = [...list.pending, ...list.archives].some(({ reason }) => reason !== undefined);
  const why = ({ reason = "-" }: { readonly reason?: string }) => (hasReasons ? [reason] : []);
  const rows = [
    ["CREATED", "SIZE", "ORIGIN", "NAME", "PROCESS", "PATH", ...(hasReasons ? ["REASON"] : [])],
    ...list.pending.map((request) => [
      ...[utcStamp(request.requestedAtMs), "pending", request.origin, nameAndMore(request), "-"],
      ...[archivePath(request.id), ...why(request)],
    ]),
    ...list.archives.map((archive) => [
      ...[utcStamp(archive.createdAtMs), bytesText(archive.sizeBytes), archive.origin, nameAndMore(archive)],
      ...[archive.process || "-", archivePath(archive.id), ...why(archive)],
    ]),
  ];
  return alignedTable(rows);
}

/** The list for a browser. */
export function listAsTable(list: ArchiveList): Html {
  if (list.pending.length + list.archives.length === 0) {
    return html`<p class="quiet">No archives yet. An alert makes one, and so does the button.</p>`;
  }
  return html`<div class="scroll"><table>
<thead><tr><th>Created (UTC)</th><th>Name</th><th>Origin</th><th>Process</th><th class="number">Size</th><th>Archive</th></tr></thead>
<tbody>
${list.pending.map(
  (
    request,
  ) => html`<tr><td class="time">${utcStamp(request.requestedAtMs)}</td><td class="text">${request.name}${reasonOf(request)}${joinedOf(request)}</td><td>${request.origin}</td>
<td></td><td class="number quiet">being made</td><td class="text"><a href="${linkTo(request.id)}">${request.id}</a></td></tr>
`,
)}${list.archives.map(
  (
    archive,
  ) => html`<tr><td class="time">${utcStamp(archive.createdAtMs)}</td><td class="text">${archive.name}${reasonOf(archive)}${joinedOf(archive)}</td><td>${archive.origin}</td>
<td class="text">${archive.process ?? ""}</td><td class="number">${bytesText(archive.sizeBytes)}</td>
<td class="text"><a href="${linkTo(archive.id)}">${archive.id}</a></td></tr>
`,
)}</tbody>
</table></div>`;
}

/** Why a person asked for it. */
function reasonOf({ reason }: { readonly reason?: string }): Html | undefined {
  return reason === undefined ? undefined : html`<br><span class="quiet">${reason}</span>`;
}

/** With how many alerts beside its own it has: their lines are in JSON and HTML. */
function nameAndMore(archive: Pick<Archive, "name" | "fingerprint" | "joined">): string {
  const { length } = otherAlerts(archive);
  return length === 0 ? archive.name : `${archive.name} +${length}`;
}

/** The other alerts of an archive, a line for each. */
function joinedOf(archive: Pick<Archive, "fingerprint" | "joined">): Html | undefined {
  const others = otherAlerts(archive);
  if (others.length === 0) return undefined;
  return html`<details><summary class="quiet">${others.length === 1 ? "1 alert" : `${others.length} alerts`} joined</summary>
${others.map((alert) => html`<p class="quiet">${joinedText(alert)}</p>`)}</details>`;
}

function joinedText({ name, labels, fingerprint, onsetMs, firstAtMs, judged }: JoinedAlert): string {
  const others = Object.entries(labels).filter(([label]) => label !== "alertname");
  const about = judged === undefined ? "" : `: ${judged}`;
  return `${name} (${others.map(([label, value]) => `${label}=${value}`).join(", ")}), ${fingerprint}, since ${utcStamp(onsetMs ?? firstAtMs)}${about}`;
}

/** The form that asks for a capture, for pages at the root. */
export function captureForm(): Html {
  return html`<form method="post" action="archives">
<label>Reason (optional) <input name="reason" maxlength="1000" placeholder="what you saw"></label>
<button>Capture now</button>
</form>`;
}

/** Relative to the root, where both pages with a list are. */
function linkTo(id: string): string {
  return archivePath(id).slice(1);
}
