/** The plain pages: their HTML, and what all of them have around it. */
import { type Html, templateOf } from "../html.ts";
import { visibleLines } from "../visible.ts";

/** A template of the plain pages. */
export const html = templateOf(visibleLines);

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
