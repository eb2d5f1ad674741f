/** What the client would like to read. */
import type { ServerContext } from "./context.ts";

/** The shapes of an answer: a page, JSON, or text as for a terminal. */
type Shape = "html" | "json" | "text";

/** Browsers ask for HTML by name and get it; curl's `*\/*` gets text; clients that name JSON get JSON. */
export function wantedShape(ctx: ServerContext): Shape {
  ctx.vary("Accept");
  const best = ctx.accepts("text/plain", "application/json", "text/html");
  if (best === "text/html") return "html";
  return best === "application/json" ? "json" : "text";
}

/** Whether a browser is asking for a page. */
export function wantsPage(ctx: ServerContext): boolean {
  return wantedShape(ctx) === "html";
}
