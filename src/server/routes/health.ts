/** `/-/healthy` and `/-/ready`, as Prometheus has them. */
import type { ServerRouter } from "../context.ts";
import { wantedShape } from "../negotiate.ts";
import type { PartsWith } from "../routeParts.ts";

/** Adds the health routes; they are open. */
export function addHealthRoutes(router: ServerRouter, { services }: PartsWith<"readiness">): void {
  router.get("/-/healthy", (ctx) => {
    ctx.set("Cache-Control", "no-store");
    ctx.body = "Culprit is healthy.\n";
  });

  router.get("/-/ready", (ctx) => {
    const { ready, reasons } = services.readiness();
    ctx.status = ready ? 200 : 503;
    ctx.set("Cache-Control", "no-store");
    if (wantedShape(ctx) === "json") ctx.body = ready ? { ready, reasons } : { ready, reasons, error: `not ready: ${reasons.join("; ")}` };
    else ctx.body = ready ? "Culprit is ready.\n" : `Culprit is not ready: ${reasons.join("; ")}\n`;
  });
}
