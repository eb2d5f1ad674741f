/** Alerts that come by webhook: matched with the hosts, passed on or captured, written down, and told to people where the settings say so. */
import { type AlertOutcome, type AlertReceiver, alertAnswer, alertName, type MatchedAlert, type Reception } from "../capture/contract.ts";
import { incidentKeyOf } from "../capture/requests/incidentKey.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Audit } from "../logs/audit.ts";
import { defined } from "../model/defined.ts";
import type { Notification, NotificationFigures } from "../model/notification.ts";
import type { Notifications } from "../notify/contract.ts";
import { subjectOf } from "../spikes/subject.ts";
import type { AlertMoment } from "../triggers/context.ts";
import type { TriggerContext } from "../triggers/requests.ts";
import { whatOfAlert } from "../triggers/words.ts";
import type { Hosts } from "./hosts.ts";
import { archiveUrl } from "./links.ts";
import type { FleetRelay, ForeignAlert } from "./relay.ts";

/** The other parts that an alert goes to. */
interface AlertsSurroundings {
  readonly hosts: Pick<Hosts, "match">;
  readonly relay: Pick<FleetRelay, "take">;
  readonly captures: AlertReceiver<MatchedAlert>;
  readonly audit: Pick<Audit, "record">;
  readonly notifications: Pick<Notifications, "notify">;
  /** The machine now. */
  readonly figures: () => NotificationFigures;
  readonly log: Log;
  /** Brings the seconds until now to the disk: what an alert is about may end with the machine. */
  readonly flushRecording: () => void;
  /** Counts alerts that never came. */
  readonly countTruncated: (alerts: number) => void;
  readonly server: string;
  /** Who it is right now, for the message. */
  readonly contextOf: (alert: AlertMoment) => TriggerContext;
}

const mostRemembered = 10_000;

/** What happens to an alert. A failing message or audit never keeps it from being captured. */
export function createAlertReceiver(
  config: Config,
  { hosts, relay, captures, audit, notifications, figures, log, flushRecording, countTruncated, server, contextOf }: AlertsSurroundings,
): AlertReceiver {
  const { notify, cooldownSeconds, ignoreLabels } = config.webhook;
  let saidTruncated = 0;
  /** By what makes it the same trouble, the id under which an alert that fires is told: both of a pair of Prometheis send it. */
  const toldAs = new Map<string, string>();

  function idOf({ alert: { fingerprint, labels, startsAtMs, status } }: AlertOutcome): string {
    // how loud it is does not make it another trouble to an archive, but it does to people
    const key = incidentKeyOf(
      labels,
      ignoreLabels.filter((name) => name !== "severity"),
    );
    const id = toldAs.get(key) ?? `alert-${fingerprint}-${startsAtMs}`;
    toldAs.delete(key);
    if (status === "firing") toldAs.set(key, id);
    const [oldest] = toldAs.keys();
    if (toldAs.size > mostRemembered && oldest !== undefined) toldAs.delete(oldest);
    return id;
  }

  /** One payload may hold many hosts. What is to be passed on is kept first: without that nothing of it is captured, and all of it comes again. */
  async function take(alerts: readonly MatchedAlert[], reception: Reception): Promise<readonly AlertOutcome[]> {
    const relayed = await relay.take(alerts.filter(isForeign));
    const ours = alerts.filter((alert) => !isForeign(alert));
    return ours.length === 0 ? relayed : [...relayed, ...(await captures.receive(ours, reception))];
  }

  function noteTruncated(truncatedAlerts: number, alerts: readonly MatchedAlert[]): void {
    countTruncated(truncatedAlerts);
    audit.record("alerts_truncated", { truncatedAlerts, names: [...new Set(alerts.map(({ alert }) => alertName(alert)))] });
    if (truncatedAlerts !== saidTruncated) {
      log.warn("webhook: Alertmanager cut alerts off (max_alerts of its receiver): they get no archive", { truncatedAlerts });
    }
    saidTruncated = truncatedAlerts;
  }

  async function tell(outcome: AlertOutcome): Promise<void> {
    // what is refused comes again
    if (outcome.result === "refused") return;
    const { status, labels, startsAtMs } = outcome.alert;
    audit.record("alert", { ...alertAnswer(outcome), status, labels, startsAt: new Date(startsAtMs).toISOString() });
    // another host's Culprit sends the message of its own alert
    if (!notify || outcome.result === "relayed") return;
    const subject = subjectOf({ ...outcome.alert, name: alertName(outcome.alert) });
    const context = contextOf({ subject, startsAtMs, isOver: status === "resolved" });
    const machine = figures();
    // the machine of an end says nothing of what it was
    const what = status === "firing" ? whatOfAlert(alertName(outcome.alert), subject?.resource, machine, context.peak) : undefined;
    const notification = defined({
      ...notificationOf(config, outcome, server, subject, context),
      what,
      id: idOf(outcome),
      figures: machine,
    });
    await notifications.notify(notification, { cooldownSeconds });
  }

  return {
    async receive(received, reception = {}) {
      flushRecording();
      const alerts = await hosts.match(received, reception.relayed === true);
      const outcomes = await take(alerts, reception);
      if (reception.truncatedAlerts !== undefined) noteTruncated(reception.truncatedAlerts, alerts);
      for (const outcome of outcomes) await tell(outcome);
      return outcomes;
    },
  };
}

function isForeign(alert: MatchedAlert): alert is ForeignAlert {
  return alert.match.kind === "other";
}

function notificationOf(
  config: Config,
  { alert, archiveId }: AlertOutcome,
  server: string,
  about: Notification["about"],
  { verdict, who, culprits, top, page, linkNote }: TriggerContext,
): Omit<Notification, "figures" | "id" | "what"> {
  const { status, annotations, startsAtMs, endsAtMs, fingerprint, labels } = alert;
  const name = alertName(alert);
  const reason = annotations.description ?? annotations.summary;
  const archive = archiveId === undefined ? undefined : archiveUrl(config, archiveId);
  return defined({
    // those of one archive are one trouble: told once in a cooldown, and once more where one of them is louder
    key: archiveId === undefined ? `alert ${fingerprint}` : `alert ${archiveId} ${labels.severity ?? ""}`.trimEnd(),
    status,
    origin: "alert",
    name,
    title: name,
    server,
    reason,
    verdict,
    who,
    culprits,
    about,
    top,
    links: defined({ page, archive, note: page === undefined && archive === undefined ? undefined : linkNote }),
    startedAtMs: startsAtMs,
    // an end before the start comes from another machine's clock
    endedAtMs: status === "resolved" && endsAtMs !== undefined && endsAtMs >= startsAtMs ? endsAtMs : undefined,
  });
}
