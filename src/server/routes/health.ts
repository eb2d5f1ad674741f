/** `/-/healthy` and `/-/ready`, as Prometheus has them. */
import type { ErrorAnswer, ReadyAnswer } from "../../api/answers.ts";
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
    const error = `not ready: ${reasons.join("; ")}`;
    if (wantedShape(ctx) === "json") ctx.body = { ready, reasons, ...(ready ? {} : { error }) } satisfies ReadyAnswer | ErrorAnswer;
    else ctx.body = ready ? "Culprit is ready.\n" : `Culprit is not ready: ${reasons.join("; ")}\n`;
  });
}
