/** `POST /webhook`: alerts come in, and are answered once they are safe on disk. */
import type { AnsweredAlert, RejectedAlert, WebhookAnswer } from "../../api/answers.ts";
import { type AlertOutcome, alertAnswer, QueueUnavailable, type ReceivedAlert } from "../../capture/contract.ts";
import { relayedHeader } from "../../fleet/peers.ts";
import { defined } from "../../model/defined.ts";
import { clientAddress } from "../accessLog.ts";
import { type AlertPayload, type AlertReading, type PayloadContext, parseAlertPayload } from "../alertPayload.ts";
import type { Next, ServerContext, ServerRouter } from "../context.ts";
import { goneSignal } from "../gone.ts";
import { PayloadProblem } from "../payloadText.ts";
import { HttpProblem } from "../problem.ts";
import type { RouteParts } from "../routeParts.ts";
import { alertArchivePath, archivePath } from "../sendFile/sendArchive.ts";
import type { WebhookOutcome } from "../services.ts";
import { absoluteUrl } from "../urls.ts";
import { WorkPlaces } from "../workPlaces.ts";

const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** What of a payload is made durable in one go. */
const ALERTS_AT_ONCE = 250;
const RETRY_SECONDS = 60;

/** Adds the webhook. */
export function addWebhookRoutes(router: ServerRouter, parts: RouteParts): void {
  // each takes its time, and the next one joins what it opens
  const payloads = new WorkPlaces({ what: "alerts to be taken", atOnce: 1, mostWaiting: 200 });
  router.post("/webhook", countOutcome(parts), parts.guard.require("capture"), (ctx) => receive(ctx, parts, payloads));
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
    case 503:
      return "unavailable";
    default:
      return "malformed";
  }
}

async function receive(ctx: ServerContext, parts: RouteParts, payloads: WorkPlaces): Promise<void> {
  const text = await parts.bodies.readText(ctx, MAX_BODY_BYTES);
  const gone = goneSignal(ctx);
  await payloads.run(gone, () => take(ctx, parts, text, gone));
}

async function take(
  ctx: ServerContext,
  { services, settings, clock, log, pace }: RouteParts,
  text: string,
  gone: AbortSignal,
): Promise<void> {
  const { alerts: readings, truncatedAlerts } = await parse(text, { redact: services.redact, nowMs: clock.wallMs() }, gone, pace);
  const rejected = readings.flatMap((reading) => (reading.kind === "rejected" ? [reading] : []));
  const alerts = readings.flatMap((reading) => (reading.kind === "usable" ? [reading.alert] : []));
  if (rejected.length > 0 && alerts.length === 0) {
    throw new HttpProblem(400, `no alert of the payload can be used: ${rejected[0]?.reason ?? ""}`, {
      details: { results: rejected.map(toRejection) },
    });
  }
  const [firstRejected] = rejected;
  if (firstRejected !== undefined) {
    const { reason } = firstRejected;
    log.warn("alerts of a webhook request were rejected", { client: clientAddress(ctx), rejected: rejected.length, reason });
  }

  const reception = defined({
    relayed: ctx.get(relayedHeader) !== "",
    truncatedAlerts: truncatedAlerts === 0 ? undefined : truncatedAlerts,
  });
  const outcomes = new Map<ReceivedAlert, AlertOutcome>();
  for (let first = 0; first < alerts.length; first += ALERTS_AT_ONCE) {
    if (first > 0) await pace();
    gone.throwIfAborted();
    const some = await services.alerts.receive(alerts.slice(first, first + ALERTS_AT_ONCE), reception);
    for (const outcome of some) outcomes.set(outcome.alert, outcome);
  }
  // in the order in which they were sent
  const results = readings.flatMap((reading): readonly (AnsweredAlert | RejectedAlert)[] => {
    if (reading.kind === "rejected") return [toRejection(reading)];
    const outcome = outcomes.get(reading.alert);
    if (outcome === undefined) return [];
    const path = archivePathOf(outcome);
    return [defined({ ...alertAnswer(outcome), archiveUrl: path && absoluteUrl(ctx, settings, path) })];
  });
  const refused = [...outcomes.values()].filter(({ result }) => result === "refused").length;
  if (refused > 0) {
    // the sender repeats the whole of it: what was kept of it is joined then
    throw new HttpProblem(503, `too much waits already: ${refused} of ${alerts.length} alerts were not kept; send them again later`, {
      headers: { "Retry-After": String(RETRY_SECONDS) },
      details: { results },
    });
  }
  ctx.status = 202;
  ctx.body = defined({ results, truncatedAlerts: reception.truncatedAlerts }) satisfies WebhookAnswer;
}

/** Of a relayed alert the archive is found by its fingerprint, here as well. */
function archivePathOf({ alert, result, archiveId }: AlertOutcome): string | undefined {
  if (result === "relayed") return alertArchivePath(alert.fingerprint);
  return archiveId === undefined ? undefined : archivePath(archiveId);
}

async function parse(text: string, context: PayloadContext, gone: AbortSignal, pace: () => Promise<void>): Promise<AlertPayload> {
  try {
    return await parseAlertPayload(text, context, gone, pace);
  } catch (error) {
    if (error instanceof PayloadProblem) throw new HttpProblem(400, error.message);
    throw error;
  }
}

function toRejection({ where, reason }: Extract<AlertReading, { kind: "rejected" }>): RejectedAlert {
  return { result: "rejected", where, reason };
}
