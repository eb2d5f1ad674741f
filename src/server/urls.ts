/** Addresses that others can use. */
import type { ServerContext } from "./context.ts";

/** The whole address of a path of ours: below the external URL, or else as the client reached us. */
export function absoluteUrl(ctx: ServerContext, settings: { readonly externalUrl?: string }, path: string): string {
  const base = settings.externalUrl ?? (ctx.host === "" ? "" : `${ctx.protocol}://${ctx.host}`);
  return `${base.replace(/\/+$/, "")}${path}`;
}
