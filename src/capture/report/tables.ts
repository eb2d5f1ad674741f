/** The tables of the report. */

import type { Html } from "../../html.ts";
import { waitsForOwnChild } from "../../model/ownChild.ts";
import type { Verdict, VerdictShare } from "../../model/spike.ts";
import { resourceNames, type SpikeResource, type SpikeUnit } from "../../model/spikeResource.ts";
import { resourceFigure } from "../../model/usage.ts";
import { figureText, lineText } from "../../spikes/words.ts";
import { bytesText, shortDurationText, wholePercent } from "../../text.ts";
import type { CaptureFacts } from "../making/compose.ts";
import type { ProcessListRow } from "../making/processList.ts";
import { type FilesystemChange, filesystemChanges, type GroupChange, groupChanges, newProcesses } from "./changes.ts";
import { describeGroup } from "./groupText.ts";
import { html, shortened } from "./html.ts";
import { valueText } from "./scale.ts";
import type { ReportSeries } from "./series.ts";

const mostShares = 10;
const mostProcesses = 15;
const mostNew = 15;
const longestCommand = 400;
const longestName = 200;

/** Who had which part of the rise. */
export function renderShares({ shares }: Verdict, resource: SpikeResource, unit: SpikeUnit | undefined): Html {
  const rows = shares.slice(0, mostShares).map((share) => renderShare(share, unit));
  const change = unit === undefined ? html`` : html`<th class="n">before → during</th>`;
  return html`<table id="shares"><thead><tr><th>Share of the ${resourceNames[resource]}</th>${change}<th class="n"></th></tr></thead><tbody>${rows}</tbody></table>`;
}

