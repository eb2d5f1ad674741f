/** `POST /webhook`: alerts come in, and are answered once they are safe on disk. */
import { type AlertResult, QueueUnavailable } from "../../capture/contract.ts";
import { relayedHeader } from "../../fleet/index.ts";
import { clientAddress } from "../accessLog.ts";
import { type AlertPayload, type AlertReading, PayloadProblem, parseAlertPayload } from "../alertPayload.ts";
import { readText } from "../body.ts";
import type { Next, RouteParts, ServerContext, ServerRouter } from "../context.ts";
import { HttpProblem } from "../problem.ts";
import { alertArchivePath, archivePath } from "../sendFile/sendArchive.ts";
import type { WebhookOutcome } from "../services.ts";
import { absoluteUrl } from "../urls.ts";

const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Adds the webhook. */
export function addWebhookRoutes(router: ServerRouter, parts: RouteParts): void {
  router.post("/webhook", countOutcome(parts), parts.guard.require("capture"), (ctx) => receive(ctx, parts));
}

/** Outermost, because a refusal by the guard is an outcome too. */
function countOutcome({ services, log }: RouteParts): (ctx: ServerContext, next: Next) => Promise<void> {
  return async (ctx, next) => {
    try {
      await next();
      services.webhookOutcome("accepted");
    } catch (error) {
      const outcome = outcomeOf(error);
      services.webhookOutcome(outcome);
      // The sender may throw our answer away: the reason must be findable here.
      if (error instanceof HttpProblem) {
        log.warn("a webhook request was refused", { client: clientAddress(ctx), status: error.status, reason: error.message });
      }
      throw error;
    }
  };
}

function outcomeOf(error: unknown): WebhookOutcome {
  if (error instanceof QueueUnavailable || !(error instanceof HttpProblem)) return "unavailable";
  switch (error.status) {
    case 401:
    case 403:
    case 421:
      return "unauthorised";
    case 413:
      return "too_large";
    default:
      return "malformed";
  }
}

/** One line of the answer. */
type Answer =
  | (AlertResult & { readonly archiveUrl?: string })
  | { readonly result: "rejected"; readonly where: string; readonly reason: string };

async function receive(ctx: ServerContext, { services, settings, clock, log }: RouteParts): Promise<void> {
  const { alerts: readings, truncatedAlerts } = parse(await readText(ctx, MAX_BODY_BYTES), {
    redact: services.redact,
    nowMs: clock.wallMs(),
  });
  const rejected = readings.flatMap((reading) => (reading.kind === "rejected" ? [reading] : []));
  const alerts = readings.flatMap((reading) => (reading.kind === "usable" ? [reading.alert] : []));
  if (rejected.length > 0 && alerts.length === 0) {
    throw new HttpProblem(400, `no alert of the payload can be used: ${rejected[0]?.reason ?? ""}`, {
      details: { results: rejected.map(toRejection) },
    });
  }
  for (const { reason } of rejected) log.warn("an alert of a webhook request was rejected", { client: clientAddress(ctx), reason });

  const reception = { relayed: ctx.get(relayedHeader) !== "", ...(truncatedAlerts === 0 ? {} : { truncatedAlerts }) };
  const received = alerts.length === 0 ? [] : await services.alerts.receive(alerts, reception);
  const taken = received.map((result) => {
    const path = archivePathOf(result);
    return path === undefined ? result : { ...result, archiveUrl: absoluteUrl(ctx, settings, path) };
  });
  ctx.status = 202;
  ctx.body = { results: inOrder(readings, taken), ...(truncatedAlerts === 0 ? {} : { truncatedAlerts }) };
}

/** Of a relayed alert the archive is found by its fingerprint, here as well. */
function archivePathOf({ result, archiveId, fingerprint }: AlertResult): string | undefined {
  if (result === "relayed") return alertArchivePath(fingerprint);
  return archiveId === undefined ? undefined : archivePath(archiveId);
}

function parse(text: string, context: Parameters<typeof parseAlertPayload>[1]): AlertPayload {
  try {
    return parseAlertPayload(text, context);
  } catch (error) {
    if (error instanceof PayloadProblem) throw new HttpProblem(400, error.message);
    throw error;
  }
}

/** A result per alert, in the order in which they were sent. */
function inOrder(readings: readonly AlertReading[], taken: readonly Answer[]): readonly Answer[] {
  const next = taken.values();
  return readings.flatMap((reading) => {
    if (reading.kind === "rejected") return [toRejection(reading)];
    const result = next.next();
    return result.done === true ? [] : [result.value];
  });
}

function toRejection({ where, reason }: Extract<AlertReading, { kind: "rejected" }>): Answer {
  return { result: "rejected", where, reason };
}
