/**
 * A message as HTML for mail: bars instead of pictures, for pictures are blocked.
 *
 * Tables, `bgcolor` and inline styles are what Outlook and Gmail leave alone; a width in percent on a cell is a bar everywhere. The
 * style sheet is only for those who read it: a dark background, and a narrow screen.
 */
import { escapeHtml } from "../html.ts";
import type { Content, Fact, TopRow } from "./message.ts";

const font = "font-family:Segoe UI,Helvetica,Arial,sans-serif";
const cell = `${font};font-size:14px;line-height:20px;color:#1f2937`;
const faint = `${font};font-size:12px;line-height:18px;color:#6b7280`;

const sheet = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.page{background:#111827!important}.card{background:#1f2937!important;border-color:#374151!important}
.text{color:#e5e7eb!important}.faint{color:#9ca3af!important}.track{background:#374151!important}.line{border-color:#374151!important}
}
@media (max-width:480px){.pad{padding:14px!important}.button{display:block!important;margin:0 0 8px 0!important;text-align:center!important}}
`;

/** The whole document. */
export function htmlMail(content: Content): string {
  const { subject, headline: heading, facts, reason, verdict, top, others, othersLeftOut, links, linkNote, status, isTest } = content;
  const colour = isTest ? "#2563eb" : status === "resolved" ? "#15803d" : "#b91c1c";
  const left = othersLeftOut === 0 ? "" : `<div class="faint" style="${faint}">and ${othersLeftOut} more</div>`;
  const rows = [
    headline(heading, colour),
    block(table(facts.map(factRow).join(""))),
    verdict === undefined && reason === undefined ? "" : block(told(verdict, reason)),
    top.length === 0 ? "" : block(`${title("Who used most in the last minute")}${table(top.map((row) => topRow(row, colour)).join(""))}`),
    others.length === 0 ? "" : block(`${title("At the same time")}${table(otherRows(content))}${left}`),
    links.length === 0 ? "" : block(`${links.map(({ label, url }) => button(label, url)).join("")}${noteOf(linkNote)}`),
  ];
  return [
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width,initial-scale=1">`,
    `<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">`,
    `<title>${escapeHtml(subject)}</title><style>${sheet}</style></head>`,
    `<body class="page" style="margin:0;padding:0;background:#f3f4f6">`,
    `<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f3f4f6" style="background:#f3f4f6"><tr>`,
    `<td align="center" style="padding:12px">`,
    `<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" `,
    `style="max-width:640px;background:#ffffff;border:1px solid #e5e7eb">`,
    ...rows,
    `<tr><td style="font-size:1px;line-height:14px">&nbsp;</td></tr>`,
    `</table></td></tr></table></body></html>`,
  ].join("");
}

function noteOf(linkNote: string | undefined): string {
  return linkNote === undefined ? "" : `<div class="faint" style="${faint}">${escapeHtml(linkNote)}</div>`;
}

function headline(text: string, colour: string): string {
  const style = `${font};font-size:20px;line-height:26px;font-weight:bold;color:#ffffff;padding:16px 20px;background:${colour};word-break:break-word`;
  return `<tr><td class="pad" bgcolor="${colour}" style="${style}">${escapeHtml(text)}</td></tr>`;
}

function block(inner: string): string {
  return `<tr><td class="pad" style="padding:14px 20px 0 20px">${inner}</td></tr>`;
}

function table(rows: string): string {
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="table-layout:fixed">${rows}</table>`;
}

function title(text: string): string {
  return `<div class="faint" style="${faint};font-weight:bold;padding:0 0 4px 0">${escapeHtml(text)}</div>`;
}

function factRow({ label, value, ratio }: Fact): string {
  const style = `${cell};padding:3px 0;vertical-align:top;word-break:break-word`;
  const shown = `<b>${escapeHtml(value)}</b>${ratio === undefined ? "" : bar(ratio, colourOf(ratio))}`;
  return `<tr><td class="faint" width="38%" style="${style};color:#6b7280">${escapeHtml(label)}:</td><td class="text" style="${style}">${shown}</td></tr>`;
}

/** Green, amber, red: how near to the end of what there is. */
function colourOf(ratio: number): string {
  return ratio >= 0.9 ? "#dc2626" : ratio >= 0.75 ? "#d97706" : "#16a34a";
}

function bar(ratio: number, colour: string): string {
  const percent = Math.round(Math.min(1, Math.max(0, ratio)) * 100);
  const full =
    percent === 0
      ? ""
      : `<td width="${percent}%" height="8" bgcolor="${colour}" style="background:${colour};font-size:1px;line-height:8px">&nbsp;</td>`;
  const rest =
    percent === 100
      ? ""
      : `<td class="track" width="${100 - percent}%" height="8" bgcolor="#e5e7eb" style="background:#e5e7eb;font-size:1px;line-height:8px">&nbsp;</td>`;
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:2px 0 4px 0"><tr>${full}${rest}</tr></table>`;
}

function told(verdict: string | undefined, reason: string | undefined): string {
  const strong =
    verdict === undefined
      ? ""
      : `<div class="text" style="${cell};font-size:16px;line-height:23px;word-break:break-word">${escapeHtml(verdict)}</div>`;
  const why = reason === undefined ? "" : `<div class="faint" style="${faint};word-break:break-word">${escapeHtml(reason)}</div>`;
  return `<div class="line" style="border-left:4px solid #9ca3af;padding:2px 0 2px 12px">${strong}${why}</div>`;
}

function topRow({ name, cpu, memory, io, ratio }: TopRow, colour: string): string {
  const figures = [cpu, memory, io].filter((text) => text !== "").join(" · ");
  return (
    `<tr><td class="text line" style="${cell};padding:5px 0;border-top:1px solid #e5e7eb;word-break:break-word"><b>${escapeHtml(name)}</b>` +
    `<div class="faint" style="${faint}">${escapeHtml(figures)}</div>${ratio === undefined ? "" : bar(ratio, colour)}</td></tr>`
  );
}

function otherRows({ others }: Content): string {
  return others
    .map(
      ({ headline: head, details }) =>
        `<tr><td class="text line" style="${cell};padding:5px 0;border-top:1px solid #e5e7eb;word-break:break-word">${escapeHtml(head)}` +
        `<div class="faint" style="${faint}">${escapeHtml(details)}</div></td></tr>`,
    )
    .join("");
}

function button(label: string, url: string): string {
  const style = `${font};font-size:14px;line-height:20px;color:#ffffff;background:#1d4ed8;text-decoration:none;display:inline-block;padding:8px 14px;margin:0 8px 8px 0`;
  return `<a class="button" href="${escapeHtml(url)}" style="${style}">${escapeHtml(label)}</a>`;
}
