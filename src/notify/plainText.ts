/** A message as plain text: the mail's text part, and the `text` of the generic webhook. */
import type { Content } from "./message.ts";

/** The lines, headline first. */
export function plainText(content: Content): string {
  const { headline: title, facts, reason, verdict, top, others, othersLeftOut, links, linkNote } = content;
  const paragraphs = [
    [title, ...facts.map(({ label, value }) => `${label}: ${value}`)],
    [reason, verdict].filter((line) => line !== undefined),
    top.length === 0
      ? []
      : [
          "Who used most in the last minute:",
          ...top.map(({ name, cpu, memory, io }) => `  ${[name, cpu, memory, io].filter((cell) => cell !== "").join("  ")}`),
        ],
    others.length === 0
      ? []
      : [
          "At the same time:",
          ...others.map(({ headline, details }) => `  ${headline} (${details})`),
          ...(othersLeftOut === 0 ? [] : [`  and ${othersLeftOut} more`]),
        ],
    [...links.map(({ label, url }) => `${label}: ${url}`), ...(links.length === 0 || linkNote === undefined ? [] : [linkNote])],
  ];
  return `${paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}
