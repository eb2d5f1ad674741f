/** HTML by tagged template: everything that is put in is escaped unless it is HTML itself. */
import { visibleLines } from "../visible.ts";

/** A piece of finished HTML. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may be put into a template. */
type HtmlValue = Html | string | number | readonly Html[] | undefined;

/** Makes HTML; strings and numbers are escaped, `undefined` is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(parts.reduce((text, part, index) => `${text}${render(values[index - 1])}${part}`));
}

function render(value: HtmlValue): string {
  if (value === undefined) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map((one) => one.text).join("");
  return escapeHtml(visibleLines(String(value)));
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

interface PageOptions {
  readonly title: string;
  /** The way from this page's folder to the root, "" or "../../": a proxy may serve us below a path. */
  readonly root: string;
  /** Loads the page again after so many seconds. */
  readonly refreshSeconds?: number;
  readonly body: Html;
}

/** A whole plain page. */
export function page(options: PageOptions): string {
  const refresh = options.refreshSeconds === undefined ? undefined : html`<meta http-equiv="refresh" content="${options.refreshSeconds}">`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${options.root}assets/plain.css">
${refresh}
<title>${options.title}</title>
</head>
<body>
<main>
${options.body}
</main>
</body>
</html>
`.text;
}

/** The relative way from a page at `path` back to the root. */
export function rootFrom(path: string): string {
  return "../".repeat(Math.max(0, path.split("/").length - 2));
}
