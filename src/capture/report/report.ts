/**
 * `report.html`: the half hour at a glance, readable on a phone.
 *
 * One file that loads nothing: no script, no font, no picture. Its texts may have been chosen by an attacker
 * (a process' name, a label), so every text goes through `html`, and the page's own policy forbids all but its style.
 */

import type { Html } from "../../html.ts";
import { wholeVerdict } from "../../model/culprit.ts";
import { utcText } from "../../text.ts";
import type { CaptureFacts } from "../making/compose.ts";
import { renderCharts } from "./charts.ts";
import { html, shortened } from "./html.ts";
import type { ReportSeries } from "./series.ts";
import { style } from "./style.ts";
import { headLines, joinedCells } from "./summary.ts";
import { renderChanges, renderProcesses, renderShares } from "./tables.ts";

const mostLines = 80;
const longestLine = 1000;
const mostMissing = 100;

/** Renders the page. */
export function renderReport(facts: CaptureFacts, series: ReportSeries): string {
  const { request, host, version, id } = { ...facts, id: facts.request.id };
  const charts = renderCharts(facts, series);
  const title = `${request.origin === "manual" ? "Capture" : request.name} on ${host.hostname}`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>${shortened(title, 200)}</title><style>${style}</style></head><body><main>
<h1>${shortened(title, 200)}</h1>
<p class="soft">${utcText(request.requestedAtMs)}, archive ${id}. All times are UTC.</p>
${request.reason === undefined ? undefined : html`<p id="reason"><b>Asked for because:</b> ${shortened(request.reason, longestLine)}</p>`}
${renderVerdict(facts)}
<h2>The time around it</h2>
<div class="charts">${charts}</div>
<p class="soft">Dashed in red: the onset. Dotted: when this was asked for. Shaded: a spike that Culprit noticed. Lines are means of ${series.grid.stepMs / 1000} s, thin lines the highest second.</p>
${renderChanges(facts, series)}
${renderProcesses(facts, series)}
<h2 id="why">Why this was made</h2>
${renderHead(facts)}
${renderJoined(facts)}
${renderMissing(facts)}
<footer>Made by Culprit ${version} on ${host.hostname}. The figures of every second are in snapshots.csv and processes-before.csv beside this file.</footer>
</main></body></html>
`;
  return page.text;
}

function renderVerdict({ verdict }: CaptureFacts): Html {
  if (verdict === undefined) return html`<p class="verdict">Nothing is recorded of this time, so nobody can be named.</p>`;
  const { resource, spikes } = verdict;
  // pressure is measured in time, its shares in tasks
  const unit =
    resource === "pressure"
      ? undefined
      : ({ cpu: "cores", load: "tasks", memory: "bytes", oom: "bytes", io: "bytes_per_second" } as const)[resource];
  const others = (verdict.source === "spike" ? spikes.slice(1) : spikes).slice(0, 10).map(
    (
      spike,
    ) => html`<li>${spike.resource} since ${utcText(spike.startMs)}: ${shortened(plain(wholeVerdict(spike)?.sentence ?? "not judged yet"), longestLine)}</li>
`,
  );
  return html`<p class="verdict">${shortened(plain(verdict.verdict.sentence), longestLine)}</p>
${others.length === 0 ? html`` : html`<ul>${others}</ul>`}
${renderShares(verdict.verdict, resource === "oom" ? "memory" : resource, unit)}`;
}

/** Names stand in backticks in a sentence; here they are in the font of everything else. */
function plain(sentence: string): string {
  return sentence.replaceAll("`", "");
}

function renderHead(facts: CaptureFacts): Html {
  const lines = headLines(facts);
  const shown = lines.slice(0, mostLines).map(
    ([name = "", text = ""]) => html`<dt>${name}</dt><dd>${shortened(text, longestLine)}</dd>
`,
  );
  const more = lines.length - mostLines;
  return html`<dl>${shown}</dl>${more > 0 ? html`<p class="soft">and ${more} more in summary.txt</p>` : html``}`;
}

/** The other alerts that have this archive. */
function renderJoined({ joined, request, verdict }: CaptureFacts): Html {
  if (joined.length === 0) return html``;
  const rows = joined.map((alert) => {
    const cells = joinedCells(alert, request, verdict?.verdict.sentence).map((cell) => shortened(plain(cell), longestLine));
    const [name, labels, fingerprint, since, came, about] = cells;
    return html`<tr><td><b>${name}</b> ${labels}<br><small>${fingerprint}</small></td><td>${since}<br><small>${came}</small></td><td>${about}</td></tr>
`;
  });
  return html`<h2 id="joined">Alerts that joined</h2>
<table><thead><tr><th>Alert</th><th>Since</th><th>Is about</th></tr></thead><tbody>
${rows}</tbody></table>`;
}

/** What the archive should hold and does not, and what it holds in part. */
function renderMissing({ files }: CaptureFacts): Html {
  const wanting = files.filter(({ content, reason }) => content === undefined || reason !== undefined);
  if (wanting.length === 0) return html`<p>Nothing is missing from this archive.</p>`;
  const rows = wanting.slice(0, mostMissing).map(
    ({ name, content, reason = "it made no file" }) =>
      html`<tr><td>${shortened(name, 200)}${content === undefined ? html`` : html` <small>in part</small>`}</td><td>${shortened(reason, longestLine)}</td></tr>
`,
  );
  const more = wanting.length - mostMissing;
  return html`<h2 id="missing">What is missing</h2>
<table><tbody>${rows}</tbody></table>${more > 0 ? html`<p class="soft">and ${more} more in manifest.json</p>` : html``}`;
}
