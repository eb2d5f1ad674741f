/** Alerts that come by webhook: captured, written down, and told to people where the settings say so. */
import type { AlertReceiver, AlertResult, ReceivedAlert } from "../capture/contract.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { defined } from "../model/defined.ts";
import type { Notification } from "../model/notification.ts";
import { subjectOf } from "../spikes/subject.ts";
import type { AlertMoment } from "../triggers/context.ts";
import type { TriggerContext } from "../triggers/requests.ts";
import { archiveUrl } from "./links.ts";
import type { Telling } from "./telling.ts";

/** Who is asked besides. */
interface AlertsSurroundings {
  readonly receiver: AlertReceiver;
  readonly telling: Pick<Telling, "audit" | "notifications" | "triggers">;
  readonly log: Log;
  /** Counts alerts that never came. */
  readonly countTruncated: (alerts: number) => void;
  readonly server: string;
  /** Who it is right now, for the message. */
  readonly contextOf: (alert: AlertMoment) => TriggerContext;
}

/** Stands before the captures. What is told and written down never keeps an alert from being kept. */
export function receiveAndTell(
  config: Config,
  { receiver, telling, log, countTruncated, server, contextOf }: AlertsSurroundings,
): AlertReceiver {
  const { audit, notifications, triggers } = telling;
  let saidTruncated = 0;
  const { notify, cooldownSeconds } = config.webhook;
  return {
    async receive(alerts, reception) {
      const results = await receiver.receive(alerts, reception);
      const { truncatedAlerts = 0 } = reception ?? {};
      if (truncatedAlerts > 0) {
        countTruncated(truncatedAlerts);
        audit.record("alerts_truncated", { truncatedAlerts, names: [...new Set(results.map(({ name }) => name))] });
        if (truncatedAlerts !== saidTruncated) {
          log.warn("webhook: Alertmanager cut alerts off (max_alerts of its receiver): they get no archive", { truncatedAlerts });
        }
        saidTruncated = truncatedAlerts;
      }
      for (const [index, alert] of alerts.entries()) {
        const result = results[index];
        // what is refused comes again
        if (result === undefined || result.result === "refused") continue;
        const { status, labels, startsAtMs, fingerprint } = alert;
        audit.record("alert", { ...result, status, labels, startsAt: new Date(startsAtMs).toISOString(), fingerprint });
        // of another host's alert its own Culprit tells
        if (!notify || result.result === "relayed") continue;
        const figures = triggers.figures();
        const context = contextOf({ subject: subjectOf({ ...alert, name: result.name }), startsAtMs, isOver: status === "resolved" });
        await notifications.notify({ ...notificationOf(config, alert, result, server, context), figures }, { cooldownSeconds });
      }
      return results;
    },
  };
}

function notificationOf(
  config: Config,
  { status, annotations, startsAtMs, endsAtMs, fingerprint }: ReceivedAlert,
  { name, archiveId }: AlertResult,
  server: string,
  { verdict, who, top, page }: TriggerContext,
): Omit<Notification, "figures"> {
  const reason = annotations.description ?? annotations.summary;
  const archive = archiveId === undefined ? undefined : archiveUrl(config, archiveId);
  return defined({
    // the alert's, and not Culprit's own: a re-send is the same, and so is its end
    id: `alert-${fingerprint}-${startsAtMs}`,
    key: `alert ${fingerprint}`,
    status,
    origin: "alert",
    name,
    title: name,
    server,
    reason,
    verdict,
    who,
    top,
    links: defined({ page, archive }),
    startedAtMs: startsAtMs,
    // an end before the start is another clock's
    endedAtMs: status === "resolved" && endsAtMs !== undefined && endsAtMs >= startsAtMs ? endsAtMs : undefined,
  });
}
