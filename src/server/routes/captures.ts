/** `GET /api/captures`: what is being made right now, the oldest first. */
import type { CapturesAnswer } from "../../api/archiveAnswers.ts";
import { otherAlerts } from "../../model/capture.ts";
import { defined } from "../../model/defined.ts";
import type { ServerRouter } from "../context.ts";
import type { RouteParts } from "../routeParts.ts";

/** Adds the route. */
export function addCaptureRoutes(router: ServerRouter, { services, guard }: RouteParts): void {
  router.get("/api/captures", guard.require("read"), (ctx) => {
    ctx.set("Cache-Control", "private, no-cache");
    const pending = services.captures.pending().map((request, index) => {
      const { id, origin, name, reason, requestedAtMs } = request;
      const joined = otherAlerts(defined({ fingerprint: request.fingerprint, joined: services.captures.joinedBy(request) }));
      return defined({
        ...{ id, origin, name, requestedAtMs, state: index === 0 ? "working" : "waiting" },
        reason: reason === undefined ? undefined : services.redact(reason),
        ...services.captures.standingOf(id),
        joined: joined.length === 0 ? undefined : joined,
      });
    });
    ctx.body = { pending } satisfies CapturesAnswer;
  });
}
