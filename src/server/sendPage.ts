/** Answering with a page. */
import type { ServerContext } from "./context.ts";

/**
 * Sends a page that must not be kept by anybody in between. Its referrer policy is wider than that of other answers:
 * under `no-referrer` a browser sends `Origin: null` with the page's own forms, and they could not be told from foreign ones.
 */
export function sendPage(ctx: ServerContext, text: string): void {
  ctx.set({ "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "same-origin" });
  ctx.vary("Accept");
  ctx.body = text;
}