function renderShare(share: VerdictShare, unit: SpikeUnit | undefined): Html {
  const { from, to, commandLine, waiting, waitChannels = [] } = share;
  const percent = wholePercent(share.share, 0.9995);
  const change = unit === undefined ? html`` : html`<td class="n">${figureText(from, unit)} → ${figureText(to, unit)}</td>`;
  const waits = waiting
    ? html`<small>${waitsForOwnChild(share) ? "waits for a child of its own" : "waits because of it"}${waitChannels.length > 0 ? `, in ${waitChannels.join(", ")}` : ""}</small>`
    : html``;
  return html`<tr><td>${shortened(lineText(share).replaceAll("`", ""), longestName)} ${waits}${command(commandLine)}<div class="bar"><i style="width:${percent}%"></i></div></td>${change}<td class="n">${percent} %</td></tr>
`;
}

/** Who rose and fell, what filled up, what is new; a line where there is nothing to tell. */
export function renderChanges(facts: CaptureFacts, series: ReportSeries): Html {
  const groups = groupChanges(series);
  const filesystems = filesystemChanges(series);
  const started = newProcesses(facts.rows ?? [], facts.startedAtMs, facts.digest.sinceMs);
  const why =
    series.before === undefined ? "Nothing is recorded from before the onset, so nothing can be compared." : "Nothing has changed much.";
  return html`<h2 id="changes">What changed</h2>
${groups.length + filesystems.length + started.length === 0 ? html`<p>${why}</p>` : html``}
${groups.length === 0 ? html`` : html`<table><thead><tr><th>Mean before the onset → since</th><th class="n"></th></tr></thead><tbody>${groups.map(renderGroupChange)}</tbody></table>`}
${filesystems.length === 0 ? html`` : html`<table><thead><tr><th>File system, room that is left</th><th class="n"></th></tr></thead><tbody>${filesystems.map(renderFilesystem)}</tbody></table>`}
${started.length === 0 ? html`` : renderStarted(started)}`;
}

function renderGroupChange({ resource, labels, from, to }: GroupChange): Html {
  const { title: name, unit: counted } = resourceFigure(resource);
  const unit = counted === "bytes" || counted === "bytesPerSecond" ? counted : "plain";
  const suffix = counted === "cores" ? " cores" : "";
  const arrow = to >= (from ?? 0) ? html`<span class="up">▲</span>` : html`<span class="down">▼</span>`;
  const before = from === undefined ? "not listed" : valueText(from, unit);
  return html`<tr><td>${arrow} <b>${name}</b> ${shortened(describeGroup(labels), longestName)}</td><td class="n">${before} → ${valueText(to, unit)}${suffix}</td></tr>
`;
}

function renderFilesystem({ mountpoint, sizeBytes, availableBefore, availableNow }: FilesystemChange): Html {
  const arrow = availableNow < availableBefore ? html`<span class="up">▲ fuller</span>` : html`<span class="down">▼ emptier</span>`;
  return html`<tr><td>${arrow} ${shortened(mountpoint, longestName)} <small>of ${bytesText(sizeBytes)}</small></td><td class="n">${bytesText(availableBefore)} → ${bytesText(availableNow)}</td></tr>
`;
}

function renderStarted(started: readonly ProcessListRow[]): Html {
  const rows = started.slice(0, mostNew).map(
    (
      row,
    ) => html`<tr><td>${who(row)}${command(row.commandLine)}</td><td class="n">${shortDurationText(row.ageSeconds)}</td><td class="n">${row.cpuSeconds.toFixed(2)} s</td></tr>
`,
  );
  const more = started.length - mostNew;
  return html`<table id="started"><thead><tr><th>Started since shortly before the onset (${started.length})</th><th class="n">age</th><th class="n">CPU</th></tr></thead><tbody>${rows}</tbody></table>
${more > 0 ? html`<p class="soft">and ${more} more in processes.txt</p>` : html``}`;
}

/** The processes that used most since the onset, and those that hold most memory now. */
export function renderProcesses({ rows = [] }: CaptureFacts, { processes }: ReportSeries): Html {
  const living = new Map(rows.map((row) => [row.pid, row]));
  const busiest = processes
    .filter(({ mean: { cpuCores = 0, readBytesPerSecond = 0, writtenBytesPerSecond = 0 } }) => {
      return cpuCores >= 0.005 || readBytesPerSecond + writtenBytesPerSecond > 0;
    })
    .slice(0, mostProcesses);
  const shown = new Set(busiest.map(({ newest }) => newest.pid));
  const largest = [...rows]
    .sort((a, b) => b.residentBytes - a.residentBytes)
    .filter(({ pid, kernelThread }) => !kernelThread && !shown.has(pid))
    .slice(0, 5);
  if (busiest.length + largest.length === 0) return html``;
  const lines = busiest.map(({ newest: { pid, process, commandLine, usage }, mean, peak }) => {
    const row = living.get(pid);
    const known = row?.process === process ? row : undefined;
    const title = known === undefined ? html`<b>${shortened(process, longestName)}</b> <small>pid ${pid}, ended</small>` : who(known);
    return html`<tr><td>${title}${command(known?.commandLine || commandLine)}</td><td class="n">${(mean.cpuCores ?? 0).toFixed(2)}</td><td class="n">${(peak.cpuCores ?? 0).toFixed(2)}</td><td class="n">${bytesText(known?.residentBytes ?? usage.residentBytes)}</td></tr>
`;
  });
  const idle = largest.map(
    (
      row,
    ) => html`<tr><td>${who(row)}${command(row.commandLine)}</td><td class="n">–</td><td class="n">–</td><td class="n">${bytesText(row.residentBytes)}</td></tr>
`,
  );
  return html`<h2 id="processes">Processes</h2>
<table><thead><tr><th>Most CPU since the onset, then most memory</th><th class="n">cores, mean</th><th class="n">peak</th><th class="n">memory</th></tr></thead><tbody>${[...lines, ...idle]}</tbody></table>
<p class="soft">Of each second the busiest processes are recorded; –: it was not among them. All processes are in processes.txt, the leading ones more closely in culprits/.</p>`;
}

function who({ process, pid, user, state, unit, container }: ProcessListRow): Html {
  const place = [unit, container].filter((name) => name !== "").join(", ");
  return html`<b>${shortened(process, longestName)}</b> <small>pid ${pid}, ${user ?? "?"}${place === "" ? "" : `, ${shortened(place, longestName)}`}${state === "D" ? ", in uninterruptible sleep" : ""}</small>`;
}

function command(commandLine: string | undefined): Html {
  return commandLine === undefined || commandLine === "" ? html`` : html`<code>${shortened(commandLine, longestCommand)}</code>`;
}
