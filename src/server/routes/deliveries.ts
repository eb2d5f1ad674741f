/** `GET /api/deliveries`: whether anybody was told: the channels, and what became of the newest messages. */
import type { DeliveriesAnswer } from "../../api/tellingAnswers.ts";
import { defined } from "../../model/defined.ts";
import type { ServerRouter } from "../context.ts";
import type { PartsWith } from "../routeParts.ts";

/** Adds the route. */
export function addDeliveryRoutes(router: ServerRouter, { services, guard }: PartsWith<"deliveries" | "redact">): void {
  router.get("/api/deliveries", guard.require("read"), (ctx) => {
    ctx.set("Cache-Control", "private, no-cache");
    const { channels, newest } = services.deliveries;
    ctx.body = {
      channels: channels(),
      // what a server answers may hold anything
      deliveries: newest().map((one) => defined({ ...one, answer: one.answer === undefined ? undefined : services.redact(one.answer) })),
    } satisfies DeliveriesAnswer;
  });
}
